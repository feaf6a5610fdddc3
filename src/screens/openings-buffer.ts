import type { BaseLogger } from 'pino'
import type { OpeningCount, OpeningStore } from '../store/opening-store.ts'

export interface OpeningsBufferOptions {
  store: Pick<OpeningStore, 'record'>
  log: Pick<BaseLogger, 'info' | 'error'>
  /** Milliseconds that a count may wait in memory */
  flushMs: number
  /** Counts that wait while the store fails: one for each user of each link on each day */
  maxPending: number
}

/** Counts on their way into the store. */
export interface OpeningsBuffer {
  /** Merges the count with those that wait. */
  add: (count: OpeningCount) => void
  /** Does something with the store after what was asked for before. The task must not reject. */
  after: (task: () => Promise<void>) => void
  /** Resolves when all that was added before is written, or the store has refused it. Never rejects. */
  flush: () => Promise<void>
  /** Writes what waits, and says in the log what is lost. */
  close: () => Promise<void>
}

/** Merges counts in memory and writes them behind, one batch at a time. What the store refuses is kept and tried again. */
export function createOpeningsBuffer ({ store, log, flushMs, maxPending }: OpeningsBufferOptions): OpeningsBuffer {
  let pending = new Map<string, OpeningCount>()
  let dropped = 0
  let isFailing = false
  let timer: NodeJS.Timeout | undefined
  let working = Promise.resolve()

  function merge (count: OpeningCount): void {
    const key = [count.memberId, count.linkId, count.userId, count.day].join(' ')
    const known = pending.get(key)
    if (known === undefined) pending.set(key, count)
    else Object.assign(known, { lastAt: count.lastAt, times: known.times + count.times })
    if (pending.size <= maxPending) return
    pending.delete(pending.keys().next().value as string) // one was just added
    if (dropped++ === 0) log.error({ maxPending }, 'the store has failed for so long that openings of links are lost')
  }

  function schedule (): void {
    timer ??= setTimeout(flush, flushMs).unref()
  }

  async function write (): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (pending.size === 0) return
    const batch = pending
    pending = new Map()
    try {
      await store.record([...batch.values()])
      if (isFailing) log.info({ dropped }, 'the openings of links are written again')
      isFailing = false
      dropped = 0
    } catch (err) {
      if (!isFailing) log.error({ err }, 'the openings of links cannot be written; they are kept and tried again')
      isFailing = true
      // What came meanwhile is newer.
      const newer = pending
      pending = batch
      for (const count of newer.values()) merge(count)
      schedule()
    }
  }

  function after (task: () => Promise<void>): void {
    working = working.then(task)
  }

  function flush (): Promise<void> {
    after(write)
    return working
  }

  return {
    add (count) {
      merge(count)
      schedule()
    },
    after,
    flush,
    async close () {
      await flush()
      clearTimeout(timer)
      if (pending.size > 0) log.error({ lost: pending.size }, 'the service ends, and openings of links are not written')
    }
  }
}
