import { isIP, isIPv4, isIPv6 } from 'node:net'

/** Whatever is not an address has one key, so all who send that share one limit. */
const unreadable = 'unknown'

/** `a.b.c.d:port`, `[address]:port` and `[address]`, as some proxies write into X-Forwarded-For. */
const withPort = /^(?:(\d+(?:\.\d+){3}):\d{1,5}|\[([^[\]]+)\](?::\d{1,5})?)$/

/**
 * An IPv4 or IPv6 address without port, brackets and zone; IPv4 in the form of IPv6 as IPv4.
 *
 * @param ip text from outside, as in X-Forwarded-For
 * @returns undefined for what is not an address
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

// URL writes each IPv6 address in one way only.
const canonical = (address: string) => new URL(`http://[${address.replace(/%.*$/s, '')}]`).hostname.slice(1, -1)

/** The eight numbers of an IPv6 address. */
function groupsOf (address: string): number[] {
  const toGroups = (half: string) => half === '' ? [] : half.split(':').map(group => parseInt(group, 16))
  const [head = [], tail = []] = canonical(address).split('::').map(toGroups)
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail]
}

function prefix (ip: string, bits: 48 | 64): string {
  const address = plainAddress(ip)
  if (address === undefined) return unreadable
  if (isIP(address) === 4) return address
  const groups = groupsOf(address).slice(0, bits / 16).map(group => group.toString(16))
  return `${groups.join(':')}::/${bits}`
}

/**
 * The limit key of a client, without a port: `a.b.c.d`, or `a:b:c:d::/64`, as whoever has one IPv6 address there has
 * all of them; `unknown` for what is not an address.
 */
export const clientAddress = (ip: string): string => prefix(ip, 64)

/** A wider limit key: the /48 of an IPv6 address, which one customer of a network usually has; IPv4 as it is. */
export const clientNetwork = (ip: string): string => prefix(ip, 48)
