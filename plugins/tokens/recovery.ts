import type { FastifyBaseLogger } from 'fastify'
import { LRUCache } from 'lru-cache'
import type { AuthorizationServers } from '../auth-token/authorization-server.ts'
import { memberHash } from '../../src/log/logger.ts'
import type { Installation, InstallationStore, RefreshState, TokenPair } from '../../src/store/installation-store.ts'
import type { VerifiedCall } from '../auth-token/verify-call.ts'
import { underLease, type LeaseOptions } from './lease.ts'
import type { PairRefresher } from './pair-refresher.ts'
import { LOST } from './refresh-state.ts'

export interface RecoveryOptions extends LeaseOptions {
  store: InstallationStore
  refresher: PairRefresher
  authorizationServers: AuthorizationServers
  clientId: string
  log: Pick<FastifyBaseLogger, 'info' | 'warn'>
}

/** What an administrator's call offers to a portal whose pair is dead. */
export interface RecoveryCall {
  caller: VerifiedCall
  /** REFRESH_ID of the call */
  refreshToken: string
  /** Asked only when the pair is known to be dead */
  isAdmin: () => Promise<boolean>
}

// Milliseconds. Short: a portal that was silent has not said yes either.
const employeeTime = 10_000
// Milliseconds after each attempt of one person that brought nothing. REFRESH_ID is text that a user can write.
const pauses = [10_000, 60_000, 300_000, 1_800_000]

/** Whether the stored pair is known to be dead. */
export const isLost = (row: Installation | undefined): row is Installation & { refresh: RefreshState } => row?.uninstalledAt === null && row.refresh?.code === LOST

/**
 * Brings a portal back whose stored pair is known to be dead: exchanges the refresh token of an administrator's proven call,
 * and stores the pair when the server says that it is this user's on this portal. In every other case it does nothing.
 * Whoever brought nothing is passed over for a while that grows.
 * Errors: AuthorizationServerUnavailableError, StoreUnavailableError, those of the store.
 */
export function createRecovery (options: RecoveryOptions): (offer: RecoveryCall) => Promise<void> {
  const { store, refresher, authorizationServers, clientId, log, now } = options
  /** People who are no administrators, or brought nothing, until when in milliseconds since 1970 */
  const passed = new LRUCache<string, { attempts: number, until: number }>({ max: 10_000 })

  /** The pair for REFRESH_ID, which is text that a user can write. */
  async function exchange ({ caller, refreshToken }: RecoveryCall, server: string): Promise<TokenPair | undefined> {
    const said = await authorizationServers.refresh(server, refreshToken, caller.memberId)
    if ('error' in said || said.ok.refreshToken === undefined) return undefined
    const { accessToken, refreshToken: refreshed, expiresAt } = said.ok
    const info = await authorizationServers.appInfo(server, accessToken)
    const isTheirs = 'ok' in info && info.ok.clientId === clientId && info.ok.memberId === caller.memberId && info.ok.userId === caller.userId
    return isTheirs ? { accessToken, refreshToken: refreshed, expiresAt } : undefined
  }

  return async offer => {
    const { caller: { memberId, userId, serverEndpoint }, refreshToken, isAdmin } = offer
    const person = `${memberId} ${userId}`
    const server = refresher.serverOf(serverEndpoint)
    const { attempts, until } = passed.get(person) ?? { attempts: 0, until: -Infinity }
    if (refreshToken === '' || server === undefined || until > now()) return
    if (!await isAdmin()) {
      passed.set(person, { attempts, until: now() + employeeTime })
      return
    }
    await underLease(memberId, options, async () => {
      const row = await store.get(memberId)
      if (!isLost(row)) return
      // Before the attempt: it may end with an error.
      passed.set(person, { attempts: attempts + 1, until: now() + Number(pauses[Math.min(attempts, pauses.length - 1)]) })
      const pair = await exchange(offer, server)
      const isRecovered = pair !== undefined && await refresher.keep(memberId, pair, row.tokenVersion)
      refresher.count(isRecovered ? 'recovered' : 'recovery_refused')
      const member = memberHash(memberId)
      if (!isRecovered) return log.warn({ member }, 'the call of an administrator could not bring the tokens of an installation back')
      passed.delete(person)
      log.info({ member }, 'the call of an administrator has brought the tokens of an installation back')
    })
  }
}
