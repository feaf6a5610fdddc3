import { createPrivateKey, createPublicKey } from 'node:crypto'
import { SignJWT, type JWK } from 'jose'
import type { DerivedKey } from '../../../src/crypto/keys.ts'

/** Who reads a document: proven by the authorization server. */
export interface DocumentReader {
  memberId: string
  userId: number
  /** Host of the portal */
  domain: string
}

/** Tells the server of a document who reads it. */
export interface ReaderTokens {
  /** Out: a JWT (EdDSA) for the server of this address, good for a minute. */
  sign: (reader: DocumentReader, url: string) => Promise<string>
  /** The keys that check it: a JWK Set. */
  publicKeys: { keys: JWK[] }
}

export interface ReaderTokensOptions {
  /** Newest first: the first signs */
  keys: readonly DerivedKey[]
  /** Address of this service */
  issuer: string
  /** The clock, in milliseconds since 1970 */
  now: () => number
}

const algorithm = 'EdDSA'
const lifetime = 60
// What PKCS #8 has before the 32 bytes of an Ed25519 key (RFC 8410, 10.3).
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Signs with a key pair, so that a server can check who reads but cannot forge it. */
export function createReaderTokens ({ keys, issuer, now }: ReaderTokensOptions): ReaderTokens {
  const pairs = keys.map(({ id, key }) =>
    ({ id, privateKey: createPrivateKey({ key: Buffer.concat([pkcs8, key]), format: 'der', type: 'pkcs8' }) }))
  const [newest] = pairs
  if (newest === undefined) throw new Error('documents: options.readerKeys must hold at least one key')

  return {
    sign: async (reader, url) => await new SignJWT(
      { member_id: reader.memberId, user_id: reader.userId, domain: reader.domain, url }
    )
      .setProtectedHeader({ alg: algorithm, kid: newest.id })
      .setIssuer(issuer).setAudience(new URL(url).origin)
      .setIssuedAt(Math.floor(now() / 1000)).setExpirationTime(Math.floor(now() / 1000) + lifetime)
      .sign(newest.privateKey),
    publicKeys: {
      keys: pairs.map(({ id, privateKey }) =>
        ({ ...createPublicKey(privateKey).export({ format: 'jwk' }) as JWK, kid: id, alg: algorithm, use: 'sig' }))
    }
  }
}
