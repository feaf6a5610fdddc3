import { clientAddress, clientNetwork } from '../../src/http/client-address.ts'
import type { QueuedWork } from '../../src/queues/retry-queue.ts'

type Shares = QueuedWork['shares']

// How many entries of the queue may be whose. An entry holds two events of 2 KB at most: together a few megabytes.

/** For verified events: one entry a user of the portal, a few users. */
export const verifiedShares = (memberId: string): Shares => [[`verified ${memberId}`, 8], ['verified', 1000]]

/**
 * For unverified events, while nobody can be asked.
 *
 * With the right application token one comes from the portal or one of its users, who can only harm themselves. All
 * others may come from a portal that is about to install, or from anybody: it takes many networks to use up the share.
 */
export function unverifiedShares (memberId: string, ip: string, isTokenRight: boolean): Shares {
  if (isTokenRight) return [[`known ${memberId}`, 4], ['known', 500]]
  return [
    [`unknown ${memberId}`, 8],
    [`unknown ${clientAddress(ip)}`, 10],
    [`unknown network ${clientNetwork(ip)}`, 20],
    ['unknown', 100]
  ]
}
