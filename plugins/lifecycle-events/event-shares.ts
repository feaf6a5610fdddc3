import { clientAddress, clientNetwork } from '../../src/http/client-address.ts'
import type { QueuedWork } from '../../src/event-queue.ts'

type Shares = QueuedWork['shares']

// How many entries of the queue may be whose. An entry holds two events of 2 KB at most: together a few megabytes.

/** For events that are proven: one entry a user of the portal, a few users. */
export const provenShares = (memberId: string): Shares => [[`proven ${memberId}`, 8], ['proven', 1000]]

/**
 * For unproven events, while nobody can be asked.
 * With the right application token one comes from the portal or from one of its users, who can only harm themselves.
 * All others claim to be a portal that is about to install, which anybody can: it takes many networks to use that up.
 */
export const unprovenShares = (memberId: string, ip: string, isTokenRight: boolean): Shares => isTokenRight
  ? [[`known ${memberId}`, 4], ['known', 500]]
  : [
      [`unknown ${memberId}`, 8],
      [`unknown ${clientAddress(ip)}`, 10],
      [`unknown network ${clientNetwork(ip)}`, 20],
      ['unknown', 100]
    ]
