import { LinkError } from '../errors.ts'
import { maxNesting, maxVariables, readParams, toData, type PhpValue } from './php-query.ts'

/** A value that a link can carry. The handler receives every leaf as a string. */
export type LinkValue = string | number | boolean | readonly LinkValue[] | LinkParams
/** What a link carries, by name. */
export interface LinkParams { readonly [key: string]: LinkValue }

// The slider adds IFRAME and IFRAME_TYPE to the address, and they must not be the ones that get lost.
const maxValues = maxVariables - 2

// A browser drops the path segments "." and ".."; "quick" is a page of the portal.
const notCodes = ['.', '..', 'quick']

/** Whether a text can be the code of an application. */
export const isAppCode = (code: string): boolean => /^[a-zA-Z0-9._]+$/.test(code) && !notCodes.includes(code)

/**
 * Writes a link that opens the application in a slider over the page of the portal
 * (Bitrix24 docs, "Widget as a Link with Slider REST_APP_URI").
 *
 * @param appCode the code of a market application, or the client_id of a local one
 * @param params plain data; anyone who reads the link can see and change it
 * @returns an address relative to the portal: `/marketplace/view/<code>/?params%5BdocId%5D=42`
 * @throws {LinkError} for what would not come back from the portal as it was. Only the order of keys that are whole
 *   numbers is lost: JavaScript itself puts them first, in ascending order
 */
export function sliderLink (appCode: string, params: LinkParams = {}): string {
  if (!isAppCode(appCode)) throw new LinkError('appCode', 'is not the code of an application')
  if (!isPlainObject(params)) throw new LinkError('params', 'must be a plain object')
  if (Object.hasOwn(params, 'URI')) throw new LinkError('params[URI]', 'belongs to the portal, which writes its own')
  const path = `/marketplace/view/${appCode}/`
  if (Object.keys(params).length === 0) return path
  const pairs = [...writePairs(params, 'params', 0)]
  if (pairs.length > maxValues) throw new LinkError('params', `holds more than ${maxValues} values`)
  return `${path}?${pairs.join('&')}`
}

function * writePairs (value: unknown, name: string, nesting: number): Generator<string> {
  if (nesting > maxNesting) throw new LinkError(name, `is nested deeper than ${maxNesting} levels`)
  if (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) {
    const text = String(value)
    if (!text.isWellFormed() || text.includes('\0')) {
      throw new LinkError(name, 'holds text that is not Unicode or has a NUL')
    }
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
 * @throws {LinkError} when it is not a link to an application
 */
export function parseSliderLink (link: string): { appCode: string, params: unknown } {
  const { appCode, params } = readSliderLink(link)
  return { appCode, params: toData(params) }
}

/** What parseSliderLink reads, with the keys of arrays in PHP's order: as Map, which keeps it. */
export function readSliderLink (link: string): { appCode: string, params: PhpValue } {
  const url = URL.parse(link, 'https://portal.invalid')
  const appCode = url && /^https?:\/\/[^/]+\/market(?:place)?\/view\/([a-zA-Z0-9._]+)\//.exec(url.href)?.[1]
  if (!appCode || appCode === 'quick') throw new LinkError('link', 'does not lead to an application')
  const params = readParams(url.search.slice(1))
  // PHP's empty() is true for "0" as well.
  return { appCode, params: params === '' || params === '0' ? undefined : params }
}
