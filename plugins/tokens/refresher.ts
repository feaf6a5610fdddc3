import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import { serverOf } from '../../src/http/server-address.ts'
import { memberHash } from '../../src/log/logger.ts'
import type { NextPair, PairStore, StoredPair } from '../../src/store/pair-store.ts'
import {
  createExchange, putPair, readHolder, type ExchangeOptions, type Refuse, type TokenHolder
} from './exchange.ts'
import { errorOf, FAILED, FOREIGN, isSpent, LOST, stateAfter, UNAVAILABLE, UNREADABLE } from './refresh-state.ts'

interface RefresherOptions extends ExchangeOptions {
  store: PairStore
  log: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>
  /** Milliseconds that the pair of another process, which was faster, may take to reach the store. Default 1 s */
  settleTime?: number
  /** Counts for all refreshers of a service. Default: for this one */
  counts?: RefreshCounts
}

export type Refresher = ReturnType<typeof createRefresher>

const noOutcomes = {
  refreshed: 0, superseded: 0, lost: 0, refused: 0, unavailable: 0, recovered: 0, recovery_refused: 0
}
/** How refreshes end. */
export type RefreshOutcome = keyof typeof noOutcomes

const documented = [
  'invalid_client', 'wrong_client', 'invalid_request', 'invalid_scope', 'insufficient_scope', 'not_installed',
  'payment_required'
] as const
const errorCodes = [LOST, UNAVAILABLE, UNREADABLE, FAILED, 'server_not_allowed', ...documented, 'other'] as const

/** The error codes that a metric names; every other code of a server is `other`. */
export type RefreshErrorCode = typeof errorCodes[number]

type RefreshCounts = ReturnType<typeof createRefreshCounts>

/** How many refreshes ended how. */
export const createRefreshCounts = () => ({
  outcomes: { ...noOutcomes },
  // The keys are all of the codes.
  errors: Object.fromEntries(errorCodes.map(code => [code, 0])) as Record<RefreshErrorCode, number>
})

/** Reads and writes pairs for all who refresh. */
export function createRefresher (options: RefresherOptions) {
  const { store, servers, log, settleTime = 1000, counts = createRefreshCounts(), now } = options
  const { outcomes, errors } = counts
  const read = (memberId: string) => readHolder(memberId, store)
  const count = (outcome: RefreshOutcome) => { outcomes[outcome]++ }

  const refuse: Refuse = async ({ memberId, tokenVersion, refresh }, code) => {
    const member = memberHash(memberId)
    if (code === FOREIGN) {
      log.error({ member }, 'the refresh token of an installation belongs to another portal or application')
    }
    // Tokens of another portal have spent the refresh token for nothing, as if the answer had never come.
    const state = stateAfter(code === FOREIGN ? LOST : code, refresh, now())
    count(state.code === LOST || state.code === UNAVAILABLE ? state.code : 'refused')
    errors[errorCodes.find(known => known === state.code) ?? 'other']++
    const fields = { member, code: state.code, attempts: state.attempts }
    log.warn(fields, 'the tokens of an installation could not be refreshed')
    await store.recordRefresh(memberId, state, tokenVersion)
      .catch(err => log.error({ err }, 'a refused refresh could not be recorded'))
    return errorOf(state)
  }
  const exchange = createExchange(options, refuse)

  /** The pair of another process that has spent the token: leases overlap when clocks differ or a process stalls. */
  async function another ({ memberId, tokenVersion }: TokenHolder): Promise<TokenHolder | undefined> {
    for (const pause of [0, settleTime]) {
      await sleep(pause)
      const latest = await read(memberId)
      if (latest.tokenVersion !== tokenVersion) return latest
    }
    return undefined
  }

  return {
    read,
    refuse,
    /** Stores a pair that somebody has brought in place of that of a row, and returns whether it did. */
    keep: async (row: StoredPair, pair: NextPair) => await putPair(row, pair, undefined, options) !== undefined,
    serverOf: (endpoint: string) => serverOf(endpoint, servers),
    count,
    outcomes: () => ({ ...outcomes }),
    errors: () => ({ ...errors }),
    /** Refreshes a pair that was just read **under its lease**, and returns what is stored then. */
    async refresh (holder: TokenHolder): Promise<TokenHolder> {
      const done = await exchange(holder)
      if ('ok' in done) {
        // Somebody has installed meanwhile: what they brought is good, and ours is not needed.
        count(done.ok === undefined ? 'superseded' : 'refreshed')
        return done.ok ?? await read(holder.memberId)
      }
      const { error } = done
      const latest = isSpent(error) ? await another(done.holder) : undefined
      if (latest === undefined) throw await refuse(done.holder, error)
      count('superseded')
      return latest
    }
  }
}
