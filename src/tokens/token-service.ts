import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ServerSilentError, StoreSilentError } from '../errors.ts'
import type { InstallationStore } from '../store/installation-store.ts'
import type { PairRenewer, TokenHolder } from './pair-renewer.ts'
import { errorOf } from './renewal-state.ts'
import { createSlots } from './slots.ts'

export interface TokenService {
  /**
   * What is stored of a portal, with an access token that is good for a minute at least; renewed only when needed, by one
   * caller in all processes. In: `refused`, a token that the portal called expired, although our clock does not.
   * Errors: NotInstalledError, TokensMissingError, TokensLostError, TokensRefusedError, PaymentRequiredError, ServerSilentError, StoreSilentError.
   */
  holder: (memberId: string, refused?: string) => Promise<TokenHolder>
  /** Resolves when every renewal under way has ended: a pair that is on its way has to be stored. */
  close: () => Promise<void>
}

export interface TokenServiceOptions {
  store: Pick<InstallationStore, 'acquireTokenLease' | 'releaseTokenLease'>
  renewer: PairRenewer
  /** How long one process may take for a renewal, in milliseconds; more than the server is given to answer */
  leaseTime: number
  now: () => number
}

const minute = 60_000
// Fewer than the connections of a store: when all portals wake up at once, calls that need no renewal still find one.
const renewalsAtOnce = 8

/** Runs work while nobody else renews the pair of this portal. Out: undefined when somebody else does. */
export async function underLease<T> (
  memberId: string, { store, leaseTime, now }: Pick<TokenServiceOptions, 'store' | 'leaseTime' | 'now'>, work: () => Promise<T>
): Promise<T | undefined> {
  const owner = randomUUID()
  const storeSilent = (cause: unknown) => { throw new StoreSilentError({ cause }) }
  if (!await store.acquireTokenLease(memberId, owner, now() + leaseTime, now()).catch(storeSilent)) return undefined
  try {
    return await work()
  } finally {
    // A lease that cannot be given back ends by itself.
    await store.releaseTokenLease(memberId, owner).catch(() => undefined)
  }
}

/** One writer for each pair: callers of one process share a renewal, processes wait for each other's. */
export function createTokenService (options: TokenServiceOptions): TokenService {
  const { renewer, leaseTime, now } = options
  const running = new Map<string, Promise<TokenHolder>>()
  const inSlot = createSlots(renewalsAtOnce)

  const isGood = ({ tokens }: TokenHolder, refused: string | undefined) => tokens.accessToken !== refused && tokens.expiresAt - now() > minute
  /** What is stored, and whether the token is good as it is. Errors: those of `read`, and what is recorded against a renewal. */
  async function good (memberId: string, refused: string | undefined): Promise<[TokenHolder, boolean]> {
    const holder = await renewer.read(memberId)
    if (isGood(holder, refused)) return [holder, true]
    if (holder.renewal !== null && holder.renewal.nextTryAt > now()) throw errorOf(holder.renewal)
    return [holder, false]
  }

  /** One try: out is undefined while somebody else renews. */
  async function attempt (memberId: string, refused: string | undefined): Promise<TokenHolder | undefined> {
    const [holder, isFine] = await good(memberId, refused)
    if (isFine) return holder
    return await underLease(memberId, options, async () => {
      // Read again: between our look and our lease somebody may have renewed it.
      const [latest, isFine] = await good(memberId, refused)
      return isFine ? latest : await renewer.renew(latest)
    })
  }

  async function find (memberId: string, refused: string | undefined): Promise<TokenHolder> {
    const [holder, isFine] = await good(memberId, refused)
    if (isFine) return holder
    // Whoever holds the lease is done by then, or is no more, and somebody else has tried.
    const deadline = now() + 3 * leaseTime
    while (now() < deadline) {
      const found = await inSlot(() => attempt(memberId, refused))
      if (found !== undefined) return found
      await sleep(50 + Math.random() * 50)
    }
    throw new ServerSilentError()
  }

  return {
    async holder (memberId, refused) {
      const key = `${memberId} ${refused}`
      const shared = running.get(key) ?? find(memberId, refused).finally(() => running.delete(key))
      running.set(key, shared)
      return await shared
    },
    async close () {
      await Promise.allSettled(running.values())
    }
  }
}
