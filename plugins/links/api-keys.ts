import { hash } from 'node:crypto'
import { ApiKeyError, RateLimitedError } from '../../src/errors.ts'
import { clientAddress, clientNetwork } from '../../src/http/client-address.ts'
import { createTokenBuckets } from '../../src/http/token-buckets.ts'

/** A key of a back-end, as the service knows it. */
export interface ApiKey {
  /** Logged with the calls that are made with it */
  name: string
  /** SHA-256 of the key, in hex: the key itself is kept nowhere */
  sha256: string
  /** The portals that it is for; undefined: all of them */
  portals?: readonly string[]
}

export type ApiKeys = ReturnType<typeof createApiKeys>

// name:sha256, or name:sha256:portal|portal
const format = /^([\w.-]{1,40}):([0-9a-f]{64})(?::([\w-]{1,64}(?:\|[\w-]{1,64})*))?$/i

/** Reads `name:sha256`, or `name:sha256:portal|portal` for a key that is only for portals with these member_ids. */
export function parseApiKey (text: string): ApiKey | undefined {
  const [, name, sha256, portals] = format.exec(text) ?? []
  if (name === undefined || sha256 === undefined) return undefined
  return { name, sha256: sha256.toLowerCase(), ...(portals !== undefined && { portals: portals.split('|') }) }
}

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
