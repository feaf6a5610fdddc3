import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyError } from 'fastify'
import formGuard from '../plugins/form-guard/index.ts'
import { EventSchema } from '../plugins/lifecycle-events/event-schema.ts'
import { NotFoundError } from '../src/errors.ts'
import { acceptsPage } from '../src/http/headers.ts'

/** Lifecycle events from Bitrix24's queue server, which sends each of them once: accepted now, processed later. */
const events: FastifyPluginAsyncTypebox = async (fastify) => {
  await fastify.register(formGuard, { sender: 'queue' })

  // An application's card that names this address for widgets sends people here.
  fastify.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const isEvent = typeof request.body === 'object' && request.body !== null && 'event' in request.body
    if (isEvent || !acceptsPage(request)) throw error
    return await fastify.errorPages.page(new NotFoundError(), request, reply)
  })

  fastify.post('/events', { schema: { body: EventSchema }, config: { isAlwaysServed: true } }, async (request) => {
    // Whoever knows the application token could fill the log with one that is repeated.
    if (!await fastify.lifecycleEvents.take(request.body, request.ip)) request.log.level = 'silent'
    return { status: 'accepted' }
  })
}
export default events
