import { LRUCache } from 'lru-cache'

const minute = 60_000

/** Grants at most `limit` proofs under one key in any sixty seconds. */
export interface ProofLimit {
  /** Takes one place under every key, or none at all when one of them has none left. In: time in milliseconds. */
  take: (keys: ReadonlyArray<readonly [key: string, limit: number]>, now: number) => boolean
}

/**
 * A limit that slides: it remembers when each place was taken, so no border between two minutes lets twice as many through.
 * In: how many keys are remembered at most; the one unused for longest is forgotten first.
 */
export function createProofLimit (maxKeys = 10_000): ProofLimit {
  const taken = new LRUCache<string, number[]>({ max: maxKeys })
  return {
    take (keys, now) {
      const places = keys.map(([key, limit]) => ({ key, limit, recent: (taken.get(key) ?? []).filter(time => now - time < minute) }))
      // What is refused leaves no trace: made-up keys would push out those that count.
      if (places.some(({ limit, recent }) => recent.length >= limit)) return false
      for (const { key, recent } of places) taken.set(key, [...recent, now])
      return true
    }
  }
}
