import type { FastifyPluginAsync } from 'fastify'
import { StoreSilentError } from '../src/errors.ts'

/** For the container host: alive; ready when the store answers and the process is not about to end. Probes come every few seconds, so they do not fill the log. */
const health: FastifyPluginAsync = async (fastify) => {
  fastify.get('/health', { logLevel: 'warn' }, async () => ({ status: 'ok' }))
  fastify.get('/ready', { logLevel: 'warn' }, async (_request, reply) => {
    if (fastify.departure.isAnnounced) return await reply.code(503).send({ status: 'leaving' })
    await fastify.installations.ping().catch(cause => { throw new StoreSilentError({ cause }) })
    return { status: 'ok' }
  })
}
export default health
