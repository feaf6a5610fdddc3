import { LRUCache } from 'lru-cache'

/** A limit for each key: so many at once, and then so many a second. Keys are ours, hashed or checked; times in milliseconds. */
export interface TokenBuckets {
  /** How many may be taken under a key */
  left: (key: string, now: number) => number
  /** Takes one. Out: 0, or the whole seconds until there is one again, and then none is taken. */
  take: (key: string, now: number) => number
}

/**
 * Token buckets. In: how many may be taken at once, how many come back a second, and how many keys are remembered at most; the
 * one unused for longest is forgotten first.
 */
export function createTokenBuckets ({ burst, perSecond, maxKeys = 10_000 }: { burst: number, perSecond: number, maxKeys?: number }): TokenBuckets {
  const buckets = new LRUCache<string, { tokens: number, at: number }>({ max: maxKeys })
  const tokensOf = (key: string, now: number) => {
    const { tokens, at } = buckets.get(key) ?? { tokens: burst, at: now }
    return Math.min(burst, tokens + Math.max(0, now - at) * perSecond / 1000)
  }
  return {
    left: (key, now) => Math.floor(tokensOf(key, now)),
    take (key, now) {
      const tokens = tokensOf(key, now)
      // Nothing is written for a refusal: it would only be a way to be remembered for longer.
      if (tokens < 1) return Math.ceil((1 - tokens) / perSecond)
      buckets.set(key, { tokens: tokens - 1, at: now })
      return 0
    }
  }
}
