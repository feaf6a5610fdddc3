import { isPrivateHost, portalOrigin } from './frame.ts'

/** Portals that may have plain http or a private address: all, none, or the hosts named: `b24.example.lan`, `10.0.0.5:8080`, `*.example.lan` */
export type InsecurePortals = boolean | readonly string[]

/** Whether the operator lets this address be plain http or private. A name without a port stands for all its ports. */
export function allowsInsecure (portals: InsecurePortals, { host, hostname, protocol, port }: URL): boolean {
  if (typeof portals === 'boolean') return portals
  const names = [host, hostname, `${hostname}:${port || (protocol === 'http:' ? '80' : '443')}`]
  return portals.some(portal => names.some(name => portal.startsWith('*.') ? name.endsWith(portal.slice(1)) : name === portal))
}

/** Whether a portal at this address may be connected to, as far as its name tells: see `publicLookup` for what DNS says. */
export const isPermitted = (portals: InsecurePortals, url: URL): boolean =>
  allowsInsecure(portals, url) || (url.protocol === 'https:' && !isPrivateHost(url.hostname))

/** Reads a setting: `true`, `false`, or hosts, comma separated. Out: undefined when it is none of these. */
export function readInsecurePortals (text: string): InsecurePortals | undefined {
  if (text === 'true' || text === 'false') return text === 'true'
  const hosts = text.toLowerCase().split(',').map(host => host.trim())
  return hosts.every(isHost) ? hosts : undefined
}

/** A word alone, such as `yes`, is no host that anybody means. */
const isHost = (text: string): boolean => (/[.:]/.test(text) || text === 'localhost') && portalOrigin(text.replace(/^\*\./, ''), '0') !== undefined
