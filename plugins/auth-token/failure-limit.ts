import { LRUCache } from 'lru-cache'

/** So many failures a minute under each key. */
export interface FailureLimit {
  /** Whether one more may be tried: what is under way counts as if it would fail */
  hasRoom: (key: string) => boolean
  /** Whether there have been more failures lately than a slip or two, such as a page of yesterday */
  isFailing: (key: string) => boolean
  /** Begins a try. Out: ends it, and says whether it has failed. */
  begin: (key: string) => (hasFailed: boolean) => void
}

const minute = 60_000
const slips = 0.05

/**
 * A limit that slides: it remembers when each failure was, so no border between two minutes lets twice as many through.
 * In: how many in any sixty seconds, and the clock in milliseconds; how many keys are remembered at most, the one unused for
 * longest is forgotten first.
 */
export function createFailureLimit (perMinute: number, now: () => number, maxKeys = 10_000): FailureLimit {
  const failures = new LRUCache<string, number[]>({ max: maxKeys })
  const underWay = new Map<string, number>()
  const recent = (key: string) => (failures.get(key) ?? []).filter(time => now() - time < minute)
  return {
    hasRoom: key => recent(key).length + (underWay.get(key) ?? 0) < perMinute,
    isFailing: key => recent(key).length > perMinute * slips,
    begin (key) {
      underWay.set(key, (underWay.get(key) ?? 0) + 1)
      return hasFailed => {
        const others = Number(underWay.get(key)) - 1
        if (others > 0) underWay.set(key, others)
        else underWay.delete(key)
        if (hasFailed) failures.set(key, [...recent(key), now()])
      }
    }
  }
}
