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

const isLost = (row: Installation | undefined): row is Installation => row?.uninstalledAt === null && row.renewal?.code === LOST

/**
 * Brings a portal back whose stored pair is known to be dead: exchanges the refresh token of an administrator's proven call,
 * and stores the pair when the server says that it is this user's on this portal. In every other case it does nothing.
 * Errors: ServerSilentError, StoreSilentError, those of the store.
 */
export function createRevival (options: RevivalOptions): (offer: Offer) => Promise<void> {
  const { store, renewer, authorizationServers, clientId, log, now } = options
  // Nearly all portals are well: one look a second at each is enough.
  const seen = new LRUCache<string, true>({ max: 10_000, ttl: 1000, perf: { now } })

  /** The pair for REFRESH_ID, which is text that a user can write. */
  async function exchange ({ caller, refreshToken }: Offer, server: string): Promise<TokenPair | undefined> {
    const said = await authorizationServers.renew(server, refreshToken)
    if ('error' in said) return undefined
    const info = await authorizationServers.appInfo(server, said.ok.accessToken)
    const isTheirs = 'ok' in info && info.ok.clientId === clientId && info.ok.memberId === caller.memberId && info.ok.userId === caller.userId
    return isTheirs ? said.ok : undefined
  }

  return async offer => {
    const { caller: { memberId, serverEndpoint }, refreshToken, isAdmin } = offer
    if (refreshToken === '' || seen.has(memberId)) return
    seen.set(memberId, true)
    const server = renewer.serverOf(serverEndpoint)
    if (server === undefined || !isLost(await store.get(memberId)) || !await isAdmin()) return
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
