import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { AuthorizationServers } from '../authorization-server.ts'
import { ServerSilentError } from '../errors.ts'
import { memberHash } from '../logger.ts'
import { serverOf } from '../server-address.ts'
import type { Installation, InstallationStore, TokenPair } from '../store/installation-store.ts'
import { keepPair } from './keep-pair.ts'
import { createRenewalCounts, type RefusalCode, type RenewalOutcome } from './renewal-counts.ts'
import { readHolder, type TokenHolder } from './token-holder.ts'
import { errorOf, FAILED, isSpent, SILENT, stateAfter } from './renewal-state.ts'

export interface PairRenewerOptions {
  store: InstallationStore
  authorizationServers: AuthorizationServers
  /** Origins of the authorization servers that may be asked */
  servers: readonly string[]
  log: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>
  /** Milliseconds before each further try to store a fresh pair */
  delays: readonly number[]
  /** Milliseconds that the pair of somebody else, who was faster, may be on its way to the store. Default 1 s */
  settleTime?: number
  now: () => number
}

/** The reading and writing of pairs that everybody shares who renews. */
export interface PairRenewer {
  /** What is stored, with a pair. Errors: NotInstalledError, TokensMissingError, StoreSilentError. */
  read: (memberId: string) => Promise<TokenHolder>
  /**
   * Renews the pair that was just read **under its lease**, and stores the new one. What speaks against it is recorded; the old pair stays.
   * Out: what is stored then. Errors: TokensLostError, TokensRefusedError, NotInstalledError, PaymentRequiredError, ServerSilentError, StoreSilentError.
   */
  renew: (holder: TokenHolder) => Promise<TokenHolder>
  /** Records what speaks against renewing the pair of that row. In: a code in lower case. Out: the error that says so. */
  refuse: (row: Installation, code: string) => Promise<Error>
  /** Stores a fresh pair in place of that version. Out: whether it was still that version. Errors: StoreSilentError. */
  keep: (memberId: string, pair: TokenPair, version: number) => Promise<boolean>
  /** The allowed server that an endpoint names */
  serverOf: (serverEndpoint: string) => string | undefined
  count: (outcome: RenewalOutcome) => void
  counts: () => Record<RenewalOutcome, number>
  /** How often renewals were refused with which code, since this process started */
  refusals: () => Record<RefusalCode, number>
}

/** In: the store, the servers, the clock (milliseconds since 1970). */
export function createPairRenewer (options: PairRenewerOptions): PairRenewer {
  const { store, authorizationServers, servers, log, settleTime = 1000, now } = options
  const counts = createRenewalCounts()
  const read: PairRenewer['read'] = memberId => readHolder(memberId, store)
  const keep: PairRenewer['keep'] = (memberId, pair, version) => keepPair(memberId, pair, version, options)

  const refuse: PairRenewer['refuse'] = async ({ memberId, tokenVersion, renewal }, code) => {
    const state = stateAfter(code, renewal, now())
    counts.refuse(state.code)
    log.warn({ member: memberHash(memberId), code: state.code, attempts: state.attempts }, 'the tokens of an installation could not be renewed')
    await store.recordRenewal(memberId, state, tokenVersion).catch(err => log.error({ err }, 'a refused renewal could not be recorded'))
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

  async function ask (holder: TokenHolder): ReturnType<AuthorizationServers['renew']> {
    const server = serverOf(holder.serverEndpoint, servers)
    if (server === undefined) return { error: 'server_not_allowed' }
    return await authorizationServers.renew(server, holder.tokens.refreshToken).catch(async error => {
      if (error instanceof ServerSilentError) return { error: SILENT }
      await refuse(holder, FAILED)
      throw error
    })
  }

  return {
    read,
    refuse,
    keep,
    serverOf: endpoint => serverOf(endpoint, servers),
    count: counts.count,
    counts: counts.outcomes,
    refusals: counts.refusals,
    async renew (holder) {
      const { memberId, tokenVersion } = holder
      const said = await ask(holder)
      if ('error' in said) {
        const latest = isSpent(said.error) ? await another(holder) : undefined
        if (latest === undefined) throw await refuse(holder, said.error)
        counts.count('superseded')
        return latest
      }
      // Somebody installed meanwhile: what they brought is good, and ours belongs to nobody.
      const isKept = await keep(memberId, said.ok, tokenVersion)
      counts.count(isKept ? 'renewed' : 'superseded')
      return isKept ? { ...holder, tokens: said.ok, tokenVersion: tokenVersion + 1, refreshedAt: now(), renewal: null } : await read(memberId)
    }
  }
}
