import type { FastifyPluginAsync } from 'fastify'

/** Where portals report that they removed PAGE_BACKGROUND_WORKER. The form is undocumented, and not needed. */
const workerErrors: FastifyPluginAsync = async (fastify) => {
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => { done(null) })

  const options = { bodyLimit: 16_384, config: { isForAnybody: true } }
  fastify.post<{ Querystring: Record<string, unknown> }>('/events/worker', options, async ({ query }) => {
    fastify.installations.takeWorkerError(query)
    // A forged address gets the same answer.
    return { status: 'accepted' }
  })
}
export default workerErrors
