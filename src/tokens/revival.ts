import type { FastifyBaseLogger } from 'fastify'
import { LRUCache } from 'lru-cache'
import type { AuthorizationServers } from '../authorization-server.ts'
import { memberHash } from '../logger.ts'
import type { Installation, InstallationStore, TokenPair } from '../store/installation-store.ts'
import type { ProvenCall } from '../trust/verify-call.ts'
import type { PairRenewer } from './pair-renewer.ts'
import { LOST } from './renewal-state.ts'
import { underLease } from './token-service.ts'

export interface RevivalOptions {
  store: InstallationStore
  renewer: PairRenewer
  authorizationServers: AuthorizationServers
  clientId: string
  leaseTime: number
  log: Pick<FastifyBaseLogger, 'info' | 'warn'>
  now: () => number
}

/** What an administrator's call offers to a portal whose pair is dead. */
export interface Offer {
  caller: ProvenCall
  /** REFRESH_ID of the call */
  refreshToken: string
  /** Asked only when the pair is known to be dead */
  isAdmin: () => Promise<boolean>
}

// Milliseconds
const wellTime = 1000
// Short: a portal that was silent has not said yes either.
const employeeTime = 10_000

const isLost = (row: Installation | undefined): row is Installation => row?.uninstalledAt === null && row.renewal?.code === LOST

/**
 * Brings a portal back whose stored pair is known to be dead: exchanges the refresh token of an administrator's proven call,
 * and stores the pair when the server says that it is this user's on this portal. In every other case it does nothing.
 * Errors: ServerSilentError, StoreSilentError, those of the store.
 */
export function createRevival (options: RevivalOptions): (offer: Offer) => Promise<void> {
  const { store, renewer, authorizationServers, clientId, log, now } = options
  // Portals that are well, as nearly all are, and people who are no administrators: they are not asked about with every call.
  const passed = new LRUCache<string, true>({ max: 10_000, ttl: wellTime, ttlResolution: 0, perf: { now } })

  /** The pair for REFRESH_ID, which is text that a user can write. */
  async function exchange ({ caller, refreshToken }: Offer, server: string): Promise<TokenPair | undefined> {
    const said = await authorizationServers.renew(server, refreshToken)
    if ('error' in said) return undefined
    const info = await authorizationServers.appInfo(server, said.ok.accessToken)
    const isTheirs = 'ok' in info && info.ok.clientId === clientId && info.ok.memberId === caller.memberId && info.ok.userId === caller.userId
    return isTheirs ? said.ok : undefined
  }

  return async offer => {
    const { caller: { memberId, userId, serverEndpoint }, refreshToken, isAdmin } = offer
    const person = `${memberId} ${userId}`
    const server = renewer.serverOf(serverEndpoint)
    if (refreshToken === '' || server === undefined || passed.has(memberId) || passed.has(person)) return
    if (!isLost(await store.get(memberId))) {
      passed.set(memberId, true)
      return
    }
    if (!await isAdmin()) {
      passed.set(person, true, { ttl: employeeTime })
      return
    }
    await underLease(memberId, options, async () => {
      const row = await store.get(memberId)
      if (!isLost(row)) return
      const pair = await exchange(offer, server)
      const isRevived = pair !== undefined && await renewer.keep(memberId, pair, row.tokenVersion)
      renewer.count(isRevived ? 'revived' : 'revival_refused')
      const member = memberHash(memberId)
      if (isRevived) log.info({ member }, 'the call of an administrator has brought the tokens of an installation back')
      else log.warn({ member }, 'the call of an administrator could not bring the tokens of an installation back')
    })
  }
}
