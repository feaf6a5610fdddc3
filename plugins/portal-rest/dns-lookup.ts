import type { LookupAddress, LookupAllOptions } from 'node:dns'
import { Resolver } from 'node:dns/promises'

/** As `lookup` of node:dns, for all addresses. */
export type LookupAll = (
  hostname: string, options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void
) => void

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
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
    const found = [v4, v6].flatMap((answer, index) => answer.status === 'rejected'
      ? []
      : answer.value.map(address => ({ address, family: index === 0 ? 4 : 6 })))
    if (found.length === 0 && v4.status === 'rejected') throw v4.reason
    return found
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
