import { LRUCache } from 'lru-cache'

/** So many failures a minute for each key. */
export interface FailureLimit {
  /** Whether one more may be tried: what is under way counts as a failure */
  hasRoom: (key: string) => boolean
  /** Whether there were more failures lately than an occasional one, such as a page that was left open overnight */
  isFailing: (key: string) => boolean
  /** Begins a try. The function it returns ends it, and says whether it has failed */
  begin: (key: string) => (hasFailed: boolean) => void
}

const minute = 60_000
const tolerated = 0.05

/** A sliding limit: it keeps the time of each failure. Beyond `maxKeys`, the key unused for longest is forgotten. */
export function createFailureLimit (perMinute: number, now: () => number, maxKeys = 10_000): FailureLimit {
  const failures = new LRUCache<string, number[]>({ max: maxKeys })
  const underWay = new Map<string, number>()
  const recent = (key: string) => (failures.get(key) ?? []).filter(time => now() - time < minute)
  return {
    hasRoom: key => recent(key).length + (underWay.get(key) ?? 0) < perMinute,
    isFailing: key => recent(key).length > perMinute * tolerated,
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
