import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { LRUCache } from 'lru-cache'
import { PortalUnavailableError, AuthorizationServerUnavailableError, StoreUnavailableError } from '../../src/errors.ts'
import { createEventQueue } from '../../src/event-queue.ts'
import type { WorkerErrors } from './worker-errors.ts'
import { memberHash } from '../../src/log/logger.ts'
import { matchesPattern } from '../placement-dispatch/registry.ts'

export interface BackgroundWorkerOptions {
  errors: Pick<WorkerErrors, 'portalOf'>
  /** Milliseconds before each further try while somebody is unavailable. Default 1 s to 1 min */
  delays?: readonly number[]
  /** The clock, in milliseconds since 1970. Default Date.now */
  now?: () => number
}

declare module 'fastify' {
  interface FastifyInstance {
    /** A portal says that it has removed the background worker. In: the query of the address it was told to call. */
    takeWorkerError: (query: Record<string, unknown>) => void
  }
}

const code = 'PAGE_BACKGROUND_WORKER'
const minute = 60_000
const unavailable = [PortalUnavailableError, AuthorizationServerUnavailableError, StoreUnavailableError]

/**
 * PAGE_BACKGROUND_WORKER, which a portal removes when it was too slow to load too often: it is bound again, as the installation. The
 * call that says so proves nothing, so it only makes us look at the portal that it was addressed for, once a minute at most.
 */
async function backgroundWorker (fastify: FastifyInstance, { errors, delays = [1000, 10_000, minute], now = Date.now }: BackgroundWorkerOptions) {
  const log = fastify.log.child({ part: 'background worker' })
  const isTemporary = (error: unknown) => unavailable.some(kind => error instanceof kind)
  const queue = createEventQueue({ log, delays, lifetime: 5 * minute, isTemporary, now })
  // Portals that were looked at within a minute.
  const looked = new LRUCache<string, true>({ max: 10_000, ttl: minute, ttlResolution: 0, perf: { now } })

  fastify.decorate('takeWorkerError', query => {
    const memberId = errors.portalOf(query)
    if (memberId === undefined || looked.has(memberId) || !fastify.placements.all().some(declared => matchesPattern(declared.code, code))) return
    looked.set(memberId, true)
    log.warn({ member: memberHash(memberId) }, `a portal has removed ${code}: its page took longer than 5 s too often. It is bound again`)
    const run = () => fastify.installations.rebind(memberId, fastify.portal(memberId).rest)
    queue.add({ key: memberId, name: 'binding again', shares: [['all', 1000]], run })
  })
  fastify.addHook('onClose', queue.close)
}

export default fp(backgroundWorker, { fastify: '5.x', name: 'b24-background-worker', dependencies: ['b24-installation', 'b24-placement-dispatch', 'b24-portal-rest'] })
