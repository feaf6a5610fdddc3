import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { AuthorizationServerUnavailableError, storeUnavailable } from '../../src/errors.ts'
import { withDeadline } from '../../src/queues/deadline.ts'
import { createFairQueue } from '../../src/queues/fair-queue.ts'
import type { PairStore } from '../../src/store/pair-store.ts'
import type { TokenHolder } from './exchange.ts'
import { errorOf, isPaused } from './refresh-state.ts'
import type { Refresher } from './refresher.ts'

export type TokenService = ReturnType<typeof createTokenService>

export interface LeaseOptions {
  store: Pick<PairStore, 'acquireTokenLease' | 'releaseTokenLease'>
  /** How long one process may take for a refresh, in milliseconds; more than the server is given to answer */
  leaseTime: number
  now: () => number
}

interface TokenServiceOptions extends LeaseOptions {
  refresher: Refresher
  /** How long a caller waits for a token, in milliseconds */
  patience: number
  /** Slots for all token services of a process. Default: for this one */
  inSlot?: RefreshSlots
}

/** A try that callers share, with the signals of those who wait. Undefined: another process refreshes. */
interface Attempt { outcome: Promise<TokenHolder | undefined>, callers: Set<AbortSignal> }

const minute = 60_000
const freshTime = 5 * minute
// For each authorization server. Few, so that calls that need no refresh still find a connection of the store.
const refreshesAtOnce = 8

type RefreshSlots = ReturnType<typeof createRefreshSlots>

/** The slots in which refreshes run. */
export const createRefreshSlots = () => createFairQueue({ name: 'refreshes', slotsPerKey: refreshesAtOnce })

/** Runs work while nobody else refreshes the pair of this portal; undefined when another process does. */
export async function underLease<T> (
  memberId: string, { store, leaseTime, now }: LeaseOptions, work: () => Promise<T>
): Promise<T | undefined> {
  const [owner, since] = [randomUUID(), now()]
  const isOurs = await store.acquireTokenLease(memberId, owner, since + leaseTime, since).catch(storeUnavailable)
  if (!isOurs) return undefined
  try {
    return await work()
  } finally {
    // A lease that cannot be given back ends by itself.
    await store.releaseTokenLease(memberId, owner).catch(() => undefined)
  }
}

/** One writer for each pair: callers of one process share a refresh, processes wait for each other's. */
export function createTokenService (options: TokenServiceOptions) {
  const { refresher, patience, inSlot = createRefreshSlots(), now } = options
  const looks = new Map<string, ReturnType<typeof good>>()
  const running = new Map<string, Attempt>()
  const lateness = () => new AuthorizationServerUnavailableError()

  // One that was stored by a clock that is far ahead is not younger for hours.
  const isFresh = ({ refreshedAt }: TokenHolder) => Math.abs(now() - Number(refreshedAt)) < freshTime
  const isGood = (holder: TokenHolder, refused: string | undefined) =>
    holder.tokens.expiresAt - now() > minute && (holder.tokens.accessToken !== refused || isFresh(holder))

  /** What is stored, and whether its token is good as it is. Throws what is recorded against a refresh. */
  async function good (memberId: string, refused: string | undefined): Promise<[TokenHolder, boolean]> {
    const holder = await refresher.read(memberId)
    if (isGood(holder, refused)) return [holder, true]
    if (isPaused(holder, now())) throw errorOf(holder.refresh)
    return [holder, false]
  }

  /** Callers at the same time share a look at the store. */
  function look (memberId: string, refused: string | undefined): ReturnType<typeof good> {
    const key = `${memberId} ${refused}`
    const looking = looks.get(key) ?? good(memberId, refused).finally(() => looks.delete(key))
    looks.set(key, looking)
    return looking
  }

  /** One try; undefined while another process refreshes, and when no caller waits any more. */
  async function attempt (
    { memberId, serverEndpoint }: TokenHolder, refused: string | undefined, isAwaited: () => boolean
  ): Promise<TokenHolder | undefined> {
    const found = await inSlot(String(refresher.serverOf(serverEndpoint)), async () => {
      if (!isAwaited()) return undefined
      return await underLease(memberId, options, async () => {
        // Read again: between our look and our lease somebody may have refreshed it.
        const [latest, isFine] = await good(memberId, refused)
        if (isFine) return latest
        const next = await refresher.refresh(latest)
        // Stored as expired are tokens that nobody has proven yet: the next try does.
        return next.tokens.expiresAt > 0 ? next : undefined
      })
    })
    if (found === undefined) await sleep(50 + Math.random() * 50)
    return found
  }

  /** Joins the callers of a try. It goes on when all of them have left. */
  function join (holder: TokenHolder, refused: string | undefined, caller: AbortSignal): Attempt['outcome'] {
    const key = `${holder.memberId} ${refused}`
    const joined = running.get(key)
    if (joined !== undefined) {
      joined.callers.add(caller)
      return joined.outcome
    }
    const callers = new Set([caller])
    const isAwaited = () => [...callers].some(({ aborted }) => !aborted)
    const outcome = attempt(holder, refused, isAwaited).finally(() => running.delete(key))
    running.set(key, { outcome, callers })
    return outcome
  }

  return {
    /**
     * What is stored of a portal, with an access token that is good for a minute at least. It is refreshed only when
     * needed, by one process at a time.
     *
     * @param refused a token that the portal called expired although our clock does not. Believed unless the pair is
     * younger than five minutes, so that a portal that refuses every token does not cause refresh after refresh
     * @throws NotInstalledError, TokensMissingError, TokensLostError, TokensRefusedError, PaymentRequiredError,
     * StoreUnavailableError; AuthorizationServerUnavailableError also when it takes too long, while the refresh goes on
     */
    holder: (memberId: string, refused?: string) => withDeadline(patience, lateness, async over => {
      for (;;) {
        const [holder, isFine] = await look(memberId, refused)
        if (isFine) return holder
        const found = await join(holder, refused, over)
        if (found !== undefined) return found
        over.throwIfAborted()
      }
    }),
    /** Resolves when every refresh under way has ended: a pair that is on its way has to be stored. */
    async close (): Promise<void> {
      // A caller that was sent away while another process refreshed may have begun anew.
      while (running.size > 0) await Promise.allSettled([...running.values()].map(({ outcome }) => outcome))
    }
  }
}
