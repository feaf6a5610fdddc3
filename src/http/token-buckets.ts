import { LRUCache } from 'lru-cache'

/** A limit for each key: so many at once, and then so many a second. Times are milliseconds. */
export interface TokenBuckets {
  /** How many are left for a key */
  left: (key: string, now: number) => number
  /** Takes one and returns 0; when none is left, returns the whole seconds until there is one again. */
  take: (key: string, now: number) => number
}

/** Token buckets. Beyond `maxKeys`, the key unused for longest is forgotten. */
export function createTokenBuckets (options: { burst: number, perSecond: number, maxKeys?: number }): TokenBuckets {
  const { burst, perSecond, maxKeys = 10_000 } = options
  const buckets = new LRUCache<string, { tokens: number, at: number }>({ max: maxKeys })
  const tokensOf = (key: string, now: number) => {
    const { tokens, at } = buckets.get(key) ?? { tokens: burst, at: now }
    return Math.min(burst, tokens + Math.max(0, now - at) * perSecond / 1000)
  }
  return {
    left: (key, now) => Math.floor(tokensOf(key, now)),
    take (key, now) {
      const tokens = tokensOf(key, now)
      // Nothing is stored without a token: a flood must not keep its key in memory.
      if (tokens < 1) return Math.ceil((1 - tokens) / perSecond)
      buckets.set(key, { tokens: tokens - 1, at: now })
      return 0
    }
  }
}
