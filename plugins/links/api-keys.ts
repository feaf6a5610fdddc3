import { hash } from 'node:crypto'
import type { ApiKey } from '../../src/schemas/variables.ts'
import { clientAddress, clientNetwork } from '../../src/http/client-address.ts'
import { ApiKeyError, RateLimitedError } from '../../src/errors.ts'
import { createTokenBuckets } from '../rate-limit/token-buckets.ts'

export interface ApiKeys {
  /**
   * The key that a call carries. In: the key, and `request.ip`.
   * Errors: ApiKeyError; RateLimitedError for a key that is used too often, and for a client address that has guessed too often,
   * whatever it says next.
   */
  find: (key: string, ip: string) => ApiKey
}

/**
 * Keys are found by their hash, so no time that it takes says anything of a key. Ten guesses a minute for a client address, forty
 * for its /48; six hundred calls at once with one key, and fifty a second after that.
 */
export function createApiKeys (keys: readonly ApiKey[], now: () => number = Date.now): ApiKeys {
  const known = new Map(keys.map(key => [key.sha256, key]))
  const perAddress = createTokenBuckets({ burst: 10, perSecond: 10 / 60 })
  const perNetwork = createTokenBuckets({ burst: 40, perSecond: 40 / 60 })
  const perKey = createTokenBuckets({ burst: 600, perSecond: 50, maxKeys: keys.length || 1 })
  return {
    find (key, ip) {
      const limits = [[perAddress, clientAddress(ip)], [perNetwork, clientNetwork(ip)]] as const
      if (limits.some(([buckets, address]) => buckets.left(address, now()) === 0)) throw new RateLimitedError(60)
      const found = key === '' ? undefined : known.get(hash('sha256', key))
      if (found === undefined) {
        for (const [buckets, address] of limits) buckets.take(address, now())
        throw new ApiKeyError()
      }
      const seconds = perKey.take(found.name, now())
      if (seconds > 0) throw new RateLimitedError(seconds)
      return found
    }
  }
}
