import { LRUCache } from 'lru-cache'
import { upTo } from '../../src/lru.ts'

export type FailureLimit = ReturnType<typeof createFailureLimit>

const minute = 60_000
const tolerated = 0.05

/**
 * So many failures a minute for each key: a sliding limit, which keeps the time of each failure. Beyond `maxKeys`, the
 * key unused for longest is forgotten.
 */
export function createFailureLimit (perMinute: number, now: () => number, maxKeys = 10_000) {
  const failures = new LRUCache<string, number[]>(upTo(maxKeys))
  const underWay = new Map<string, number>()
  // A clock that was put back must not stop a key until it is as late again.
  const recent = (key: string) => (failures.get(key) ?? []).filter(time => Math.abs(now() - time) < minute)
  return {
    /** Whether one more may be tried: what is under way counts as a failure */
    hasRoom: (key: string): boolean => recent(key).length + (underWay.get(key) ?? 0) < perMinute,
    /** Whether there were more failures lately than an occasional one, such as a page that was left open overnight */
    isFailing: (key: string): boolean => recent(key).length > perMinute * tolerated,
    /** Begins a try. The function it returns ends it, and says whether it has failed */
    begin (key: string) {
      underWay.set(key, (underWay.get(key) ?? 0) + 1)
      return (hasFailed: boolean): void => {
        const others = Number(underWay.get(key)) - 1
        if (others > 0) underWay.set(key, others)
        else underWay.delete(key)
        if (hasFailed) failures.set(key, [...recent(key), now()])
      }
    }
  }
}
