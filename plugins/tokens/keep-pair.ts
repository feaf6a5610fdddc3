import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import { StoreUnavailableError } from '../../src/errors.ts'
import { memberHash } from '../../src/log/logger.ts'
import type { InstallationStore, TokenPair } from '../../src/store/installation-store.ts'

export interface KeepPairOptions {
  store: Pick<InstallationStore, 'replaceTokens'>
  log: Pick<FastifyBaseLogger, 'warn' | 'error'>
  now: () => number
  /** Milliseconds before each further try */
  delays: readonly number[]
}

/**
 * Stores a fresh pair, and what is offered beside it, in place of the one with this version, however often the store has to be asked: the old pair is spent,
 * so a pair that is not stored is a portal lost.
 * Out: whether the pair was still the one with this version. Errors: StoreUnavailableError, after the last try.
 */
export async function keepPair (memberId: string, pair: TokenPair, version: number, offered: string | undefined, { store, log, now, delays }: KeepPairOptions): Promise<boolean> {
  const member = memberHash(memberId)
  for (const delay of delays) {
    try {
      return await store.replaceTokens(memberId, pair, now(), version, offered)
    } catch (err) {
      log.warn({ err, member, retryInMs: delay }, 'a refreshed token pair could not be stored yet')
      await sleep(delay)
    }
  }
  return await store.replaceTokens(memberId, pair, now(), version, offered).catch(cause => {
    log.error({ err: cause, member }, 'a refreshed token pair could not be stored: it is lost')
    throw new StoreUnavailableError({ cause })
  })
}
