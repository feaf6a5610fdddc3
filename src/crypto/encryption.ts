import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { StoreKeyError } from '../errors.ts'
import type { DerivedKey } from './keys.ts'

export type Cipher = ReturnType<typeof createCipher>

const ALGORITHM = 'aes-256-gcm'
const VERSION = 'v1'

/**
 * Encrypts one column of one portal's row; text of another row or column does not decrypt. The stored text is
 * `v1.<key id>.<iv>.<tag>.<ciphertext>` (AES-256-GCM), the last three in base64url.
 *
 * @param keys newest first: the first encrypts, each of them decrypts what it encrypted
 * @throws {RangeError} without a key
 */
export function createCipher (keys: DerivedKey[]) {
  const [newest] = keys
  if (newest === undefined) throw new RangeError('A cipher needs at least one key')

  return {
    /** With what every text begins that the newest key encrypted */
    currentPrefix: `${VERSION}.${newest.id}.`,

    encrypt (text: string, memberId: string, column: string): string {
      const iv = randomBytes(12)
      const cipher = createCipheriv(ALGORITHM, newest.key, iv).setAAD(Buffer.from(`${memberId}:${column}`))
      const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      const parts = [iv, cipher.getAuthTag(), ciphertext].map((part) => part.toString('base64url'))
      return [VERSION, newest.id, ...parts].join('.')
    },

    /** @throws B24_ERR_STORE_KEY when the key is unknown or the text was tampered with */
    decrypt (stored: string, memberId: string, column: string): string {
      const [version, keyId, ...encoded] = stored.split('.')
      const key = keys.find(({ id }) => id === keyId)?.key
      if (version !== VERSION || key === undefined) {
        throw new StoreKeyError(column, 'APP_SECRET does not hold the key it was written with')
      }
      const [iv = '', tag = '', ciphertext = ''] = encoded
      try {
        const decipher = createDecipheriv(ALGORITHM, key, Buffer.from(iv, 'base64url'), { authTagLength: 16 })
          .setAAD(Buffer.from(`${memberId}:${column}`))
          .setAuthTag(Buffer.from(tag, 'base64url'))
        return decipher.update(ciphertext, 'base64url', 'utf8') + decipher.final('utf8')
      } catch {
        throw new StoreKeyError(column, 'it was changed, or belongs to another portal or column')
      }
    }
  }
}
