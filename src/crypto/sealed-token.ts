import { EncryptJWT, jwtDecrypt } from 'jose'

/**
 * Tokens that a page carries for us: only this service can write one, and nobody else can read it.
 *
 * @param keys of 32 bytes, newest first: the first seals, each of them opens
 * @param audience opens nothing that was sealed for another
 */
export function createSealedTokens<Claims> (
  keys: readonly [Uint8Array, ...Uint8Array[]], audience: string, now: () => number = Date.now
) {
  return {
    /** Seals claims until a time in milliseconds since 1970. */
    seal: async (claims: Claims, expiresAt: number) => await new EncryptJWT({ claims })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setAudience(audience)
      .setExpirationTime(Math.floor(expiresAt / 1000))
      .encrypt(keys[0]),
    /** @throws {RangeError} when the token is expired, changed or not ours */
    async open (token: string): Promise<Claims> {
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
