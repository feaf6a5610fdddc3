import { createPrivateKey, createPublicKey } from 'node:crypto'
import { SignJWT, type JWK } from 'jose'
import type { DerivedKey } from 'fastify-bitrix24'

/** Who reads a document: proven by the authorization server. */
export interface DocumentReader {
  memberId: string
  userId: number
  /** Host of the portal */
  domain: string
}

const algorithm = 'EdDSA'
const lifetime = 60
// What PKCS #8 has before the 32 bytes of an Ed25519 key (RFC 8410, 10.3).
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex')
const pairOf = ({ id, key }: DerivedKey) =>
  ({ id, privateKey: createPrivateKey({ key: Buffer.concat([pkcs8, key]), format: 'der', type: 'pkcs8' }) })

/**
 * Tells the server of a document who reads it, signed so that the server can check it but not forge it.
 *
 * @param keys newest first: the first signs, and all of them are published to check it
 * @param issuer address of this service
 * @param now the clock, in milliseconds since 1970
 */
export function createReaderTokens (
  [newest, ...older]: [DerivedKey, ...DerivedKey[]], issuer: string, now: () => number
) {
  const signing = pairOf(newest)
  const pairs = [signing, ...older.map(pairOf)]

  return {
    /** A JWT (EdDSA) for the server of this address, good for a minute. */
    sign: async (reader: DocumentReader, url: string): Promise<string> => await new SignJWT(
      { member_id: reader.memberId, user_id: reader.userId, domain: reader.domain, url }
    )
      .setProtectedHeader({ alg: algorithm, kid: signing.id })
      .setIssuer(issuer).setAudience(new URL(url).origin)
      .setIssuedAt(Math.floor(now() / 1000)).setExpirationTime(Math.floor(now() / 1000) + lifetime)
      .sign(signing.privateKey),
    /** The keys that check it: a JWK Set. */
    publicKeys: {
      keys: pairs.map(({ id, privateKey }) =>
        ({ ...createPublicKey(privateKey).export({ format: 'jwk' }) as JWK, kid: id, alg: algorithm, use: 'sig' }))
    }
  }
}
