import { OptionsMalformedError } from '../../src/errors.ts'

// PHP reads at most 64 levels from a link; options that the portal builds itself are far flatter.
const maxDepth = 64
// Names by which an object reaches its prototype. A link may be written by anybody in the portal.
const forbidden = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Decodes PLACEMENT_OPTIONS. Missing, empty, scalar and `"undefined"` values mean "no options"; lists become indexed
 * objects. Source: Bitrix24 REST docs, api-reference/widgets/universal/app-url.md; the PHP SDK for the "undefined" of
 * telephony settings.
 *
 * @param origin of the verified portal
 * @returns plain options, and the page that opened the widget as an absolute URL on that portal, if it is one
 * @throws {OptionsMalformedError} when it is not JSON, too deep, or names a prototype
 */
export function decodePlacementOptions (
  text: string | undefined, origin: string
): { options: Record<string, unknown>, uri: string | undefined } {
  if (text === undefined || text === '' || text === 'undefined') return { options: {}, uri: undefined }
  const value = parse(text)
  if (typeof value !== 'object' || value === null) return { options: {}, uri: undefined }
  check(value, 0)
  // A list has its indexes for keys.
  const { URI: uri, ...options } = value as Record<string, unknown>
  // PHP writes an object without keys as an empty list.
  const { params } = options
  if (Array.isArray(params) && params.length === 0) options['params'] = {}
  return { options, uri: resolveUri(uri, origin) }
}

function parse (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text.
    throw new OptionsMalformedError('it is not JSON')
  }
}

function check (value: object, depth: number): void {
  if (depth >= maxDepth) throw new OptionsMalformedError(`more than ${maxDepth} levels`)
  for (const [key, item] of Object.entries(value)) {
    if (forbidden.has(key)) throw new OptionsMalformedError('a key names a prototype')
    if (typeof item === 'object' && item !== null) check(item, depth + 1)
  }
}

// An address to which resolving only adds the origin: no dot segments, no second slash, nothing to encode or leave out.
const plainAddress = /^(?=\/)(\/[\w~-][\w.~-]*)*\/?(\?[\w.~=&+-]*)?$/

/** A page as an absolute URL on the portal, without its session id; undefined when it leads anywhere else. */
export function resolveUri (uri: unknown, origin: string): string | undefined {
  if (typeof uri !== 'string') return undefined
  if (plainAddress.test(uri) && !uri.includes('sessid')) return origin + uri
  const url = URL.parse(uri, origin)
  // The origin alone would let names, passwords and blob: addresses through.
  if (url === null || !url.href.startsWith(`${origin}/`)) return undefined
  // Some pages of the portal hold their CSRF token in the address; deleting re-encodes the query, so only then.
  if (url.searchParams.has('sessid')) url.searchParams.delete('sessid')
  return url.href
}
