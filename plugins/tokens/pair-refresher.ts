import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import { FOREIGN, type Answer, type AuthorizationServers } from '../auth-token/authorization-server.ts'
import { AuthorizationServerUnavailableError } from '../../src/errors.ts'
import { memberHash } from '../../src/log/logger.ts'
import { serverOf } from '../../src/http/server-address.ts'
import type { Installation, InstallationStore, TokenPair } from '../../src/store/installation-store.ts'
import { keepPair } from './keep-pair.ts'
import { createRefreshCounts, type RefusalCode, type RefreshOutcome } from './refresh-counts.ts'
import { readHolder, type TokenHolder } from './token-holder.ts'
import { errorOf, FAILED, isSpent, LOST, UNAVAILABLE, stateAfter } from './refresh-state.ts'

export interface PairRefresherOptions {
  store: InstallationStore
  authorizationServers: AuthorizationServers
  /** client_id of the application */
  clientId: string
  /** Origins of the authorization servers that may be asked */
  servers: readonly string[]
  log: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>
  /** Milliseconds before each further try to store a fresh pair */
  delays: readonly number[]
  /** Milliseconds that the pair of somebody else, who was faster, may be on its way to the store. Default 1 s */
  settleTime?: number
  now: () => number
}

/** The reading and writing of pairs that everybody shares who refreshes. */
export interface PairRefresher {
  /** What is stored, with a pair. Errors: NotInstalledError, TokensMissingError, StoreUnavailableError. */
  read: (memberId: string) => Promise<TokenHolder>
  /**
   * Refreshes the pair that was just read **under its lease**, and stores the new one. What speaks against it is recorded; the old pair stays.
   * Out: what is stored then. Errors: TokensLostError, TokensRefusedError, NotInstalledError, PaymentRequiredError, AuthorizationServerUnavailableError, StoreUnavailableError.
   */
  refresh: (holder: TokenHolder) => Promise<TokenHolder>
  /** Records what speaks against refreshing the pair of that row. In: a code in lower case. Out: the error that says so. */
  refuse: (row: Installation, code: string) => Promise<Error>
  /** Stores a fresh pair, and a refresh token to be tried before it, in place of that version. Out: whether it was still that version. Errors: StoreUnavailableError. */
  keep: (memberId: string, pair: TokenPair, version: number, offered?: string) => Promise<boolean>
  /** The allowed server that an endpoint names */
  serverOf: (serverEndpoint: string) => string | undefined
  count: (outcome: RefreshOutcome) => void
  counts: () => Record<RefreshOutcome, number>
  /** How often refreshes were refused with which code, since this process started */
  refusals: () => Record<RefusalCode, number>
}

