import { EncryptJWT, jwtDecrypt } from 'jose'

/** Tokens that a page carries for us: only this service can write one, and nobody else can read it. */
export interface SealedTokens<Claims> {
  /** Seals claims until a time in milliseconds since 1970. */
  seal: (claims: Claims, expiresAt: number) => Promise<string>
  /**
   * Opens a token.
   *
   * @throws {RangeError} when it is expired, changed or not ours
   */
  open: (token: string) => Promise<Claims>
}

/**
 * Seals tokens for one purpose of one application.
 *
 * @param keys of 32 bytes, newest first: the first seals, each of them opens
 * @param audience opens nothing that was sealed for another
 * @param now the clock, in milliseconds
 */
export function createSealedTokens<Claims> (
  keys: readonly [Uint8Array, ...Uint8Array[]], audience: string, now: () => number
): SealedTokens<Claims> {
  return {
    seal: async (claims, expiresAt) => await new EncryptJWT({ claims })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setAudience(audience)
      .setExpirationTime(Math.floor(expiresAt / 1000))
      .encrypt(keys[0]),
    async open (token) {
      for (const key of keys) {
        const opened = await jwtDecrypt(token, key, {
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
          audience,
          currentDate: new Date(now()),
          requiredClaims: ['exp']
        }).catch(() => undefined)
        // Nobody but `seal` has the key.
        if (opened !== undefined) return opened.payload['claims'] as Claims
      }
      throw new RangeError('the token is expired, or no key opens it')
    }
  }
}
