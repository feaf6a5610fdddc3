import { hash } from 'node:crypto'
import { clientAddress, clientNetwork } from '../../src/http/client-address.ts'
import { ApiKeyError, RateLimitedError } from '../../src/errors.ts'
import { createTokenBuckets } from '../../src/http/token-buckets.ts'

/** A key of a back-end, as the service knows it. */
export interface ApiKey {
  /** Stands in the log of the calls that are made with it */
  name: string
  /** SHA-256 of the key, in hex: the key itself is kept nowhere */
  sha256: string
  /** The portals that it is for; undefined: all of them */
  portals?: readonly string[]
}

export interface ApiKeys {
  /**
   * The key that a call carries. In: the key, and `request.ip`.
   * Errors: ApiKeyError; RateLimitedError for a key that is used too often, and for a client address that has guessed too often,
   * whatever it says next.
   */
  find: (key: string, ip: string) => ApiKey
}

/**
 * Reads `name:sha256`, or `name:sha256:portal|portal` for a key that is for these portals (their member_id) only.
 * Out: undefined for anything else.
 */
export function parseApiKey (text: string): ApiKey | undefined {
  const [, name, sha256, portals] = /^([\w.-]{1,40}):([0-9a-f]{64})(?::([\w-]{1,64}(?:\|[\w-]{1,64})*))?$/i.exec(text) ?? []
  if (name === undefined || sha256 === undefined) return undefined
  return { name, sha256: sha256.toLowerCase(), ...(portals !== undefined && { portals: portals.split('|') }) }
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
