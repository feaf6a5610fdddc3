import { NotInstalledError, PaymentRequiredError, AuthorizationServerUnavailableError, TokensLostError, TokensRefusedError } from '../../src/errors.ts'
import type { Installation, RefreshState } from '../../src/store/installation-store.ts'

/** The stored pair is dead: the answer to its last refresh never came. */
export const LOST = 'lost'
/** Nobody knows what became of the last refresh. */
export const UNAVAILABLE = 'unavailable'
/** No key opens the stored pair. */
export const UNREADABLE = 'unreadable'
/** A mistake of ours ended the last refresh. */
export const FAILED = 'failed'

const second = 1000
const minute = 60 * second
// Whoever is silent may be back soon; whoever refuses changes his mind only when a person has done something.
const silentPauses = [second, 2 * second, 5 * second, 15 * second, minute]
const refusedPauses = [minute, 5 * minute, 30 * minute, 120 * minute, 720 * minute, 1440 * minute]
// Asked twice, so that no hiccup of the server ends a portal; a spent token never comes back to life.
const lostPauses = [minute, Infinity]
// What concerns the whole application is mended by its operator, for all portals at once: all are back soon after.
const ourPauses = [minute, 2 * minute, 5 * minute]
const ours = new Set(['invalid_client', 'wrong_client', 'server_not_allowed', FAILED])

/** Codes by which a server says that it does not know the refresh token. Source: Bitrix24 REST docs, settings/oauth/error-codes.md, and phpsdk. */
const spent = new Set(['invalid_grant', 'bad_verification_code'])

/** Whether the server says that somebody has used this refresh token. In: its code in lower case. */
export const isSpent = (error: string): boolean => spent.has(error)

function pausesOf (code: string): readonly number[] {
  if (code === LOST) return lostPauses
  if (code === UNAVAILABLE) return silentPauses
  return ours.has(code) ? ourPauses : refusedPauses
}

/** What is recorded of a refresh that was refused. In: the server's code in lower case, what was recorded before, the time in milliseconds. */
export function stateAfter (error: string, last: RefreshState | null, now: number): RefreshState {
  const code = isSpent(error) ? LOST : /^[\w.-]{1,64}$/.test(error) ? error : 'unknown'
  const attempts = last?.code === code ? last.attempts + 1 : 1
  const pauses = pausesOf(code)
  return { code, at: now, attempts, nextTryAt: now + Number(pauses[Math.min(attempts, pauses.length) - 1]) }
}

/** Whether the pair must not be refreshed yet. A pair that can be read was only unreadable. In: the time in milliseconds. */
export function isPaused <T extends Pick<Installation, 'refresh' | 'tokens'>> (row: T, now: number): row is T & { refresh: RefreshState } {
  const { refresh, tokens } = row
  return refresh !== null && refresh.nextTryAt > now && !(refresh.code === UNREADABLE && tokens !== null)
}

/**
 * What is recorded when a portal proves itself alive: it may have paid, or be installed again, so its refresh is tried again;
 * five minutes after it was refused at the earliest, that no calls become a storm.
 * In: the time in milliseconds. Out: undefined when nothing changes.
 */
export function stateAfterCall (refresh: RefreshState | null, now: number): RefreshState | undefined {
  if (refresh === null || refresh.code === LOST || refresh.code === UNREADABLE) return undefined
  return refresh.nextTryAt > now && now - refresh.at >= 5 * minute ? { ...refresh, nextTryAt: now } : undefined
}

/** The typed error for what is recorded. */
export function errorOf ({ code }: RefreshState): Error {
  switch (code) {
    case LOST: return new TokensLostError()
    case UNAVAILABLE: return new AuthorizationServerUnavailableError()
    case 'not_installed': return new NotInstalledError()
    case 'payment_required': return new PaymentRequiredError()
    default: return new TokensRefusedError(code)
  }
}
