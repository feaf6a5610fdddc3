import { setTimeout as sleep } from 'node:timers/promises'
import { AuthorizationServerUnavailableError } from '../../src/errors.ts'
import { withDeadline } from '../../src/queues/deadline.ts'
import { createFairQueue } from '../../src/queues/fair-queue.ts'
import { underLease, type LeaseOptions } from './lease.ts'
import type { PairRefresher } from './pair-refresher.ts'
import { errorOf, isPaused } from './refresh-state.ts'
import type { TokenHolder } from './token-holder.ts'

export interface TokenService {
  /**
   * What is stored of a portal, with an access token that is good for a minute at least; refreshed only when needed, by one
   * caller in all processes. In: `refused`, a token that the portal called expired, although our clock does not; believed
   * unless the pair is younger than five minutes, so that a portal that refuses every token is no storm of refreshes.
   * Errors: NotInstalledError, TokensMissingError, TokensLostError, TokensRefusedError, PaymentRequiredError, StoreUnavailableError;
   * AuthorizationServerUnavailableError also when the caller's patience is over, while the refresh goes on.
   */
  holder: (memberId: string, refused?: string) => Promise<TokenHolder>
  /** Resolves when every refresh under way has ended: a pair that is on its way has to be stored. */
  close: () => Promise<void>
}

export interface TokenServiceOptions extends LeaseOptions {
  refresher: PairRefresher
  /** How long a caller waits, in milliseconds, whatever for */
  patience: number
}

/** Work that callers share, with the signals that say who has stopped waiting. Undefined: somebody else refreshes. */
interface Attempt { outcome: Promise<TokenHolder | undefined>, callers: Set<AbortSignal> }

const minute = 60_000
const freshTime = 5 * minute
// For each authorization server. Few: when all portals wake up at once, calls that need no refresh still find a connection of the store.
const refreshesAtOnce = 8

/** One writer for each pair: callers of one process share a refresh, processes wait for each other's. */
export function createTokenService (options: TokenServiceOptions): TokenService {
  const { refresher, patience, now } = options
  const looks = new Map<string, ReturnType<typeof good>>()
  const running = new Map<string, Attempt>()
  const inSlot = createFairQueue({ slotsPerKey: refreshesAtOnce })

  const isFresh = ({ refreshedAt }: TokenHolder) => now() - Number(refreshedAt) < freshTime
  const isGood = (holder: TokenHolder, refused: string | undefined) =>
    holder.tokens.expiresAt - now() > minute && (holder.tokens.accessToken !== refused || isFresh(holder))
  /** What is stored, and whether the token is good as it is. Errors: those of `read`, and what is recorded against a refresh. */
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

  /** One try: out is undefined while somebody else refreshes, and when nobody waits for it any more. */
  async function attempt ({ memberId, serverEndpoint }: TokenHolder, refused: string | undefined, isAwaited: () => boolean): Promise<TokenHolder | undefined> {
    const found = await inSlot(String(refresher.serverOf(serverEndpoint)), async () => isAwaited()
      ? await underLease(memberId, options, async () => {
        // Read again: between our look and our lease somebody may have refreshed it.
        const [latest, isFine] = await good(memberId, refused)
        return isFine ? latest : await refresher.refresh(latest)
      })
      : undefined)
    if (found === undefined) await sleep(50 + Math.random() * 50)
    return found
  }

  /** Callers share a try, and what comes of it stays when all of them have left. */
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
    holder: (memberId, refused) => withDeadline(patience, () => new AuthorizationServerUnavailableError(), async over => {
      for (;;) {
        const [holder, isFine] = await look(memberId, refused)
        if (isFine) return holder
        const found = await join(holder, refused, over)
        if (found !== undefined) return found
        over.throwIfAborted()
      }
    }),
    async close () {
      // A caller who was sent away while another process refreshed may have begun anew.
      while (running.size > 0) await Promise.allSettled([...running.values()].map(({ outcome }) => outcome))
    }
  }
}
