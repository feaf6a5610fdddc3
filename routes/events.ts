import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyError } from 'fastify'
import formGuard from '../plugins/form-guard/index.ts'
import { NotFoundError } from '../src/errors.ts'
import { postedAddress } from '../src/http/frame.ts'
import { acceptsPage } from '../src/http/headers.ts'
import { EventSchema } from '../plugins/lifecycle-events/event-schema.ts'

/** Lifecycle events from Bitrix24's queue server, which sends each of them once: answered at once, worked on after. */
const events: FastifyPluginAsyncTypebox = async (fastify) => {
  await fastify.register(formGuard, { sender: 'queue' })

  // A card that names this address for widgets sends people here.
  fastify.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const isEvent = typeof request.body === 'object' && request.body !== null && 'event' in request.body
    if (isEvent || !acceptsPage(request)) throw error
    request.frameAncestor = postedAddress(request).origin
    return await fastify.errorPage(new NotFoundError(), request, reply)
  })

  fastify.post('/events', { schema: { body: EventSchema } }, async (request) => {
    await fastify.lifecycleEvents.take(request.body, request.ip)
    return { status: 'accepted' }
  })
}
export default events
