import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import { memberHash } from '../../src/log/logger.ts'
import type { PairStore, StoredPair } from '../../src/store/pair-store.ts'
import { isPaused, UNREADABLE } from './refresh-state.ts'
import type { Refresher } from './refresher.ts'
import { underLease, type LeaseOptions } from './token-service.ts'

export interface KeepAliveOptions extends LeaseOptions {
  store: PairStore
  refresher: Refresher
  log: Pick<FastifyBaseLogger, 'error'>
  /** Milliseconds between two refreshes, all processes together; half of it to all of it */
  pause: number
}

// Bitrix24 forgets a refresh token after 180 days without use, and blocks applications that refresh without need.
const unused = 150 * 24 * 3_600_000
const lookedAt = 10

/** The first pair in the row that may be refreshed. An unreadable row goes last, so it blocks no other. */
async function firstDue ({ store, refresher, log, now }: KeepAliveOptions): Promise<StoredPair | undefined> {
  for (const memberId of await store.staleTokens(now() - unused, lookedAt)) {
    try {
      const row = await store.get(memberId)
      // A process that was killed may have left the pair of a portal that was uninstalled.
      if (row?.uninstalledAt !== null || isPaused(row, now())) continue
      if (row.tokens !== null) return row
      await refresher.refuse(row, UNREADABLE)
    } catch (err) {
      const member = memberHash(memberId)
      log.error({ err, member }, 'an installation whose tokens have to be kept alive could not be read')
    }
  }
  return undefined
}

/** Differs once somebody has tried to refresh the pair. */
const turnOf = (row: StoredPair | undefined) => `${row?.memberId} ${row?.refresh?.at}`

/**
 * Refreshes the pair that was unused for longest, if that is 150 days, and returns whether it did.
 *
 * Waits first, and leaves if the pair is no longer the first in the row: all processes together are no faster than one.
 * Holds the lease for the refresh only, so that a call that needs the token does not wait for the pause.
 */
export async function refreshUnused (signal: AbortSignal, options: KeepAliveOptions): Promise<boolean> {
  const { refresher, pause } = options
  const first = await firstDue(options)
  if (first === undefined) return false
  const { memberId } = first
  await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal, ref: false }).catch(() => undefined)
  if (signal.aborted || turnOf(await firstDue(options)) !== turnOf(first)) return false
  const isRefreshed = await underLease(memberId, options, async () => {
    // Read again: between our look and our lease somebody may have refreshed it.
    const holder = await refresher.read(memberId)
    if (holder.tokenVersion !== first.tokenVersion) return false
    await refresher.refresh(holder)
    return true
  })
  return isRefreshed === true
}
