import type { FastifyPluginAsync } from 'fastify'

/** Where portals say that they have removed PAGE_BACKGROUND_WORKER. Nobody documents the form of the call, and nothing in it is needed. */
const workerErrors: FastifyPluginAsync = async (fastify) => {
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => { done(null) })

  fastify.post<{ Querystring: Record<string, unknown> }>('/events/worker', { bodyLimit: 16_384 }, async ({ query }) => {
    fastify.installations.takeWorkerError(query)
    // The same for an address that is not ours.
    return { status: 'accepted' }
  })
}
export default workerErrors
