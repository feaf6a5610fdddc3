import { createHash, hkdfSync } from 'node:crypto'

/** A key for one purpose. `id` is public: it says in stored data which key was used, and nothing about the key. */
export interface DerivedKey { id: string, key: Buffer }

/** All keys that come from an APP_SECRET. */
export type KeyRing = ReturnType<typeof createKeyRing>

/**
 * All keys of the service come from APP_SECRET, so that one variable is all there is to keep and to rotate.
 *
 * @param appSecret one or more base64 keys of 32 bytes, comma separated, newest first
 */
export function createKeyRing (appSecret: string) {
  const secrets = appSecret.split(',').map((part, index) => {
    const text = part.trim()
    const secret = Buffer.from(text, 'base64')
    // Node skips what is not base64; only text that comes back the same was a key.
    if (secret.length !== 32 || secret.toString('base64') !== text) {
      throw new Error(`APP_SECRET: key ${index + 1} is not 32 bytes of base64`)
    }
    return secret
  })
  const each = <T>(of: (secret: Buffer) => T) => secrets.map(of) as [T, ...T[]] // any text has a first part
  return {
    /** The keys of 32 bytes for a purpose, newest first: use the first to write, each of them to read. */
    derive: (purpose: string) => each((secret): DerivedKey => ({
      id: createHash('sha256').update(deriveKey(secret, `${purpose} key id`)).digest('hex').slice(0, 8),
      key: deriveKey(secret, purpose)
    })),
    /** The same without the names of the keys. */
    keys: (purpose: string) => each(secret => deriveKey(secret, purpose))
  }
}

/** The keys among the options of a plugin, which have been checked: there is one. */
export const someKeys = (keys: readonly Uint8Array[]) => keys as [newest: Uint8Array, ...older: Uint8Array[]]

/** The key of 32 bytes for one purpose: it says nothing about the key that it comes from, nor about its other keys. */
export const deriveKey = (secret: Uint8Array, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, 'fastify-bitrix24', purpose, 32))
