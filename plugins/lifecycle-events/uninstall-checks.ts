import type { FastifyBaseLogger } from 'fastify'
import { LRUCache } from 'lru-cache'
import { upTo } from '../../src/lru.ts'
import { withDeadline } from '../../src/queues/deadline.ts'
import type { UninstallRequest } from '../installation/confirm-uninstall.ts'

const hour = 3_600_000
// Thousands of portals at once would delay everything else.
const atATime = 4

interface UninstallChecksOptions {
  /** Asks whether the application is gone, and ends in time; a request is one that is not stored */
  confirm: (memberId: string, request?: UninstallRequest) => Promise<void>
  /** The portals whose request is stored, and since when (milliseconds since 1970) */
  unconfirmed: () => Promise<Array<{ memberId: string, since: number }>>
  log: Pick<FastifyBaseLogger, 'error'>
  /** Milliseconds between two looks */
  interval: number
  /** Milliseconds that the others wait for one portal. Default one minute */
  patience?: number
  now: () => number
}

export type UninstallChecks = ReturnType<typeof createUninstallChecks>

/** When to ask whether an application is uninstalled: so seldom that a portal's users can't make it a flood. */
export function createUninstallChecks (options: UninstallChecksOptions) {
  const { confirm, unconfirmed, log, interval, patience = 60_000, now } = options
  // When a portal's uninstall was last asked about, and which have to be asked about again.
  const asked = new LRUCache<string, number>(upTo(10_000))
  const again = new LRUCache<string, UninstallRequest>(upTo(10_000))
  return {
    /** Whether a portal's uninstall may be asked about at once. If not, the next look does it. */
    isDue (memberId: string, request: UninstallRequest): boolean {
      const isDue = now() - (asked.get(memberId) ?? -Infinity) >= interval
      if (isDue) asked.set(memberId, now())
      // Whoever knows the application token can repeat a request. But one that comes while an earlier one is being
      // answered may be the true one.
      else again.set(memberId, request)
      return isDue
    },

    /** Asks about uninstalls that nobody could confirm: at every look in the first hour, then once an hour. */
    async look (closing: AbortSignal): Promise<void> {
      const stored = await unconfirmed()
      const requests: Array<[memberId: string, request?: UninstallRequest]> = [...again.entries()]
      again.clear()
      for (const { memberId, since } of stored) {
        const age = now() - since
        if (age < hour || age % hour < interval) requests.push([memberId])
      }
      // The loops share one iterator.
      const rest = requests.values()
      await Promise.all(Array.from({ length: atATime }, async () => {
        for (const request of rest) {
          if (closing.aborted) return
          const done = confirm(...request).catch(err => log.error({ err }, 'ONAPPUNINSTALL failed'))
          // It may have to wait for installations, which a portal can make slow.
          await withDeadline(patience, () => new Error(), () => done).catch(() => {})
        }
      }))
    }
  }
}
