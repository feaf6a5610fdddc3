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

type PutOptions = Pick<ExchangeOptions, 'store' | 'log' | 'now' | 'delays'>

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
 * Stores a fresh pair in place of that of a row, and returns what is stored then. An installation that came meanwhile
 * is not overwritten, unless it has only brought a candidate refresh token: that stays, to be tried first.
 *
 * @param candidate a refresh token to be tried before that of the pair
 * @returns undefined when the pair was not stored
 */
export async function putPair (
  row: StoredPair, pair: NextPair, candidate: string | undefined, options: PutOptions
): Promise<TokenHolder | undefined> {
  const { store, now } = options
  const { memberId, tokens, tokenVersion } = row
  const isStored = await keep(memberId, options, () =>
    store.replaceTokens(memberId, pair, now(), tokenVersion, candidate))
  if (isStored) {
    const { candidateRefreshToken: former, ...kept } = row
    const stored = { ...kept, tokens: pair, tokenVersion: tokenVersion + 1, refreshedAt: now(), refresh: null }
    return candidate === undefined ? stored : { ...stored, candidateRefreshToken: candidate }
  }
  const latest = await keep(memberId, options, () => store.get(memberId))
  const isSamePair = latest?.uninstalledAt === null && latest.tokens?.refreshToken === tokens?.refreshToken
  return isSamePair ? await putPair(latest, pair, latest.candidateRefreshToken, options) : undefined
}

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
  const { authorizationServers, clientId, servers, log } = options

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
      ? await putPair(holder, pair, undefined, options)
      : await putPair(holder, unproven, isCandidate ? pair.refreshToken : undefined, options)
    if (stored !== undefined && !isProven) return await prove(stored, pair, before)
    // Good until the access token ends; an administrator's call brings a new pair.
    if (stored !== undefined && refreshed === undefined) await refuse(stored, LOST)
    return { ok: stored }
  }

  /** Uses the pair that was stored as expired if it is of this portal, and goes back to the one before if it is not. */
  async function prove (holder: TokenHolder, pair: TokenPair, before: TokenPair): Promise<Exchanged> {
    const { memberId, candidateRefreshToken: candidate } = holder
    const said = await ask(holder, server => authorizationServers.appInfo(server, pair.accessToken))
    if ('error' in said) throw await refuse(holder, UNAVAILABLE)
    const isOurs = said.ok.memberId === memberId && said.ok.clientId === clientId
    // One that an installation has brought meanwhile
    const other = candidate === pair.refreshToken ? undefined : candidate
    if (isOurs) return { ok: await putPair(holder, pair, other, options) }
    return { error: FOREIGN, holder: await putPair(holder, before, other, options) ?? holder }
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
