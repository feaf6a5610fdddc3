import { createHmac } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import { LRUCache } from 'lru-cache'
import { isSameSecret } from '../../src/crypto/same-secret.ts'
import { AuthorizationServerUnavailableError, PortalUnavailableError, StoreUnavailableError } from '../../src/errors.ts'
import { memberHash } from '../../src/log/logger.ts'
import { living, upTo } from '../../src/lru.ts'
import { createRetryQueue } from '../../src/queues/retry-queue.ts'
import { matchesPattern } from '../../src/schemas/placement-code.ts'
import type { PlacementDeclaration } from '../placement-dispatch/declaration.ts'

interface BackgroundWorkerOptions {
  /** Address without a query at which portals report that they have removed the worker */
  url: string
  /** Keys for this purpose, newest first: the first makes addresses, each of them checks them */
  keys: readonly [Uint8Array, ...Uint8Array[]]
  placements: () => readonly PlacementDeclaration[]
  rebind: (memberId: string) => Promise<void>
  log: Pick<FastifyBaseLogger, 'warn' | 'error'>
  now: () => number
}

const code = 'PAGE_BACKGROUND_WORKER'
const minute = 60_000
const delays = [1000, 10_000, minute]
const unavailable = [PortalUnavailableError, AuthorizationServerUnavailableError, StoreUnavailableError]

/**
 * Binds PAGE_BACKGROUND_WORKER again when a portal has removed it, because its page was too slow too often.
 *
 * The portal's report carries no token and names no portal, so its address does: only the portal, whose administrators
 * can read it, and this service know it. The report proves nothing more, so we only look at that portal, once a minute.
 */
export function createBackgroundWorker ({ url, keys, placements, rebind, log, now }: BackgroundWorkerOptions) {
  const isTemporary = (error: unknown) => unavailable.some(kind => error instanceof kind)
  const queue = createRetryQueue({ name: 'worker-errors', log, delays, lifetime: 5 * minute, isTemporary, now })
  // Portals that were looked at within a minute.
  const looked = new LRUCache<string, true>({ ...upTo(10_000), ...living(minute, now) })

  const keyOf = (memberId: string, secret: Uint8Array) =>
    createHmac('sha256', secret).update(memberId).digest('base64url')

  function portalOf ({ portal, key }: Record<string, unknown>): string | undefined {
    if (typeof portal !== 'string' || typeof key !== 'string') return undefined
    return keys.some(secret => isSameSecret(keyOf(portal, secret), key)) ? portal : undefined
  }

  return {
    /** The address for the reports of one portal. */
    addressFor: (memberId: string): string =>
      `${url}?${new URLSearchParams({ portal: memberId, key: keyOf(memberId, keys[0]) })}`,

    /** Takes a portal's report that it has removed the worker: the query of the address that it called. */
    takeError (query: Record<string, unknown>): void {
      const memberId = portalOf(query)
      if (memberId === undefined || looked.has(memberId)) return
      if (!placements().some(declared => matchesPattern(declared.code, code))) return
      looked.set(memberId, true)
      const member = memberHash(memberId)
      log.warn({ member }, `a portal has removed ${code}: its page took longer than 5 s too often. It is bound again`)
      queue.add({ key: memberId, name: 'binding again', shares: [['all', 1000]], run: () => rebind(memberId) })
    },

    close: queue.close
  }
}
