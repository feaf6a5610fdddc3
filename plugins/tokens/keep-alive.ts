import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import { memberHash } from '../../src/log/logger.ts'
import type { Installation, InstallationStore } from '../../src/store/installation-store.ts'
import { underLease, type LeaseOptions } from './lease.ts'
import type { PairRefresher } from './pair-refresher.ts'
import { isPaused, UNREADABLE } from './refresh-state.ts'

export interface KeepAliveOptions extends LeaseOptions {
  store: InstallationStore
  refresher: PairRefresher
  log: Pick<FastifyBaseLogger, 'error'>
  /** Milliseconds between two refreshes, all processes together; half of it to all of it */
  pause: number
}

// Bitrix24 forgets a refresh token after 180 days without use, and blocks applications that refresh without need.
const unused = 150 * 24 * 3_600_000
const lookedAt = 10

/** The first in the row that may be refreshed. Who cannot be read stands in nobody's way: it goes to the end of the row. */
async function firstDue ({ store, refresher, log, now }: KeepAliveOptions): Promise<Installation | undefined> {
  for (const memberId of await store.staleTokens(now() - unused, lookedAt)) {
    try {
      const row = await store.get(memberId)
      if (row === undefined || isPaused(row, now())) continue
      if (row.tokens !== null) return row
      await refresher.refuse(row, UNREADABLE)
    } catch (err) {
      log.error({ err, member: memberHash(memberId) }, 'an installation whose tokens have to be kept alive could not be read')
    }
  }
  return undefined
}

/** Another one when anybody has tried to refresh it since. */
const turnOf = (row: Installation | undefined) => `${row?.memberId} ${row?.refresh?.at}`

/**
 * Refreshes the one pair that was unused for longest, if that is 150 days. Waits first, and leaves when it is not the first in the
 * row any more: after each refresh whoever waits leaves, and who comes later waits, so all processes together are no faster
 * than one. The lease is held for the refresh only: who needs the token meanwhile does not wait for the pause.
 * Out: whether one was refreshed. Errors: those of `refresher.read` and `refresher.refresh`, and of the store.
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
