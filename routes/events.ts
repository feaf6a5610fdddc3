import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import callShape from '../plugins/call-shape.ts'
import { EventSchema } from '../src/schemas/event.ts'

/** Lifecycle events from Bitrix24's queue server, which sends each of them once: answered at once, worked on after. */
const events: FastifyPluginAsyncTypebox = async (fastify) => {
  await fastify.register(callShape, { ...fastify.callShapeOptions, sender: 'queue' })

  fastify.post('/events', { schema: { body: EventSchema } }, async (request) => {
    await fastify.takeLifecycleEvent(request.body, request.ip)
    return { status: 'accepted' }
  })
}
export default events
