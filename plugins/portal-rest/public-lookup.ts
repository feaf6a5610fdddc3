import { lookup as systemLookup, type LookupAddress, type LookupAllOptions } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { PortalAddressError } from '../../src/errors.ts'
import { isPrivateHost } from '../../src/http/frame.ts'

/** As `lookup` of node:dns, for all addresses */
export type LookupAll = (hostname: string, options: LookupAllOptions, callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void) => void

/**
 * Resolves names for connections, and refuses one that has a private address among its addresses. What is checked here is what
 * gets connected to: nobody resolves the name a second time.
 */
export function publicLookup (lookup: LookupAll = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '')
      const [first] = addresses
      if (first === undefined || addresses.some(({ address }) => isPrivateHost(address))) return callback(new PortalAddressError(), '')
      if (options.all) return callback(null, addresses)
      callback(null, first.address, first.family)
    })
  }
}
