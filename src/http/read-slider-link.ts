// Reads what slider-link.ts writes, as the portal (PHP) does.
import { unescape } from 'node:querystring'
import { LinkError, MAX_NESTING, MAX_VARIABLES } from './slider-link.ts'

/**
 * Reads a link as the portal does: PHP's rules for a query string, the key `params` only
 * (Bitrix24 docs, "Widget as a Link with Slider REST_APP_URI").
 *
 * @param link an absolute or relative address, `/market/view/` too
 * @returns the application's code and what becomes PLACEMENT_OPTIONS: usually an object, but `params[]=a` is an
 *   array, `params=a` a string, and a link without (or with empty) params gives undefined. Leaves are strings.
 * @throws {LinkError} when it is not a link to an application
 */
export function parseSliderLink (link: string): { appCode: string, params: unknown } {
  const { appCode, params } = readSliderLink(link)
  return { appCode, params: toData(params) }
}

/**
 * What parseSliderLink reads, with the keys of arrays in PHP's order: as Map, which keeps it.
 *
 * @throws {LinkError} when it is not a link to an application
 */
export function readSliderLink (link: string): { appCode: string, params: PhpValue } {
  const url = URL.parse(link, 'https://portal.invalid')
  const appCode = url && /^https?:\/\/[^/]+\/market(?:place)?\/view\/([a-zA-Z0-9._]+)\//.exec(url.href)?.[1]
  if (!appCode || appCode === 'quick') throw new LinkError('link', 'does not lead to an application')
  const params = readParams(url.search.slice(1))
  // PHP's empty() is true for "0" as well.
  return { appCode, params: params === '' || params === '0' ? undefined : params }
}

type PhpValue = string | PhpArray | undefined

/** Keeps the order of its keys, as PHP does; a JavaScript object would sort 2, 1 into 1, 2. */
class PhpArray extends Map<string, PhpValue> {
  #nextIndex: bigint | undefined

  /** Without a key the value is appended after the highest index, even a negative one; after 2^63 - 1 it is lost. */
  put (key: string | undefined, value: PhpValue): void {
    const name = key ?? String(this.#nextIndex ?? 0)
    if (isIndex(name)) {
      const next = BigInt(name) + 1n
      if (this.#nextIndex === undefined || next > this.#nextIndex) this.#nextIndex = next
    } else if (key === undefined) {
      return
    }
    this.set(name, value)
  }
}

function isIndex (key: string): boolean {
  return /^(?:0|-?[1-9]\d{0,18})$/.test(key) && BigInt.asIntN(64, BigInt(key)) === BigInt(key)
}

function readParams (query: string): PhpValue {
  let params: PhpValue
  for (const variable of query.split('&').filter(Boolean).slice(0, MAX_VARIABLES)) {
    const [name = '', ...value] = variable.split('=')
    const keys = readKeys(decode(name))
    if (!keys) continue
    // PHP forgets the whole variable, not only the key that went too deep.
    params = keys.length > MAX_NESTING ? undefined : place(params, keys, decode(value.join('=')))
  }
  return params
}

/** `params[a][]` gives ['a', undefined]; a name that PHP does not take for `params` gives undefined. */
function readKeys (name: string): Array<string | undefined> | undefined {
  // PHP ends a name at a NUL. An opening bracket that is never closed ends the keys; right after `params` it makes
  // another name of it (params_a).
  const brackets = /^ *params(?=\[[^\]\0]*\]|\0|$)([^\0]*)/.exec(name)?.[1]
  return brackets === undefined
    ? undefined
    : Array.from(brackets.matchAll(/\[(?:[ \t\n\v\f\r]?|([^\]]*))\]/gy), (match) => match[1])
}

function place (into: PhpValue, keys: Array<string | undefined>, value: string): PhpValue {
  if (keys.length === 0) return value
  const [key, ...deeper] = keys
  const array = into instanceof PhpArray ? into : new PhpArray()
  array.put(key, place(key === undefined ? undefined : array.get(key), deeper, value))
  return array
}

function toData (value: PhpValue): unknown {
  if (!(value instanceof PhpArray)) return value
  const entries = [...value].map(([key, item]) => [key, toData(item)] as const)
  return entries.every(([key], index) => key === String(index))
    ? entries.map(([, item]) => item)
    : Object.fromEntries(entries.filter(([key]) => key !== '__proto__'))
}

function decode (text: string): string {
  return unescape(text.replaceAll('+', ' '))
}
