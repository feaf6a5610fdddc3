import { isIP, isIPv4, isIPv6 } from 'node:net'

/** What cannot be read has one key together: whoever sends it shares one limit. */
const unreadable = 'unknown'

/** `a.b.c.d:port` and `[address]:port`, as some proxies write into X-Forwarded-For; and an address in brackets alone. */
const withPort = /^(?:(\d+(?:\.\d+){3}):\d{1,5}|\[([^[\]]+)\](?::\d{1,5})?)$/

/**
 * An address without what is no part of it: a port, brackets, the zone of a link. IPv4 in the form of IPv6 is IPv4.
 * In: text from outside, as it stands in X-Forwarded-For. Out: an IPv4 or IPv6 address; undefined: it is none.
 */
export function plainAddress (ip: string): string | undefined {
  const [, v4, v6] = withPort.exec(ip) ?? []
  const address = v4 ?? v6 ?? ip
  if (isIPv4(address)) return address
  if (!isIPv6(address)) return undefined
  const groups = groupsOf(address)
  const isMapped = groups.slice(0, 5).every(group => group === 0) && groups[5] === 0xffff
  return isMapped ? groups.slice(6).flatMap(group => [group >> 8, group & 255]).join('.') : canonical(address)
}

// URL knows how an IPv6 address is written in one way only.
const canonical = (address: string) => new URL(`http://[${address.replace(/%.*$/s, '')}]`).hostname.slice(1, -1)

/** The eight numbers of an IPv6 address. */
function groupsOf (address: string): number[] {
  const [head = [], tail = []] = canonical(address).split('::').map(half => half === '' ? [] : half.split(':').map(group => parseInt(group, 16)))
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail]
}

function prefix (ip: string, bits: 48 | 64): string {
  const address = plainAddress(ip)
  if (address === undefined) return unreadable
  return isIP(address) === 4 ? address : `${groupsOf(address).slice(0, bits / 16).map(group => group.toString(16)).join(':')}::/${bits}`
}

/**
 * The key that limits know a client by: an IPv4 address, or the /64 of an IPv6 address, as whoever has one address there has all of
 * them. Never a port. In: `request.ip`. Out: `a.b.c.d`, `a:b:c:d::/64`, or `unknown` for whatever is no address.
 */
export const clientAddress = (ip: string): string => prefix(ip, 64)

/** What one customer of a network usually has: the /48 of an IPv6 address, for a limit wider than the one of `clientAddress`. An IPv4 address is its own. */
export const clientNetwork = (ip: string): string => prefix(ip, 48)
