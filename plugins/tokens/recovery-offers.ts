import type { FastifyBaseLogger } from 'fastify'
import { LRUCache } from 'lru-cache'
import { memberHash } from '../../src/log/logger.ts'
import type { Installation, InstallationStore } from '../../src/store/installation-store.ts'
import { stateAfterCall } from './refresh-state.ts'
import { isLost, type RecoveryCall } from './recovery.ts'

export interface RecoveriesOptions {
  store: Pick<InstallationStore, 'get' | 'recordRefresh'>
  /** Takes the offer to a portal whose pair is dead */
  recover: (offer: RecoveryCall) => Promise<void>
  log: Pick<FastifyBaseLogger, 'info' | 'error'>
  /** The clock, in milliseconds since 1970 */
  now: () => number
}

// Milliseconds
const wellTime = 1000

/**
 * What the tokens of a portal gain from a proven call: a pair that is dead may be brought back, one whose refresh was refused
 * may be tried again. In every other case nothing happens. While the store does not answer that is said once.
 * Errors: those of `recover`, and of the store when it cannot record.
 */
export function createRecoveries ({ store, recover, log, now }: RecoveriesOptions): (offer: RecoveryCall) => Promise<void> {
  // Portals that are well, as nearly all are, are not looked at with every call.
  const passed = new LRUCache<string, true>({ max: 10_000, ttl: wellTime, ttlResolution: 0, perf: { now } })
  let isStoreAway = false

  async function look (memberId: string): Promise<Installation | undefined> {
    try {
      const row = await store.get(memberId)
      isStoreAway = false
      return row
    } catch (err) {
      if (!isStoreAway) log.error({ err }, 'the store does not answer: until it does no call brings tokens back')
      isStoreAway = true
      return undefined
    }
  }

  return async offer => {
    const { memberId } = offer.caller
    if (passed.has(memberId)) return
    const row = await look(memberId)
    if (row === undefined) return
    if (isLost(row)) return await recover(offer)
    passed.set(memberId, true)
    const state = stateAfterCall(row.refresh, now())
    if (state === undefined) return
    await store.recordRefresh(memberId, state, row.tokenVersion)
    log.info({ member: memberHash(memberId), code: state.code }, 'an installation is alive: its tokens may be refreshed again')
  }
}
