import { LRUCache } from 'lru-cache'
import { living, upTo } from '../../../src/lru.ts'
import type { LinkReport } from './visit-types.ts'

/** A day or a user of a report, and a report without them. */
const [bytesOfItem, bytesOfReport] = [100, 500]

const bytesOf = (reports: readonly LinkReport[]) => reports.reduce((sum, { days, users = [], params }) =>
  sum + bytesOfReport + (days.length + users.length) * bytesOfItem + 2 * JSON.stringify(params).length, bytesOfReport)

/**
 * Keeps what was just read of a portal's links, so that reloading a page again and again costs the store nothing.
 *
 * @param ttl milliseconds: other instances count, too
 */
export function createRecentReports (ttl: number, maxBytes: number, now: () => number) {
  const kept = new LRUCache<string, LinkReport[]>({
    ...living(ttl, now), maxSize: maxBytes, sizeCalculation: bytesOf
  })
  const underWay = new Map<string, Promise<LinkReport[]>>()
  // The number of a portal's latest change is a part of its keys: each visit is one, and must not look through all.
  const changes = new LRUCache<string, number>(upTo(10_000))
  let lastChange = 0

  async function readFor (key: string, read: () => Promise<LinkReport[]>): Promise<LinkReport[]> {
    const reading = read()
    underWay.set(key, reading)
    try {
      const reports = await reading
      kept.set(key, reports)
      return reports
    } finally {
      underWay.delete(key)
    }
  }

  return {
    /** Reads, unless it was just read or is being read for the same viewers: for those who may see the same. */
    async share (memberId: string, viewers: string, read: () => Promise<LinkReport[]>): Promise<LinkReport[]> {
      const key = `${memberId} ${changes.get(memberId)} ${viewers}`
      return kept.get(key) ?? await (underWay.get(key) ?? readFor(key, read))
    },
    /** To be called when something of the portal has changed. */
    forget (memberId: string): void { changes.set(memberId, ++lastChange) }
  }
}
