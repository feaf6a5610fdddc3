import type { FastifyBaseLogger } from 'fastify'
import type { AuthorizationServers } from '../authorization-server.ts'
import { NotInstalledError, ServerSilentError, StoreSilentError, TokensMissingError } from '../errors.ts'
import { memberHash } from '../logger.ts'
import type { Installation, InstallationStore, TokenPair } from '../store/installation-store.ts'
import { keepPair } from './keep-pair.ts'
import { errorOf, LOST, SILENT, stateAfter } from './renewal-state.ts'

/** A living installation with a token pair. */
export type TokenHolder = Installation & { tokens: TokenPair }

/** How renewals ended, since this process started. */
export type RenewalOutcome = 'renewed' | 'superseded' | 'lost' | 'refused' | 'silent' | 'revived' | 'revival_refused'

export interface PairRenewerOptions {
  store: InstallationStore
  authorizationServers: AuthorizationServers
  /** Origins of the authorization servers that may be asked */
  servers: readonly string[]
  log: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>
  /** Milliseconds before each further try to store a fresh pair */
  delays: readonly number[]
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
  /** Stores a fresh pair in place of that version. Out: whether it was still that version. Errors: StoreSilentError. */
  keep: (memberId: string, pair: TokenPair, version: number) => Promise<boolean>
  /** The allowed server that an endpoint names */
  serverOf: (serverEndpoint: string) => string | undefined
  count: (outcome: RenewalOutcome) => void
  counts: () => Record<RenewalOutcome, number>
}

/** In: the store, the servers, the clock (milliseconds since 1970). */
export function createPairRenewer (options: PairRenewerOptions): PairRenewer {
  const { store, authorizationServers, servers, log, now } = options
  const counts: Record<RenewalOutcome, number> = { renewed: 0, superseded: 0, lost: 0, refused: 0, silent: 0, revived: 0, revival_refused: 0 }
  const count = (outcome: RenewalOutcome) => { counts[outcome]++ }
  const serverOf = (endpoint: string) => servers.find(server => endpoint === `${server}/rest/`)
  const keep: PairRenewer['keep'] = (memberId, pair, version) => keepPair(memberId, pair, version, options)

  const read: PairRenewer['read'] = async memberId => {
    const row = await store.get(memberId).catch(cause => { throw new StoreSilentError({ cause }) })
    if (row?.uninstalledAt !== null) throw new NotInstalledError()
    if (row.tokens === null) throw new TokensMissingError()
    return { ...row, tokens: row.tokens }
  }

  async function refuse ({ memberId, tokenVersion, renewal }: TokenHolder, error: string): Promise<Error> {
    const state = stateAfter(error, renewal, now())
    count(state.code === LOST ? 'lost' : state.code === SILENT ? 'silent' : 'refused')
    log.warn({ member: memberHash(memberId), code: state.code, attempts: state.attempts }, 'the tokens of an installation could not be renewed')
    await store.recordRenewal(memberId, state, tokenVersion).catch(err => log.error({ err }, 'a refused renewal could not be recorded'))
    return errorOf(state)
  }

  async function ask ({ serverEndpoint, tokens }: TokenHolder): ReturnType<AuthorizationServers['renew']> {
    const server = serverOf(serverEndpoint)
    if (server === undefined) return { error: 'server_not_allowed' }
    return await authorizationServers.renew(server, tokens.refreshToken).catch(error => {
      if (error instanceof ServerSilentError) return { error: SILENT }
      throw error
    })
  }

  return {
    read,
    keep,
    serverOf,
    count,
    counts: () => ({ ...counts }),
    async renew (holder) {
      const { memberId, tokenVersion } = holder
      const said = await ask(holder)
      if ('error' in said) throw await refuse(holder, said.error)
      // Somebody installed meanwhile: what they brought is good, and ours belongs to nobody.
      const isKept = await keep(memberId, said.ok, tokenVersion)
      count(isKept ? 'renewed' : 'superseded')
      return isKept ? { ...holder, tokens: said.ok, tokenVersion: tokenVersion + 1, renewal: null } : await read(memberId)
    }
  }
}
