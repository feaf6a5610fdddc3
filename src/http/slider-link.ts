// Both directions of one format stand in one file, so that they cannot drift: what sliderLink writes, the portal
// (PHP) and parseSliderLink read alike.
import { unescape } from 'node:querystring'
import { LinkError } from '../errors.ts'

/** A value that a link can carry. The handler receives every leaf as a string. */
export type LinkValue = string | number | boolean | readonly LinkValue[] | LinkParams
export interface LinkParams { readonly [key: string]: LinkValue }

// PHP's limits: max_input_nesting_level and max_input_vars. What is beyond them is silently lost.
const MAX_NESTING = 64
const MAX_VARIABLES = 1000
// The slider adds IFRAME and IFRAME_TYPE to the address, and they must not be the ones that get lost.
const MAX_VALUES = MAX_VARIABLES - 2

/** Whether a text can be the code of an application. A browser drops the path segments "." and ".."; "quick" is a page of the portal. */
export const isAppCode = (code: string): boolean => /^[a-zA-Z0-9._]+$/.test(code) && !['.', '..', 'quick'].includes(code)

/**
 * Writes a link that opens the application in a slider over the page of the portal
 * (Bitrix24 docs, "Widget as a Link with Slider REST_APP_URI").
 *
 * @param appCode the code of a market application, or the client_id of a local one
 * @param params plain data; whoever reads the link can see and change it
 * @returns an address relative to the portal: `/marketplace/view/<code>/?params%5BdocId%5D=42`
 * @throws {LinkError} B24_ERR_LINK for what would not come back from the portal as it was. Only the order of keys that are
 *   whole numbers is not kept: JavaScript itself puts them first, in ascending order, when an object is made
 */
export function sliderLink (appCode: string, params: LinkParams = {}): string {
  if (!isAppCode(appCode)) throw new LinkError('appCode', 'is not the code of an application')
  if (!isPlainObject(params)) throw new LinkError('params', 'must be a plain object')
  if (Object.hasOwn(params, 'URI')) throw new LinkError('params[URI]', 'belongs to the portal, which writes its own')
  const path = `/marketplace/view/${appCode}/`
  if (Object.keys(params).length === 0) return path
  const pairs = [...writePairs(params, 'params', 0)]
  if (pairs.length > MAX_VALUES) throw new LinkError('params', `holds more than ${MAX_VALUES} values`)
  return `${path}?${pairs.join('&')}`
}

function * writePairs (value: unknown, name: string, nesting: number): Generator<string> {
  if (nesting > MAX_NESTING) throw new LinkError(name, `is nested deeper than ${MAX_NESTING} levels`)
  if (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) {
    const text = String(value)
    if (!text.isWellFormed() || text.includes('\0')) throw new LinkError(name, 'holds text that is not Unicode or has a NUL')
    yield `${encode(name)}=${encode(text)}`
    return
  }
  if (!Array.isArray(value) && !isPlainObject(value)) {
    throw new LinkError(name, 'is not a string, a finite number, a boolean, an array or a plain object')
  }
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  if (entries.length === 0) throw new LinkError(name, 'is empty, and would vanish')
  if (!Array.isArray(value) && entries.every(([key], index) => key === String(index))) {
    throw new LinkError(name, 'has the keys 0, 1, 2..., and would become an array')
  }
  for (const [key, item] of entries) {
    const itemName = `${name}[${key}]`
    if (!isLinkKey(String(key))) throw new LinkError(itemName, 'has a key that a link cannot carry')
    yield * writePairs(item, itemName, nesting + 1)
  }
}

function isPlainObject (value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function isLinkKey (key: string): boolean {
  // To PHP, empty brackets mean "append", and so do brackets around one white space.
  return !/^[ \t\n\v\f\r]?$|[[\]\0]/.test(key) && key.isWellFormed() &&
    !['__proto__', 'constructor', 'prototype'].includes(key)
}

// Stricter than a browser needs: programs that find links in a text stop at brackets, quotes or a final dot.
function encode (text: string): string {
  return encodeURIComponent(text).replace(/[!'()*.~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

/**
 * Reads a link as the portal does: PHP's rules for a query string, the key `params` only
 * (Bitrix24 docs, "Widget as a Link with Slider REST_APP_URI").
 *
 * @param link an absolute or relative address, `/market/view/` too
 * @returns the application's code and what becomes PLACEMENT_OPTIONS: usually an object, but `params[]=a` is an
 *   array, `params=a` a string, and a link without (or with empty) params gives undefined. Leaves are strings.
 * @throws {LinkError} B24_ERR_LINK when it is not a link to an application
 */
export function parseSliderLink (link: string): { appCode: string, params: unknown } {
  const { appCode, params } = readSliderLink(link)
  return { appCode, params: toData(params) }
}

/**
 * What parseSliderLink reads, with the keys of arrays in PHP's order: as Map, which keeps it.
 *
 * @throws {LinkError} B24_ERR_LINK when it is not a link to an application
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
