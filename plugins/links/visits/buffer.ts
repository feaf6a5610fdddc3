import { setImmediate } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import type { BaseLogger } from 'pino'
import { memberHash } from '../../../src/log/logger.ts'
import { createShares } from './shares.ts'
import type { VisitStore } from './sql-visit-store.ts'
import type { VisitCount } from './visit-types.ts'

export interface VisitsBufferOptions {
  store: Pick<VisitStore, 'record'>
  log: Pick<BaseLogger, 'info' | 'warn' | 'error'>
  /** Milliseconds that a count may wait in memory. Default 900 */
  flushMs?: number
  /** Counts that wait while the store fails: one for each user of each link on each day. Default 10,000 */
  maxPending?: number
  /** Bytes of all of them. Default 8 million */
  maxBytes?: number
}

/** A database in this process answers nobody else while it writes a batch. */
const batchSize = 200
/** Of a count, besides its texts. */
const bytesOfCount = 200

const bytesOf = ({ params }: VisitCount) => bytesOfCount + 2 * params.length
const keyOf = ({ linkId, userId, day }: VisitCount) => [linkId, userId, day].join(' ')

/** Merges counts in memory and writes them later, batch by batch. A batch that the store refuses is tried again. */
export function createVisitsBuffer (options: VisitsBufferOptions) {
  // A crash loses one second at most: what waits, and the time that writing takes.
  const { store, log, flushMs = 900, maxPending = 10_000, maxBytes = 8_000_000 } = options
  const pending = createShares(maxPending, maxBytes, bytesOf)
  /** Portals that have used up a day: logged once */
  const full = new LRUCache<string, true>({ max: 1000 })
  let dropped = 0
  let isFailing = false
  let timer: NodeJS.Timeout | undefined
  let working = Promise.resolve()

  function merge (count: VisitCount): void {
    const known = pending.get(count.memberId, keyOf(count))
    const merged = known === undefined
      ? count
      : { ...known, lastAt: count.lastAt, times: known.times + count.times }
    const lost = pending.set(count.memberId, keyOf(count), merged)
    if (lost > 0 && dropped === 0) {
      log.error({ maxPending, maxBytes }, 'the store has failed for so long that visits of links are lost')
    }
    dropped += lost
  }

  function schedule (): void {
    timer ??= setTimeout(flush, flushMs).unref()
  }

  function warnOf (skipped: readonly VisitCount[]): void {
    for (const { memberId, day } of skipped) {
      const member = memberHash(memberId)
      if (!full.has(`${member} ${day}`)) {
        log.warn({ member, day }, 'a portal has used up its visits of a day; further ones are not counted')
      }
      full.set(`${member} ${day}`, true)
    }
  }

  async function write (): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    for (let left = pending.size; left > 0; left -= batchSize) {
      const batch = pending.take(batchSize)
      try {
        warnOf(await store.record(batch))
      } catch (err) {
        if (!isFailing) log.error({ err }, 'the visits of links cannot be written; they are kept and tried again')
        isFailing = true
        // What was counted meanwhile is newer.
        for (const count of [...batch, ...pending.take(Infinity)]) merge(count)
        schedule()
        return
      }
      if (isFailing) log.info({ dropped }, 'the visits of links are written again')
      isFailing = false
      dropped = 0
      await setImmediate()
    }
  }

  /** Runs a task on the store after the ones before it. The task must not reject. */
  function after (task: () => Promise<void>): void {
    working = working.then(task)
  }

  /** Resolves when all that was added before is written, or the store has refused it. Never rejects. */
  function flush (): Promise<void> {
    after(write)
    return working
  }

  return {
    add (count: VisitCount): void {
      merge(count)
      schedule()
    },
    after,
    flush,
    /** Writes what waits, and logs what is lost. */
    async close (): Promise<void> {
      await flush()
      clearTimeout(timer)
      if (pending.size > 0) log.error({ lost: pending.size }, 'the service ends, and visits of links are lost')
    }
  }
}
