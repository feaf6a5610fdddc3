import { randomUUID } from 'node:crypto'
import { StoreUnavailableError } from '../../src/errors.ts'
import type { InstallationStore } from '../../src/store/installation-store.ts'

export interface LeaseOptions {
  store: Pick<InstallationStore, 'acquireTokenLease' | 'releaseTokenLease'>
  /** How long one process may take for a refresh, in milliseconds; more than the server is given to answer */
  leaseTime: number
  /** The clock, in milliseconds since 1970 */
  now: () => number
}

/**
 * Runs work while nobody else refreshes the pair of this portal. Out: undefined when somebody else does.
 * Errors: StoreUnavailableError, and those of the work.
 */
export async function underLease<T> (memberId: string, { store, leaseTime, now }: LeaseOptions, work: () => Promise<T>): Promise<T | undefined> {
  const [owner, since] = [randomUUID(), now()]
  const storeUnavailable = (cause: unknown) => { throw new StoreUnavailableError({ cause }) }
  if (!await store.acquireTokenLease(memberId, owner, since + leaseTime, since).catch(storeUnavailable)) return undefined
  try {
    return await work()
  } finally {
    // A lease that cannot be given back ends by itself.
    await store.releaseTokenLease(memberId, owner).catch(() => undefined)
  }
}
