import { createHmac, timingSafeEqual } from 'node:crypto'
import type { CarriedParams } from './screen.ts'

/** All that a signed link stands for. Whoever changes any of it needs another signature. */
export interface SignedLink {
  appCode: string
  memberId: string
  screen: string
  /** In canonical form */
  params: CarriedParams
  /** Its end in Unix seconds, as the link has it; undefined: none */
  exp: string | undefined
  /** User who wrote it with the composer, as the link has it; undefined: a back-end or the service itself */
  by: string | undefined
}

/** Writes and checks the signatures of links. */
export interface LinkSigner {
  sign: (link: SignedLink) => string
  /** Takes the same time whatever is wrong with the signature. */
  verify: (link: SignedLink, signature: string) => boolean
  /** An id of 16 characters for a screen with its typed parameters. Nobody without the key can tell which link has which id. */
  identify: (link: Pick<SignedLink, 'memberId' | 'screen' | 'params'>) => string
}

/**
 * HMAC-SHA256 over one canonical text, as base64url.
 * In: keys of 32 bytes, newest first: the first signs and makes ids, each of them verifies, so that keys can be rotated.
 */
export function createLinkSigner (keys: readonly [Uint8Array, ...Uint8Array[]]): LinkSigner {
  const mac = (key: Uint8Array, { appCode, memberId, screen, params, exp, by }: SignedLink) =>
    createHmac('sha256', key).update(JSON.stringify(['v1', appCode, memberId, screen, params, exp ?? null, by ?? null])).digest()

  return {
    // No text that is signed begins with this word.
    identify: ({ memberId, screen, params }) =>
      createHmac('sha256', keys[0]).update(JSON.stringify(['id', memberId, screen, params])).digest('base64url').slice(0, 16),
    sign: link => mac(keys[0], link).toString('base64url'),
    verify (link, signature) {
      // The comparison is of two digests of one length, so that a signature of another length takes as long.
      const given = Buffer.from(signature, 'base64url')
      const padded = Buffer.concat([given.subarray(0, 32)], 32)
      const right = keys.map(key => timingSafeEqual(mac(key, link), padded)).includes(true)
      // A decoder overlooks what is no base64url, and one link has one signature.
      return right && given.length === 32 && given.toString('base64url') === signature
    }
  }
}
