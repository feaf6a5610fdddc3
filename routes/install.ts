import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import formGuard from '../plugins/form-guard/index.ts'
import { frameLang } from '../src/http/frame.ts'
import { reasonText } from '../plugins/installation/bind.ts'
import { EventSchema } from '../plugins/lifecycle-events/event-schema.ts'
import { PlacementBodySchema, PlacementQuerySchema } from '../src/schemas/placement.ts'

// What calls itself an event has to be one.
const InstallBodySchema = Type.Union([EventSchema, Type.Object({ ...PlacementBodySchema.properties, event: Type.Optional(Type.Never()) })])

/** The installation page in the portal's frame. Applications without an interface get ONAPPINSTALL at the same address. */
const install: FastifyPluginAsyncTypebox = async (fastify) => {
  await fastify.register(formGuard, { allowInsecurePortals: fastify.config.allowInsecurePortals, sender: 'either' })
  fastify.setErrorHandler(fastify.errorPage)

  fastify.post('/install', {
    schema: { querystring: PlacementQuerySchema, body: InstallBodySchema }
  }, async (request, reply) => {
    const { body } = request
    if (body.event !== undefined) {
      await fastify.lifecycleEvents.take(body, request.ip)
      return { status: 'accepted' }
    }
    const caller = await fastify.authToken.verify(request, body, { installing: true })
    await fastify.portalHosts.allow(request, caller)
    const { bound, skipped } = await fastify.installations.install(caller, {
      applicationToken: body.APPLICATION_TOKEN ?? '',
      refreshToken: body.REFRESH_ID ?? ''
    })
    // Nobody but an administrator comes this far.
    await fastify.portalHosts.remember(request, caller)
    const { t } = fastify.i18n.resolve(frameLang(request))
    return await reply.page('install', { bound, skipped: skipped.map(({ code, reason }) => ({ code, reason: reasonText(t, reason) })) })
  })

  fastify.get('/install', (request, reply) => reply.page('outside'))
}
export default install
