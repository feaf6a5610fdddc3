import { LRUCache } from 'lru-cache'
import type { LinkReport } from './visit-store.ts'

/** What was read of a portal's links a moment ago: one employee who reloads a page again and again costs the store nothing. */
export interface RecentReports {
  /** In: who may see what is read, and the reading, which whoever asks meanwhile waits for, too. */
  share: (memberId: string, viewer: string, read: () => Promise<LinkReport[]>) => Promise<LinkReport[]>
  /** Something of the portal has changed. */
  forget: (memberId: string) => void
}

export interface RecentReportsOptions {
  /** Milliseconds: other instances count, too */
  ttl: number
  /** Of all that is kept */
  maxBytes: number
  /** The clock, in milliseconds */
  now: () => number
}

/** A day or a user of a report, and a report without them. */
const [bytesOfItem, bytesOfReport] = [100, 500]

const bytesOf = (reports: readonly LinkReport[]) => reports.reduce((sum, { days, users = [], params }) =>
  sum + bytesOfReport + (days.length + users.length) * bytesOfItem + 2 * JSON.stringify(params).length, bytesOfReport)

export function createRecentReports ({ ttl, maxBytes, now }: RecentReportsOptions): RecentReports {
  const kept = new LRUCache<string, LinkReport[]>({ ttl, ttlResolution: 0, maxSize: maxBytes, sizeCalculation: bytesOf, perf: { now } })
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
    async share (memberId, viewer, read) {
      const key = `${memberId} ${viewer}`
      return kept.get(key) ?? await (underWay.get(key) ?? readFor(key, read))
    },
    forget (memberId) {
      for (const known of [kept, underWay]) {
        for (const key of [...known.keys()]) if (key.startsWith(`${memberId} `)) known.delete(key)
      }
    }
  }
}
