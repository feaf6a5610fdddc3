import { createHmac, timingSafeEqual } from 'node:crypto'
import type { CarriedParams } from './screen.ts'

/** All that a signed link stands for: changing any of it takes another signature. */
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

export type LinkSigner = ReturnType<typeof createLinkSigner>

/**
 * Writes and checks signatures: HMAC-SHA256 over one canonical text, as base64url.
 *
 * @param keys of 32 bytes, newest first: the first signs and makes ids, any of them verifies
 */
export function createLinkSigner (keys: readonly [Uint8Array, ...Uint8Array[]]) {
  const mac = (key: Uint8Array, { appCode, memberId, screen, params, exp, by }: SignedLink) => {
    const text = JSON.stringify(['v1', appCode, memberId, screen, params, exp ?? null, by ?? null])
    return createHmac('sha256', key).update(text).digest()
  }

  return {
    sign: (link: SignedLink): string => mac(keys[0], link).toString('base64url'),
    /** Takes the same time whatever is wrong with the signature. */
    verify (link: SignedLink, signature: string): boolean {
      // Two digests of one length are compared, so that a signature of another length takes as long.
      const given = Buffer.from(signature, 'base64url')
      const padded = Buffer.concat([given.subarray(0, 32)], 32)
      const isRight = keys.map(key => timingSafeEqual(mac(key, link), padded)).includes(true)
      // A decoder skips what is not base64url, and one link has one signature.
      return isRight && given.length === 32 && given.toString('base64url') === signature
    },
    /** An id of 16 characters for a screen with its typed parameters, which cannot be computed without the key. */
    identify ({ memberId, screen, params }: Pick<SignedLink, 'memberId' | 'screen' | 'params'>): string {
      // No text that is signed begins with this word.
      const text = JSON.stringify(['id', memberId, screen, params])
      return createHmac('sha256', keys[0]).update(text).digest('base64url').slice(0, 16)
    }
  }
}

type Canonical = string | Canonical[] | CarriedParams

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null
const compare = (a: string, b: string) => Number(a > b) - Number(a < b)

/** Text at every leaf. An object with the keys 0…n-1 is a list, as it is to PHP; the order of a list counts. */
function canonical (value: unknown): Canonical {
  if (!isContainer(value)) return String(value)
  const entries = Object.entries(value) // whole numbers come first, in ascending order
  if (entries.every(([key], index) => key === String(index))) return entries.map(([, item]) => canonical(item))
  return canonicalParams(value)
}

/**
 * The one form in which parameters are signed and measured: text at every leaf, keys in one order. Programs that pass a
 * link on may sort its parameters, and openApplication brings numbers.
 */
export function canonicalParams (params: object): CarriedParams {
  const sorted = Object.entries(params).sort(([a], [b]) => compare(a, b))
  return Object.fromEntries(sorted.map(([key, item]) => [key, canonical(item)]))
}

const encodedLength = (text: string) => encodeURIComponent(text.toWellFormed()).length
const brackets = '%5B%5D'.length

/** How many characters parameters in canonical form take in the query of a link, at least. */
export const lengthInLink = (params: CarriedParams): number => lengthBelow(params, 'params'.length)

// No name is put together: a few kilobytes of nested keys would make gigabytes of names.
function lengthBelow (value: unknown, nameLength: number): number {
  if (!isContainer(value)) return nameLength + '=&'.length + encodedLength(String(value))
  const entries = Object.entries(value)
  if (entries.length === 0) return nameLength
  return entries.reduce((sum, [key, item]) => sum + lengthBelow(item, nameLength + brackets + encodedLength(key)), 0)
}
