import { createHmac } from 'node:crypto'
import { isSameSecret } from '../../src/crypto/same-secret.ts'

/**
 * Addresses at which a portal says that it has removed the background worker. That call carries no token and names no portal, so
 * its address does: only the portal, where administrators can read it, and this service know it.
 */
export interface WorkerErrors {
  addressOf: (memberId: string) => string
  /** The portal that an address was made for. In: its query, as it came. Out: undefined for one that this service has not made */
  portalOf: (query: Record<string, unknown>) => string | undefined
}

/** In: the address without its query; keys for this purpose, newest first: the first writes, each of them reads. */
export function createWorkerErrors (url: string, keys: readonly [Uint8Array, ...Uint8Array[]]): WorkerErrors {
  const keyOf = (memberId: string, secret: Uint8Array) => createHmac('sha256', secret).update(memberId).digest('base64url')
  return {
    addressOf: memberId => `${url}?${new URLSearchParams({ portal: memberId, key: keyOf(memberId, keys[0]) })}`,
    portalOf: ({ portal, key }) => typeof portal === 'string' && typeof key === 'string' && keys.some(secret => isSameSecret(keyOf(portal, secret), key)) ? portal : undefined
  }
}
