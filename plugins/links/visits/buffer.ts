import { LRUCache } from 'lru-cache'
import type { BaseLogger } from 'pino'
import { memberHash } from '../../../src/log/logger.ts'
import { createWriteBehind, type WriteBehindLimits } from '../../../src/queues/write-behind.ts'
import type { VisitStore } from './sql-visit-store.ts'
import type { VisitCount } from './visit-types.ts'

export interface VisitsBufferOptions extends WriteBehindLimits {
  store: Pick<VisitStore, 'record'>
  log: Pick<BaseLogger, 'info' | 'warn' | 'error'>
}

/** Of a count, besides its texts. */
const bytesOfCount = 200

/** Merges counts in memory, one for each user of each link on each day, and writes them later. */
export function createVisitsBuffer (options: VisitsBufferOptions & { purge: () => Promise<void> }) {
  const { store, log } = options
  /** Portals that have used up a day: logged once */
  const full = new LRUCache<string, true>({ max: 1000 })

  function warnOf (skipped: readonly VisitCount[]): void {
    for (const { memberId, day } of skipped) {
      const member = memberHash(memberId)
      if (!full.has(`${member} ${day}`)) {
        log.warn({ member, day }, 'a portal has used up its visits of a day; further ones are not counted')
      }
      full.set(`${member} ${day}`, true)
    }
  }

  return createWriteBehind<VisitCount>({
    ...options,
    name: 'visits',
    what: 'visits of links',
    ownerOf: ({ memberId }) => memberId,
    keyOf: ({ linkId, userId, day }) => [linkId, userId, day].join(' '),
    bytesOf: ({ params }) => bytesOfCount + 2 * params.length,
    merge: (known, { lastAt, times }) => ({ ...known, lastAt, times: known.times + times }),
    write: async batch => { warnOf(await store.record(batch)) }
  })
}
