import { hash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { RateLimitedError } from '../errors.ts'
import { upTo } from '../lru.ts'

interface TokenBucketsOptions {
  /** How many may be taken at once */
  burst: number
  /** How many come back */
  perSecond: number
  /** The key unused for longest is forgotten first. Default 10 000 */
  maxKeys?: number
}

/** A limit for each key: so many at once, then so many a second. Keys are short or hashed; times in milliseconds. */
export function createTokenBuckets ({ burst, perSecond, maxKeys = 10_000 }: TokenBucketsOptions) {
  const buckets = new LRUCache<string, { tokens: number, at: number }>(upTo(maxKeys))
  const tokensIn = ({ tokens, at }: { tokens: number, at: number }, now: number) =>
    Math.min(burst, tokens + (now - at) * perSecond / 1000)

  function bucketOf (key: string, now: number) {
    const bucket = buckets.get(key) ?? { tokens: burst, at: now }
    // Without this a clock that was put back would stop the key until it is as late again.
    bucket.at = Math.min(bucket.at, now)
    return bucket
  }

  return {
    /** How many may be taken under a key */
    left: (key: string, now: number): number => Math.floor(tokensIn(bucketOf(key, now), now)),
    /** Takes one and returns 0, or takes none and returns the whole seconds until there is one again. */
    take (key: string, now: number): number {
      const bucket = bucketOf(key, now)
      const tokens = tokensIn(bucket, now)
      if (tokens < 1) return Math.ceil((1 - tokens) / perSecond)
      Object.assign(bucket, { tokens: tokens - 1, at: now })
      if (!buckets.has(key)) buckets.set(key, bucket)
      return 0
    }
  }
}

interface RateLimitSettings extends TokenBucketsOptions {
  /** How long a refusal is delayed, in milliseconds, to slow a flood */
  delay: number
  /** Ends the delays */
  closing: AbortSignal
  now: () => number
}

// Characters: a member_id has 64 at most.
const maxKey = 100
// A delayed refusal holds a connection. Beyond this many, it is not delayed.
const maxDelayed = 200

/**
 * Counts a call under a key of several parts. Whatever is longer than ids is kept as a hash.
 *
 * @returns a function that throws RateLimitedError, with the seconds to wait, beyond the limit
 */
export function createRateLimit (settings: RateLimitSettings): (...key: Array<string | number>) => Promise<void> {
  const { delay, closing, now } = settings
  const buckets = createTokenBuckets(settings)
  let delayed = 0
  return async (...parts) => {
    const key = parts.join(' ')
    const seconds = buckets.take(key.length > maxKey ? hash('sha256', key, 'base64') : key, now())
    if (seconds === 0) return
    if (delayed < maxDelayed) {
      delayed++
      await wait(delay, undefined, { signal: closing }).catch(() => {})
      delayed--
    }
    throw new RateLimitedError(seconds)
  }
}