/** In: the store, the servers, the clock (milliseconds since 1970). */
export function createPairRefresher (options: PairRefresherOptions): PairRefresher {
  const { store, authorizationServers, clientId, servers, log, settleTime = 1000, now } = options
  const counts = createRefreshCounts()
  const read: PairRefresher['read'] = memberId => readHolder(memberId, store)
  const keep: PairRefresher['keep'] = (memberId, pair, version, offered) => keepPair(memberId, pair, version, offered, options)

  const refuse: PairRefresher['refuse'] = async ({ memberId, tokenVersion, refresh }, code) => {
    // Spent with nothing in return, as if the answer had never come.
    if (code === FOREIGN) log.error({ member: memberHash(memberId) }, 'the refresh token of an installation belongs to another portal or application: what it was exchanged for is dropped')
    const state = stateAfter(code === FOREIGN ? LOST : code, refresh, now())
    counts.refuse(state.code)
    log.warn({ member: memberHash(memberId), code: state.code, attempts: state.attempts }, 'the tokens of an installation could not be refreshed')
    await store.recordRefresh(memberId, state, tokenVersion).catch(err => log.error({ err }, 'a refused refresh could not be recorded'))
    return errorOf(state)
  }

  /** A spent token is no loss when somebody else has spent it, and stores what he got: leases overlap when clocks differ or a process stalls. */
  async function another ({ memberId, tokenVersion }: TokenHolder): Promise<TokenHolder | undefined> {
    for (const pause of [0, settleTime]) {
      await sleep(pause)
      const latest = await read(memberId)
      if (latest.tokenVersion !== tokenVersion) return latest
    }
    return undefined
  }

  /** In: a question for the allowed server of a portal. Errors: those that are no silence of that server; they are recorded. */
  async function ask<T> (holder: TokenHolder, question: (server: string) => Promise<Answer<T>>): Promise<Answer<T>> {
    const server = serverOf(holder.serverEndpoint, servers)
    if (server === undefined) return { error: 'server_not_allowed' }
    return await question(server).catch(async error => {
      if (error instanceof AuthorizationServerUnavailableError) return { error: UNAVAILABLE }
      await refuse(holder, FAILED)
      throw error
    })
  }

  /**
   * Stores a pair in place of that of `holder`. An installation that came meanwhile is not overwritten, unless it has only offered
   * its refresh token and kept the one that is `spent`. Out: undefined when it was not stored. Errors: those of `read` and `keep`.
   */
  async function put ({ candidateRefreshToken, ...holder }: TokenHolder, spent: string, tokens: TokenPair, offered?: string): Promise<TokenHolder | undefined> {
    const { memberId } = holder
    const putOver = async ({ tokenVersion }: TokenHolder): Promise<TokenHolder | undefined> => await keep(memberId, tokens, tokenVersion, offered)
      ? { ...holder, tokens, ...(offered !== undefined && { candidateRefreshToken: offered }), tokenVersion: tokenVersion + 1, refreshedAt: now(), refresh: null }
      : undefined
    const stored = await putOver(holder)
    if (stored !== undefined) return stored
    const latest = await read(memberId)
    return latest.tokens.refreshToken === spent ? await putOver(latest) : undefined
  }

  /**
   * Exchanges one refresh token, and stores the new pair. Tokens that name no portal are stored as expired, so that nobody uses
   * them, until the server has said whose they are; when it cannot, the next use exchanges them again, and nothing is lost.
   * Out: what is stored, undefined when somebody else has stored a pair meanwhile; or an error code, and what is stored then.
   * Errors: AuthorizationServerUnavailableError, StoreUnavailableError, those of `read`.
   */
  async function exchange (holder: TokenHolder, refreshToken: string): Promise<{ ok: TokenHolder | undefined } | { error: string, holder: TokenHolder }> {
    const { memberId, tokens: before } = holder
    const said = await ask(holder, server => authorizationServers.refresh(server, refreshToken, memberId))
    if ('error' in said) return { ...said, holder }
    const { accessToken, refreshToken: refreshed, expiresAt, isProven } = said.ok
    const pair = { accessToken, refreshToken: refreshed ?? before.refreshToken, expiresAt }
    // One that was only offered must not take the place of one that may be alive.
    const isOffered = refreshToken !== before.refreshToken
    const stored = isProven
      ? await put(holder, refreshToken, pair)
      : await put(holder, refreshToken, { ...(isOffered ? before : pair), expiresAt: 0 }, isOffered ? pair.refreshToken : undefined)
    if (stored !== undefined && !isProven) return await prove(stored, pair, before)
    // Good until the access token ends; an administrator's call brings a new pair.
    if (stored !== undefined && refreshed === undefined) await refuse(stored, LOST)
    return { ok: stored }
  }

  /** Uses the pair that was stored as expired when it is of this portal, and goes back to the one before when it is not. */
  async function prove (holder: TokenHolder, pair: TokenPair, before: TokenPair): ReturnType<typeof exchange> {
    const { memberId, tokens: { refreshToken } } = holder
    const said = await ask(holder, server => authorizationServers.appInfo(server, pair.accessToken))
    if ('error' in said) throw await refuse(holder, UNAVAILABLE)
    if (said.ok.memberId === memberId && said.ok.clientId === clientId) return { ok: await put(holder, refreshToken, pair) }
    return { error: FOREIGN, holder: await put(holder, refreshToken, before) ?? holder }
  }

  /** Exchanges the refresh token of the last installation or, when that is not good, the one before it. */
  async function exchangeBest (holder: TokenHolder): ReturnType<typeof exchange> {
    const { memberId, candidateRefreshToken: offered, tokens: { refreshToken } } = holder
    if (offered === undefined || offered === refreshToken) return await exchange(holder, refreshToken)
    const tried = await exchange(holder, offered)
    if ('ok' in tried || tried.error === UNAVAILABLE) return tried
    log.warn({ member: memberHash(memberId), code: tried.error }, 'the refresh token of the last installation is not good: the one before it is used')
    return await exchange(tried.holder, refreshToken)
  }

  return {
    read,
    refuse,
    keep,
    serverOf: endpoint => serverOf(endpoint, servers),
    count: counts.count,
    counts: counts.outcomes,
    refusals: counts.refusals,
    async refresh (holder) {
      const done = await exchangeBest(holder)
      if ('ok' in done) {
        // Somebody installed meanwhile: what they brought is good, and ours belongs to nobody.
        counts.count(done.ok === undefined ? 'superseded' : 'refreshed')
        return done.ok ?? await read(holder.memberId)
      }
      const { error } = done
      const latest = isSpent(error) ? await another(done.holder) : undefined
      if (latest === undefined) throw await refuse(done.holder, error)
      counts.count('superseded')
      return latest
    }
  }
}
