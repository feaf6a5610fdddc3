import { randomUUID } from 'node:crypto'
import { StoreSilentError } from '../../src/errors.ts'
import type { InstallationStore } from '../../src/store/installation-store.ts'

export interface LeaseOptions {
  store: Pick<InstallationStore, 'acquireTokenLease' | 'releaseTokenLease'>
  /** How long one process may take for a renewal, in milliseconds; more than the server is given to answer */
  leaseTime: number
  /** The clock, in milliseconds since 1970 */
  now: () => number
}

/**
 * Runs work while nobody else renews the pair of this portal. Out: undefined when somebody else does.
 * Errors: StoreSilentError, and those of the work.
 */
export async function underLease<T> (memberId: string, { store, leaseTime, now }: LeaseOptions, work: () => Promise<T>): Promise<T | undefined> {
  const [owner, since] = [randomUUID(), now()]
  const storeSilent = (cause: unknown) => { throw new StoreSilentError({ cause }) }
  if (!await store.acquireTokenLease(memberId, owner, since + leaseTime, since).catch(storeSilent)) return undefined
  try {
    return await work()
  } finally {
    // A lease that cannot be given back ends by itself.
    await store.releaseTokenLease(memberId, owner).catch(() => undefined)
  }
}
