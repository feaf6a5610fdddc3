import type { LookupAddress, LookupAllOptions } from 'node:dns'
import { Resolver } from 'node:dns/promises'
import { setTimeout as wait } from 'node:timers/promises'

/** As `lookup` of node:dns, for all addresses. */
export type LookupAll = (
  hostname: string, options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void
) => void

// Milliseconds. Some name servers never answer for addresses of version 6. Source: RFC 8305, 3
const patience = 250

/**
 * Resolves names by DNS alone. The system resolves two names at a time for the whole process, so a portal whose name
 * servers do not answer would keep everybody else's names waiting, that of the database included.
 *
 * @param servers addresses of name servers. Default: those of the system
 */
export function createDnsLookup (servers?: string[]) {
  // Both tries end before a connection has to stand. The second takes twice as long.
  const resolver = new Resolver({ timeout: 1500, tries: 2 })
  if (servers !== undefined) resolver.setServers(servers)

  async function resolve (hostname: string): Promise<LookupAddress[]> {
    const of = (family: 4 | 6) => (addresses: string[]) => addresses.map(address => ({ address, family }))
    const v6 = resolver.resolve6(hostname).then(of(6), (): LookupAddress[] => [])
    try {
      const v4 = await resolver.resolve4(hostname).then(of(4))
      return [...v4, ...await Promise.race([v6, wait(patience, [], { ref: false })])]
    } catch (error) {
      const found = await v6
      if (found.length === 0) throw error
      return found
    }
  }

  const lookup: LookupAll = (hostname, _options, callback) => {
    resolve(hostname).then(addresses => callback(null, addresses), error => callback(error, []))
  }
  return {
    lookup,
    /** Gives up what is under way. */
    close: (): void => resolver.cancel()
  }
}
