import type { FastifyBaseLogger } from 'fastify'
import { LRUCache } from 'lru-cache'
import { audit } from '../../src/log/audit.ts'
import { memberHash } from '../../src/log/logger.ts'
import { living, upTo } from '../../src/lru.ts'
import type { createBackground } from '../../src/queues/background.ts'
import type { Installation, InstallationStore, RefreshState } from '../../src/store/installation-store.ts'
import type { PairStore, StoredPair } from '../../src/store/pair-store.ts'
import type { AuthorizationServers } from '../auth-token/authorization-server.ts'
import type { VerifiedCall } from '../auth-token/calls.ts'
import { createExchangeBrought } from './exchange-brought.ts'
import { LOST, stateAfterCall } from './refresh-state.ts'
import type { Refresher } from './refresher.ts'
import { underLease, type LeaseOptions } from './token-service.ts'

/** A verified call, which may bring the tokens of its portal back. */
export interface RecoveryCall {
  call: VerifiedCall
  /** REFRESH_ID of the call: text that a user can write */
  refreshToken: string
  /** Called only when the pair is known to be dead */
  isAdmin: () => Promise<boolean>
  /** The client's address, for the audit */
  ip?: string
}

interface RecoveryOptions extends LeaseOptions {
  store: PairStore
  refresher: Refresher
  authorizationServers: AuthorizationServers
  clientId: string
  log: Pick<FastifyBaseLogger, 'info' | 'warn'>
}

// Milliseconds. Short: a portal that does not answer has not said yes either.
const employeeTime = 10_000
// Milliseconds after each attempt of one person that brought nothing.
const longestPause = 1_800_000
const pauses = [10_000, 60_000, 300_000, longestPause]

const isLost = (row: StoredPair | undefined): row is StoredPair & { refresh: RefreshState } =>
  row?.uninstalledAt === null && row.refresh?.code === LOST

/**
 * Recovers a pair that is known to be dead: exchanges the refresh token of an administrator's verified call, and stores
 * the new pair if the server says that it is this user's on this portal. A person who brought nothing is not tried
 * again for a while that grows.
 */
export function createRecovery (options: RecoveryOptions): (recovery: RecoveryCall) => Promise<void> {
  const { store, refresher, log, now } = options
  const exchangeBrought = createExchangeBrought(options)
  // People who are no administrators, or brought nothing, until when in milliseconds since 1970.
  const passed = new LRUCache<string, { attempts: number, until: number }>(upTo(10_000))

  return async recovery => {
    const { call: { memberId, userId, serverEndpoint }, refreshToken, isAdmin, ip } = recovery
    const person = `${memberId} ${userId}`
    const server = refresher.serverOf(serverEndpoint)
    const { attempts, until } = passed.get(person) ?? { attempts: 0, until: -Infinity }
    // A clock that was put back must not keep a person out for longer.
    const isPassed = until > now() && until <= now() + longestPause
    if (refreshToken === '' || server === undefined || isPassed) return
    if (!await isAdmin()) {
      passed.set(person, { attempts, until: now() + employeeTime })
      return
    }
    await underLease(memberId, options, async () => {
      const row = await store.get(memberId)
      if (!isLost(row)) return
      // Before the attempt: it may end with an error.
      const pause = Number(pauses[Math.min(attempts, pauses.length - 1)])
      passed.set(person, { attempts: attempts + 1, until: now() + pause })
      const pair = await exchangeBrought(server, refreshToken, recovery.call)
      const isRecovered = pair !== undefined && await refresher.keep(row, { ...pair, userId })
      refresher.count(isRecovered ? 'recovered' : 'recovery_refused')
      if (!isRecovered) {
        const text = 'an administrator\'s call could not recover the tokens of an installation'
        return log.warn({ member: memberHash(memberId) }, text)
      }
      passed.delete(person)
      audit(log, 'tokens.recovered', { ip, member: memberId, user: userId })
    })
  }
}

interface TakeCallOptions {
  background: ReturnType<typeof createBackground>
  store: Pick<InstallationStore, 'get' | 'recordRefresh' | 'systemUsers'>
  recover: ReturnType<typeof createRecovery>
  log: Pick<FastifyBaseLogger, 'info' | 'error'>
  now: () => number
}

// Milliseconds
const wellTime = 1000
const systemUserTime = 60_000

/**
 * Looks after the tokens of a portal that calls: a dead pair may be recovered, a refused refresh may be tried again.
 * Delays nothing. Logs a store outage once, until it recovers.
 */
export function createTakeCall (options: TakeCallOptions): (recovery: RecoveryCall) => void {
  const { store, recover, background, log, now } = options
  // Portals that are well, as nearly all are, are not looked at with every call: when each was looked at.
  const well = new LRUCache<string, number>(upTo(10_000))
  const seen = new LRUCache<string, true>({ ...upTo(10_000), ...living(systemUserTime, now) })
  let isStoreDown = false

  async function look (memberId: string): Promise<Installation | undefined> {
    try {
      const row = await store.get(memberId)
      isStoreDown = false
      return row
    } catch (err) {
      if (!isStoreDown) log.error({ err }, 'the store does not answer: until it does no call recovers tokens')
      isStoreDown = true
      return undefined
    }
  }

  async function retry (pairs: Pick<PairStore, 'recordRefresh'>, row: StoredPair | undefined): Promise<void> {
    const state = stateAfterCall(row?.refresh ?? null, now())
    if (row === undefined || state === undefined) return
    await pairs.recordRefresh(row.memberId, state, row.tokenVersion)
    const fields = { member: memberHash(row.memberId), code: state.code }
    log.info(fields, 'an installation is alive: its tokens may be refreshed again')
  }

  async function take (recovery: RecoveryCall): Promise<void> {
    const { memberId } = recovery.call
    const row = await look(memberId)
    if (row === undefined) return
    // That of the system user may have been refused alone: it is the one that is used most.
    if (!seen.has(memberId)) {
      seen.set(memberId, true)
      await retry(store.systemUsers, await store.systemUsers.get(memberId))
    }
    if (isLost(row)) return await recover(recovery)
    well.set(memberId, now())
    await retry(store, row)
  }

  return recovery => {
    // Either way, as a clock can be put back.
    const isRecent = Math.abs(now() - Number(well.get(recovery.call.memberId))) < wellTime
    if (!isRecent) background.run('recovering tokens', () => take(recovery))
  }
}
