// Reads and applies ALLOW_INSECURE_PORTALS.
import { isPrivateHost, portalOrigin } from './frame.ts'

/**
 * Portals that may have plain http or a private address: all, none, or these hosts: `b24.example.lan`, `10.0.0.5:8080`,
 * `*.example.lan`.
 */
export type InsecurePortals = boolean | readonly string[]

/** Whether the operator lets this address be plain http or private. A name without a port stands for all its ports. */
export function allowsInsecure (portals: InsecurePortals, { host, hostname, protocol, port }: URL): boolean {
  if (typeof portals === 'boolean') return portals
  const names = [host, hostname, `${hostname}:${port || (protocol === 'http:' ? '80' : '443')}`]
  const matches = (portal: string, name: string) =>
    portal.startsWith('*.') ? name.endsWith(portal.slice(1)) : name === portal
  return portals.some(portal => names.some(name => matches(portal, name)))
}

/** Whether a portal at this address may be connected to, by its name alone: `publicLookup` checks what DNS says. */
export const isPermitted = (portals: InsecurePortals, url: URL): boolean =>
  allowsInsecure(portals, url) || (url.protocol === 'https:' && !isPrivateHost(url.hostname))

/** Reads a setting: `true`, `false`, or hosts, comma separated; undefined when it is none of these. */
export function readInsecurePortals (text: string): InsecurePortals | undefined {
  if (text === 'true' || text === 'false') return text === 'true'
  const hosts = text.toLowerCase().split(',').map(host => host.trim())
  return hosts.every(isHost) ? hosts : undefined
}

/** A single word such as `yes` is not meant as a host. */
const isHost = (text: string): boolean =>
  (/[.:]/.test(text) || text === 'localhost') && portalOrigin(text.replace(/^\*\./, ''), '0') !== undefined
