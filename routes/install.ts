import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { unverifiedCall } from '../plugins/auth-token/index.ts'
import formGuard from '../plugins/form-guard/index.ts'
import { reasonText } from '../plugins/installation/bind.ts'
import { EventSchema } from '../plugins/lifecycle-events/event-schema.ts'
import { postedFrame } from '../src/http/frame.ts'
import { PlacementBodySchema, PlacementQuerySchema } from '../src/schemas/placement.ts'

// A body with a field `event` has to be an event.
const InstallBodySchema = Type.Union([
  EventSchema,
  Type.Object({ ...PlacementBodySchema.properties, event: Type.Optional(Type.Never()) })
])

/** The installation page in the portal's frame. Applications without an interface get ONAPPINSTALL here. */
const install: FastifyPluginAsyncTypebox = async (fastify) => {
  const { allowInsecurePortals } = fastify.config
  await fastify.register(formGuard, { allowInsecurePortals, sender: 'either' })
  fastify.setErrorHandler(fastify.errorPages.page)

  fastify.post('/install', {
    schema: { querystring: PlacementQuerySchema, body: InstallBodySchema },
    config: { isAlwaysServed: true },
    // An event is answered before its work begins.
    onResponse: async ({ verifiedCall }, { statusCode }) => {
      if (verifiedCall !== null && statusCode < 400) fastify.installations.startHandlers(verifiedCall.memberId)
    }
  }, async (request, reply) => {
    const { body, ip } = request
    if (body.event !== undefined) {
      if (!await fastify.lifecycleEvents.take(body, ip)) request.log.level = 'silent'
      return { status: 'accepted' }
    }
    const call = await fastify.authToken.verify({ ...unverifiedCall({ body, ip }), installing: true })
    request.verifiedCall = call
    await fastify.limitRate(call.memberId, call.userId)
    await fastify.frameAncestors.allow(request, call)
    const { bound, skipped } = await fastify.installations.install(call, {
      applicationToken: body.APPLICATION_TOKEN ?? '',
      refreshToken: body.REFRESH_ID ?? '',
      ip
    })
    // Only administrators can install.
    await fastify.frameAncestors.remember(request, call)
    const { lang } = postedFrame(request)
    const { t } = fastify.pages.i18n.resolve(lang)
    const named = (code: string) => ({ code, title: fastify.placements.titleOf(code, lang) })
    return await reply.page('install', {
      bound: bound.map(named),
      skipped: skipped.map(({ code, reason }) => ({ ...named(code), reason: reasonText(t, reason) }))
    })
  })

  fastify.get('/install', { config: { isForAnybody: true } }, (request, reply) => reply.page('outside'))
}
export default install
