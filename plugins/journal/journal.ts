import { LRUCache } from 'lru-cache'
import type { BaseLogger } from 'pino'
import { createWriteBehind } from '../../src/queues/write-behind.ts'
import type { JournalEntry } from './entries.ts'
import type { JournalOptions } from './index.ts'
import type { JournalSearch, JournalStore } from './sql-journal-store.ts'

interface JournalParts extends Omit<JournalOptions, 'store'> {
  store: JournalStore
  log: Pick<BaseLogger, 'info' | 'error'>
}

const day = 24 * 3_600_000
/** Of an entry, besides its texts. */
const bytesOfEntry = 300
// A limit is exceeded by a twentieth at most, by each instance: to look costs a moment.
const tolerance = 0.05

/** Keeps entries without delaying what they are about, and finds them again. */
export function createJournal (options: JournalParts) {
  const { store, days, now = Date.now, maxRowsPerPortal = 50_000, maxRows = 1_000_000 } = options
  // Added since the last look at a portal. One that is not known may have reached its limit already.
  const added = new LRUCache<string, number>({ max: 10_000 })
  let addedInAll = Infinity

  /** A portal that says a lot pushes out what it has said itself, and not what others have. */
  async function trimAll (): Promise<void> {
    const counts = await store.counts()
    const most = equalShare([...counts.values()], maxRows)
    for (const [memberId, count] of counts) if (count > most) await store.trim(memberId, most)
  }

  async function write (batch: JournalEntry[]): Promise<void> {
    await store.record(batch)
    for (const [memberId, { length }] of Map.groupBy(batch, ({ memberId }) => memberId)) {
      const count = (added.get(memberId) ?? Infinity) + length
      added.set(memberId, count > maxRowsPerPortal * tolerance ? 0 : count)
      if (count > maxRowsPerPortal * tolerance) await store.trim(memberId, maxRowsPerPortal)
    }
    addedInAll += batch.length
    if (addedInAll > maxRows * tolerance) await trimAll()
    addedInAll = addedInAll > maxRows * tolerance ? 0 : addedInAll
  }

  const buffer = createWriteBehind<JournalEntry>({
    ...options,
    name: 'journal',
    what: 'entries of the journal',
    ownerOf: ({ memberId }) => memberId,
    keyOf: ({ id }) => String(id),
    bytesOf: ({ params, methods, code }) => bytesOfEntry + 2 * (params.length + methods.join().length + code.length),
    write,
    purge: () => store.purge(now() - days * day)
  })

  return {
    /** Keeps an entry in memory, to be written within a second. */
    add: buffer.add,
    flush: buffer.flush,
    /** The newest first. Rejects with the error of the database. */
    async find (search: JournalSearch): Promise<JournalEntry[]> {
      await buffer.flush()
      return await store.find({ ...search, from: Math.max(search.from ?? 0, now() - days * day) })
    },
    /** Deletes all of a portal, also what is not written yet. */
    async forget (memberId: string): Promise<void> {
      await buffer.flush()
      await store.forget(memberId)
    },
    start: buffer.start,
    close: buffer.close
  }
}

/** How many each may keep, so that all together keep `max`: whoever has fewer leaves the rest to the others. */
function equalShare (counts: readonly number[], max: number): number {
  let left = max
  for (const [index, count] of counts.toSorted((one, other) => one - other).entries()) {
    const share = Math.floor(left / (counts.length - index))
    if (count > share) return share
    left -= count
  }
  return max
}
