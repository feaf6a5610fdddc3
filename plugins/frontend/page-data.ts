import type { FastifyRequest } from 'fastify'
import type { PageData } from '../../client/page-data.ts'
import { FrontendCallError, FrontendDataError } from '../../src/errors.ts'
import type { Language } from '../page/i18n.ts'

/** Characters of JSON: more than a page should wait for, and far less than fills the memory of a phone. */
const maxLength = 5_000_000

interface PageDataOptions {
  language: Language
  /** Undefined: nothing has verified the call */
  session: string | undefined
  /** What stands before the paths of the service */
  base: string
}

/**
 * What the page of a verified call is told.
 *
 * @throws {FrontendCallError} when nothing has verified the call
 */
export function pageDataOf <T> (
  request: FastifyRequest, data: T, { language, session, base }: PageDataOptions
): PageData<T> {
  const { placement } = request
  // Links to screens are a feature above the core, which may be missing.
  const screen = request.screen ?? null
  if (placement === null || session === undefined) throw new FrontendCallError()
  const { portal: { memberId, domain, origin }, user: { id }, lang, code } = placement
  const { tag: locale, dir, t } = language
  return {
    data,
    portal: { memberId, domain, origin },
    user: { id },
    lang,
    locale,
    dir,
    placement: code,
    screen: screen && { name: screen.name, params: screen.params as Record<string, unknown> },
    session,
    base,
    texts: { unreachable: t('error.store-unavailable.title'), expired: t('error.expired.text') }
  }
}

/** Throws for what JSON would drop, or turn into null or an empty object, without a word. */
function refuseLossy (_key: string, value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') throw new TypeError(`it holds a ${typeof value}`)
  if (typeof value === 'bigint') throw new TypeError('it holds a BigInt')
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`it holds ${value}`)
  if (value instanceof Map || value instanceof Set) throw new TypeError(`it holds a ${value.constructor.name}`)
  return value
}

/** Without the keys, which JSON names and which may be a user's text. */
function reasonOf (error: unknown): string {
  const message = error instanceof Error ? error.message : ''
  if (message.startsWith('it holds')) return message
  return /circular/i.test(message) ? 'it holds a cycle' : 'it cannot be written'
}

// HTML ends a script at the text `</script`, and older scripts end a line at U+2028 and U+2029.
const special = /[<>&\u2028\u2029]/g
const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/**
 * The data of a page as JSON for a `<script>`: no text in it can end the script.
 *
 * @param entry named in errors
 * @throws {FrontendDataError} for what is not JSON, or too long
 */
export function toJson (data: PageData, entry: string): string {
  let json: string
  try {
    json = JSON.stringify(data, refuseLossy)
  } catch (error) {
    throw new FrontendDataError(entry, reasonOf(error), { cause: error })
  }
  if (json.length > maxLength) {
    throw new FrontendDataError(entry, `it is longer than ${maxLength / 1_000_000} million characters`)
  }
  return json.replace(special, escape)
}
