import type { FastifyPluginAsync } from 'fastify'
import { isFree } from '../src/application/guest.ts'
import { StoreUnavailableError, storeUnavailable } from '../src/errors.ts'
import { createSharedCheck } from '../src/queues/shared-check.ts'

/**
 * For the container host: alive; ready when the store answers and the process is not about to end. Probes come every
 * few seconds, so they are not logged, and the store is asked once a second at most.
 */
const health: FastifyPluginAsync<{ shutdown: AbortSignal }> = async (fastify, { shutdown }) => {
  const check = createSharedCheck({
    check: () => fastify.installations.ping().catch(storeUnavailable),
    interval: 1000,
    // A probe waits for three seconds, as the container's does.
    patience: 2000,
    lateness: () => new StoreUnavailableError()
  })
  // The host may have these routes already.
  if (isFree(fastify, '/health')) fastify.get('/health', { logLevel: 'warn' }, async () => ({ status: 'ok' }))
  if (!isFree(fastify, '/ready')) return
  fastify.get('/ready', { logLevel: 'warn' }, async (_request, reply) => {
    if (shutdown.aborted) return await reply.code(503).send({ status: 'shutting down' })
    await check()
    return { status: 'ok' }
  })
}
export default health
