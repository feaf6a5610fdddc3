import { setTimeout as sleep } from 'node:timers/promises'
import type { InstallationStore } from '../store/installation-store.ts'
import type { PairRenewer } from './pair-renewer.ts'
import { underLease, type TokenServiceOptions } from './token-service.ts'

export interface KeepAliveOptions extends Pick<TokenServiceOptions, 'leaseTime' | 'now'> {
  store: InstallationStore
  renewer: PairRenewer
  /** Milliseconds between two renewals, all processes together; half of it to all of it */
  pause: number
}

// Bitrix24 forgets a refresh token after 180 days without use, and blocks applications that renew without need.
const unused = 150 * 24 * 3_600_000
const lookedAt = 10

/**
 * Renews the one pair that was unused for longest, if that is 150 days. Waits first, holding its lease: who comes meanwhile
 * finds the first in the row taken and leaves, so all processes together are no faster than one.
 * Out: whether there was one to renew. Errors: those of `renewer.renew`, and of the store.
 */
export async function renewUnused (signal: AbortSignal, { store, renewer, leaseTime, pause, now }: KeepAliveOptions): Promise<boolean> {
  const before = now() - unused
  for (const memberId of await store.staleTokens(before, lookedAt)) {
    const renewal = (await store.get(memberId))?.renewal
    if (renewal != null && renewal.nextTryAt > now()) continue
    const renewed = await underLease(memberId, { store, leaseTime: leaseTime + pause, now }, async () => {
      await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal, ref: false }).catch(() => undefined)
      if (signal.aborted) return false
      const holder = await renewer.read(memberId)
      if (holder.refreshedAt !== null && holder.refreshedAt < before) await renewer.renew(holder)
      return true
    })
    return renewed === true
  }
  return false
}
