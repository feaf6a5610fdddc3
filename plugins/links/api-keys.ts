import { hash } from 'node:crypto'
import { ApiKeyError, RateLimitedError } from '../../src/errors.ts'
import { clientAddress, clientNetwork } from '../../src/http/client-address.ts'
import { createTokenBuckets } from '../../src/http/rate-limits.ts'
import type { ApiKey } from '../../src/schemas/variables.ts'

export type ApiKeys = ReturnType<typeof createApiKeys>

/**
 * The keys of back-ends. A client address has ten guesses a minute, its /48 forty; a key is good for 600 calls at once,
 * and fifty a second after that.
 */
export function createApiKeys (keys: readonly ApiKey[], now: () => number = Date.now) {
  // Found by hash, so that the time this takes says nothing about a key.
  const known = new Map(keys.map(key => [key.sha256, key]))
  const perAddress = createTokenBuckets({ burst: 10, perSecond: 10 / 60 })
  const perNetwork = createTokenBuckets({ burst: 40, perSecond: 40 / 60 })
  const perKey = createTokenBuckets({ burst: 600, perSecond: 50, maxKeys: keys.length || 1 })
  return {
    /**
     * The key that a call carries.
     *
     * @throws {ApiKeyError}, and {RateLimitedError} for a key that is used too often, and for a client address that has
     *   guessed too often, even if it is right now
     */
    find (key: string, ip: string): ApiKey {
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
