import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import {
  AuthorizationServerUnavailableError, NotInstalledError, TokensMissingError, storeUnavailable
} from '../../src/errors.ts'
import { serverOf } from '../../src/http/server-address.ts'
import { memberHash } from '../../src/log/logger.ts'
import type { TokenPair } from '../../src/store/installation-store.ts'
import type { NextPair, PairStore, StoredPair } from '../../src/store/pair-store.ts'
import type { Answer, AuthorizationServers } from '../auth-token/authorization-server.ts'
import { FAILED, FOREIGN, LOST, UNAVAILABLE } from './refresh-state.ts'

/** A portal that is installed, with a token pair. */
export type TokenHolder = StoredPair & { tokens: TokenPair }

export interface ExchangeOptions {
  store: Pick<PairStore, 'get' | 'replaceTokens'>
  authorizationServers: AuthorizationServers
  clientId: string
  servers: readonly string[]
  log: Pick<FastifyBaseLogger, 'warn' | 'error'>
  /** Milliseconds before each further try to store a fresh pair */
  delays: readonly number[]
  now: () => number
}

/** Records why the pair of that row could not be refreshed (a code in lower case), and returns the error for it. */
export type Refuse = (row: StoredPair, code: string) => Promise<Error>

/** What is stored now, undefined when somebody else has stored a pair meanwhile; or why there is no new pair. */
type Exchanged = { ok: TokenHolder | undefined } | { error: string, holder: TokenHolder }

/** What is stored of a portal, with its pair. Throws NotInstalledError, TokensMissingError, StoreUnavailableError. */
export async function readHolder (memberId: string, store: Pick<PairStore, 'get'>): Promise<TokenHolder> {
  const row = await store.get(memberId).catch(storeUnavailable)
  if (row?.uninstalledAt !== null) throw new NotInstalledError()
  if (row.tokens === null) throw new TokensMissingError()
  return { ...row, tokens: row.tokens }
}

/**
 * Stores a fresh pair in place of the one with this version. Returns whether the pair still had this version.
 *
 * @param candidate a refresh token to be tried before that of the pair
 */
export const keepPair = (
  memberId: string, pair: NextPair, version: number, candidate: string | undefined,
  options: Pick<ExchangeOptions, 'store' | 'log' | 'now' | 'delays'>
): Promise<boolean> => keep(memberId, options, () =>
  options.store.replaceTokens(memberId, pair, options.now(), version, candidate))

/** Stores a fresh pair, and tries often: the old pair is spent, so a pair that is not stored is a portal lost. */
export async function keep<T> (
  memberId: string, { log, delays }: Pick<ExchangeOptions, 'log' | 'delays'>, store: () => Promise<T>
): Promise<T> {
  const member = memberHash(memberId)
  for (const delay of delays) {
    try {
      return await store()
    } catch (err) {
      log.warn({ err, member, retryInMs: delay }, 'a refreshed token pair could not be stored yet')
      await sleep(delay)
    }
  }
  return await store().catch(err => {
    log.error({ err, member }, 'a refreshed token pair could not be stored: it is lost')
    return storeUnavailable(err)
  })
}

/** Exchanges the refresh token of a stored pair at the authorization server, and stores the new pair. */
export function createExchange (options: ExchangeOptions, refuse: Refuse): (holder: TokenHolder) => Promise<Exchanged> {
  const { store, authorizationServers, clientId, servers, log, now } = options

  /** Puts a question to the allowed server of a portal. */
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
   * Stores a pair in place of that of `holder`. An installation that came meanwhile is not overwritten, unless it has
   * only brought a candidate refresh token and kept the one that is `spent`; undefined when the pair was not stored.
   */
  async function put (
    { candidateRefreshToken, ...holder }: TokenHolder, spent: string, tokens: TokenPair, candidate?: string
  ): Promise<TokenHolder | undefined> {
    const { memberId } = holder
    const putOver = async ({ tokenVersion }: TokenHolder): Promise<TokenHolder | undefined> => {
      if (!await keepPair(memberId, tokens, tokenVersion, candidate, options)) return undefined
      const kept = { ...holder, tokens, tokenVersion: tokenVersion + 1, refreshedAt: now(), refresh: null }
      return candidate === undefined ? kept : { ...kept, candidateRefreshToken: candidate }
    }
    const stored = await putOver(holder)
    if (stored !== undefined) return stored
    const latest = await readHolder(memberId, store)
    return latest.tokens.refreshToken === spent ? await putOver(latest) : undefined
  }

  /**
   * Exchanges one refresh token. Tokens that name no portal are stored as expired, so that nobody uses them until the
   * server has said whose they are; if it cannot, the next use exchanges them again and nothing is lost.
   */
  async function exchange (holder: TokenHolder, refreshToken: string): Promise<Exchanged> {
    const { memberId, tokens: before } = holder
    const said = await ask(holder, server => authorizationServers.refresh(server, refreshToken, memberId))
    if ('error' in said) return { ...said, holder }
    const { accessToken, refreshToken: refreshed, expiresAt, isProven } = said.ok
    const pair = { accessToken, refreshToken: refreshed ?? before.refreshToken, expiresAt }
    // A candidate must not take the place of a refresh token that may be alive.
    const isCandidate = refreshToken !== before.refreshToken
    const unproven = { ...(isCandidate ? before : pair), expiresAt: 0 }
    const stored = isProven
      ? await put(holder, refreshToken, pair)
      : await put(holder, refreshToken, unproven, isCandidate ? pair.refreshToken : undefined)
    if (stored !== undefined && !isProven) return await prove(stored, pair, before)
    // Good until the access token ends; an administrator's call brings a new pair.
    if (stored !== undefined && refreshed === undefined) await refuse(stored, LOST)
    return { ok: stored }
  }

  /** Uses the pair that was stored as expired if it is of this portal, and goes back to the one before if it is not. */
  async function prove (holder: TokenHolder, pair: TokenPair, before: TokenPair): Promise<Exchanged> {
    const { memberId, tokens: { refreshToken } } = holder
    const said = await ask(holder, server => authorizationServers.appInfo(server, pair.accessToken))
    if ('error' in said) throw await refuse(holder, UNAVAILABLE)
    const isOurs = said.ok.memberId === memberId && said.ok.clientId === clientId
    if (isOurs) return { ok: await put(holder, refreshToken, pair) }
    return { error: FOREIGN, holder: await put(holder, refreshToken, before) ?? holder }
  }

  return async holder => {
    const { memberId, candidateRefreshToken: candidate, tokens: { refreshToken } } = holder
    if (candidate === undefined || candidate === refreshToken) return await exchange(holder, refreshToken)
    const tried = await exchange(holder, candidate)
    if ('ok' in tried || tried.error === UNAVAILABLE) return tried
    const fields = { member: memberHash(memberId), code: tried.error }
    log.warn(fields, 'the refresh token of the last installation is not good: the one before it is used')
    return await exchange(tried.holder, refreshToken)
  }
}
