import { LRUCache } from 'lru-cache'
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
  // Each visit makes its portal forget, and must not look through what is kept of all.
  const keysOf = new Map<string, Set<string>>()
  const portalOf = (key: string) => key.slice(0, key.indexOf(' '))

  function noteKept (key: string): void {
    const keys = keysOf.get(portalOf(key)) ?? new Set()
    keysOf.set(portalOf(key), keys.add(key))
  }

  function noteGone (key: string): void {
    const keys = keysOf.get(portalOf(key))
    keys?.delete(key)
    if (keys?.size === 0) keysOf.delete(portalOf(key))
  }

  const kept = new LRUCache<string, LinkReport[]>({
    ttl,
    ttlResolution: 0,
    maxSize: maxBytes,
    sizeCalculation: bytesOf,
    perf: { now },
    onInsert: (_reports, key) => noteKept(key),
    dispose: (_reports, key) => noteGone(key)
  })
  const underWay = new Map<string, Promise<LinkReport[]>>()

  async function readFor (key: string, read: () => Promise<LinkReport[]>): Promise<LinkReport[]> {
    const reading = read()
    underWay.set(key, reading)
    const isCurrent = () => underWay.get(key) === reading
    try {
      const reports = await reading
      if (isCurrent()) kept.set(key, reports)
      return reports
    } finally {
      if (isCurrent()) underWay.delete(key)
    }
  }

  return {
    /** Reads, unless it was just read or is being read for the same viewers: for those who may see the same. */
    async share (memberId: string, viewers: string, read: () => Promise<LinkReport[]>): Promise<LinkReport[]> {
      const key = `${memberId} ${viewers}`
      return kept.get(key) ?? await (underWay.get(key) ?? readFor(key, read))
    },
    /** To be called when something of the portal has changed. */
    forget (memberId: string): void {
      for (const key of [...keysOf.get(memberId) ?? []]) kept.delete(key)
      for (const key of [...underWay.keys()]) if (portalOf(key) === memberId) underWay.delete(key)
    }
  }
}
