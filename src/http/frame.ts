import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIPv4 } from 'node:net'
import { LRUCache } from 'lru-cache'
import { upTo } from '../lru.ts'
import { browserLanguages } from './headers.ts'

const known = Symbol('what the frame says')

/** The two places where a frame's strings can be: the query string of the form's address, and the form itself. */
interface FrameRequest { query: unknown, body: unknown, headers?: IncomingHttpHeaders, [known]?: Known }

/** What was read of a request, and the body of that time: it may not have been parsed yet. */
interface Known { frame: PostedFrame, body: unknown }

/**
 * One of the strings that the portal's frame adds to a call: from the query string, else from the body. It proves
 * nothing: the user's browser sent it.
 */
function frameField (request: FrameRequest, name: 'LANG' | 'DOMAIN' | 'PROTOCOL'): string | undefined {
  for (const part of [request.query, request.body]) {
    // What comes back is checked.
    const value = (part as Record<string, unknown> | null | undefined)?.[name]
    if (typeof value === 'string') return value
  }
  return undefined
}

/** What a call says of the portal whose frame posted it. It proves nothing: the user's browser sent it. */
interface PostedFrame {
  /** Web origin in DOMAIN and PROTOCOL; null when they name none that a portal can have */
  origin: string | null
  /** Whether that is on this machine or a private network; `true` without an origin */
  isPrivate: boolean
  /**
   * The language in which to answer, as Bitrix24 writes it (`la` is Spanish, `ua` Ukrainian): LANG in lower case,
   * without it that of the browser, or `en` when that is not a language code. We may have no texts for it
   */
  lang: string
  /** That one, or all that the browser asks for */
  langs: readonly string[]
}

type PostedOrigin = Pick<PostedFrame, 'origin' | 'isPrivate'>

// Of the portals that call most: reading an address takes as long as a tenth of the page.
const origins = new LRUCache<string, PostedOrigin>(upTo(1000))

function postedOrigin (domain: string, protocol: string | undefined): PostedOrigin {
  // Longer ones are not addresses.
  const key = `${protocol === '0'} ${domain.slice(0, maxDomain + 1)}`
  const known = origins.get(key)
  if (known !== undefined) return known
  const origin = portalOrigin(domain, protocol) ?? null
  const posted = { origin, isPrivate: origin === null || isPrivateHost(new URL(origin).hostname) }
  origins.set(key, posted)
  return posted
}

/** What the frame says, after the body is parsed. It says who may frame an error page. */
export function postedFrame (request: FrameRequest): PostedFrame {
  // Each step of a call asks.
  const last = request[known]
  if (last !== undefined && last.body === request.body) return last.frame
  const posted = frameField(request, 'LANG')
  const langs = posted === undefined ? browserLanguages(request.headers) : [posted.toLowerCase()]
  const [lang = ''] = langs
  const { origin, isPrivate } = postedOrigin(frameField(request, 'DOMAIN') ?? '', frameField(request, 'PROTOCOL'))
  const frame = { origin, isPrivate, lang: /^[a-z]{2,3}$/.test(lang) ? lang : 'en', langs }
  request[known] = { frame, body: request.body }
  return frame
}

// Underscores are not allowed in host names, but self-hosted portals have them and browsers go there.
const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?'
const hostAndPort = new RegExp(`^${label}(?:\\.${label})*\\.?(?::[1-9]\\d{0,4})?$`)
/** 253 characters of a name, the dot that may end it, a colon and a port. */
export const maxDomain = 253 + 1 + 6

/**
 * The web origin of a portal, safe to write into a header: `https://portal.bitrix24.com`, in lower case, without the
 * scheme's own port. Checks the syntax only: see `isPrivateHost`.
 *
 * @param domain DOMAIN, as the portal sends it: a host name (an international one as `xn--`) or an IPv4 address, with
 * an optional port
 * @param protocol PROTOCOL: `0` means http, anything else https
 * @returns undefined for anything else
 */
export function portalOrigin (domain: string, protocol: string | undefined): string | undefined {
  if (domain.length > maxDomain) return undefined
  const host = domain.toLowerCase()
  if (!hostAndPort.test(host)) return undefined
  const url = URL.parse(`${protocol === '0' ? 'http' : 'https'}://${host}`)
  // A portal does not name itself by a host that the browser would rewrite (`0x7f.1`, `2130706433`).
  if (url === null || url.hostname !== host.replace(/:\d+$/, '')) return undefined
  return url.hostname.replace(/\.$/, '').length > 253 ? undefined : url.origin
}

const notPublicV4 = blockList('ipv4', [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12],
  ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24],
  ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4]
])

// Only 2000::/3 holds public addresses. Inside it, 2001::/23, 2001:db8::/32 and 2002::/16 are tunnels, examples and
// embedded IPv4 addresses.
const notPublicV6 = blockList('ipv6', [
  ['::', 3], ['4000::', 2], ['8000::', 1], ['2001::', 23], ['2001:db8::', 32], ['2002::', 16], ['3fff::', 20]
])

// Reserved (RFC 6761, 6762, 8375), or in use inside networks and never handed out.
const privateNames = [
  'localhost', 'localdomain', 'local', 'internal', 'intranet', 'private', 'corp', 'home', 'home.arpa', 'lan', 'test',
  'invalid', 'onion'
]

/**
 * Whether a host is on this machine or on a private network, judged by its name alone (no DNS).
 *
 * @param host a name, an IPv4 address in any spelling that browsers accept, an IPv6 address with or without brackets
 * @returns true also for what is not a host at all, so that whoever refuses private hosts fails safe
 */
export function isPrivateHost (host: string): boolean {
  const bareV6 = !host.startsWith('[') && host.split(':').length > 2
  const url = URL.parse(`http://${bareV6 ? `[${host}]` : host}`)
  if (url === null) return true
  if (url.hostname.startsWith('[')) return notPublicV6.check(url.hostname.slice(1, -1), 'ipv6')
  if (isIPv4(url.hostname)) return notPublicV4.check(url.hostname)
  const name = url.hostname.replace(/\.$/, '')
  return !name.includes('.') || privateNames.some(ending => `.${name}`.endsWith(`.${ending}`))
}

function blockList (family: 'ipv4' | 'ipv6', subnets: Array<[string, number]>): BlockList {
  const list = new BlockList()
  for (const [address, prefix] of subnets) list.addSubnet(address, prefix, family)
  return list
}
