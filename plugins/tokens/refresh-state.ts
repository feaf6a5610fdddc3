import {
  AuthorizationServerUnavailableError, NotInstalledError, PaymentRequiredError, TokensLostError, TokensRefusedError
} from '../../src/errors.ts'
import type { Installation, RefreshState } from '../../src/store/installation-store.ts'
import type { FOREIGN as ForeignCode } from '../auth-token/authorization-server.ts'

/** The stored pair is dead: the answer to its last refresh never came. */
export const LOST = 'lost'
/** Nobody knows what became of the last refresh. */
export const UNAVAILABLE = 'unavailable'
/** No key opens the stored pair. */
export const UNREADABLE = 'unreadable'
/** A mistake of ours ended the last refresh. */
export const FAILED = 'failed'
/** The tokens that came back are of another portal or application. */
export const FOREIGN: typeof ForeignCode = 'foreign_tokens'

const second = 1000
const minute = 60 * second
// An unavailable server may be back soon. One that refuses answers otherwise only when a person has done something.
const unavailablePauses = [second, 2 * second, 5 * second, 15 * second, minute]
const refusedPauses = [minute, 5 * minute, 30 * minute, 120 * minute, 720 * minute, 1440 * minute]
// Twice, in case it was a hiccup of the server; a spent token never comes back to life.
const lostPauses = [minute, Infinity]
// The operator fixes these for all portals at once: all are back soon after.
const ourPauses = [minute, 2 * minute, 5 * minute]
const ours = new Set(['invalid_client', 'wrong_client', 'server_not_allowed', FAILED])

// Source: Bitrix24 REST docs, settings/oauth/error-codes.md, and phpsdk.
const spent = new Set(['invalid_grant', 'bad_verification_code'])

/** Whether a server says by this code, in lower case, that it does not know the refresh token: somebody has used it. */
export const isSpent = (error: string): boolean => spent.has(error)

function pausesOf (code: string): readonly number[] {
  if (code === LOST) return lostPauses
  if (code === UNAVAILABLE) return unavailablePauses
  return ours.has(code) ? ourPauses : refusedPauses
}

/** What is recorded of a refresh that failed with this code, in lower case, at this time. */
export function stateAfter (error: string, last: RefreshState | null, now: number): RefreshState {
  const code = isSpent(error) ? LOST : /^[\w.-]{1,64}$/.test(error) ? error : 'unknown'
  const attempts = last?.code === code ? last.attempts + 1 : 1
  const pauses = pausesOf(code)
  return { code, at: now, attempts, nextTryAt: now + Number(pauses[Math.min(attempts, pauses.length) - 1]) }
}

/**
 * Whether the pair must not be refreshed yet. A pair that was unreadable and can be read is not paused, nor one whose
 * refusal was recorded by a clock that was far ahead: it would be paused until then.
 */
export function isPaused <T extends Pick<Installation, 'refresh' | 'tokens'>> (
  row: T, now: number
): row is T & { refresh: RefreshState } {
  const { refresh, tokens } = row
  return refresh !== null && refresh.nextTryAt > now && refresh.at <= now + 5 * minute &&
    !(refresh.code === UNREADABLE && tokens !== null)
}

/**
 * What is recorded after a verified call: the portal may have paid, or be installed again, so its refresh is tried
 * again. Five minutes after the last try at the earliest, so that calls are no storm; undefined when nothing changes.
 */
export function stateAfterCall (refresh: RefreshState | null, now: number): RefreshState | undefined {
  if (refresh === null || refresh.code === LOST || refresh.code === UNREADABLE) return undefined
  // The clock that has recorded it may have been hours ahead.
  const isLongAgo = Math.abs(now - refresh.at) >= 5 * minute
  return refresh.nextTryAt > now && isLongAgo ? { ...refresh, nextTryAt: now } : undefined
}

/** The error for what is recorded. */
export function errorOf ({ code }: RefreshState): Error {
  switch (code) {
    case LOST: return new TokensLostError()
    case UNAVAILABLE: return new AuthorizationServerUnavailableError()
    case 'not_installed': return new NotInstalledError()
    case 'payment_required': return new PaymentRequiredError()
    default: return new TokensRefusedError(code)
  }
}

/** What is wrong with the application's access to a portal, and what the viewer can do about it: keys of texts. */
interface AccessTrouble {
  text: string
  todo: string
  /** The authorization server's code, when no text of ours says what it means */
  code?: string
  /** Milliseconds since 1970: before that it is not tried again, unless a person does something */
  nextTryAt?: number
}

export interface TroubleViewer {
  isAdmin: boolean
  /** Whether their call has brought a refresh token, from which lost tokens are recovered */
  bringsToken: boolean
}

// They pass by themselves: an outage, a mistake of ours that is in the log, or a pair that can be read again.
const passing = new Set([UNAVAILABLE, FAILED, UNREADABLE])

const secret = ['home.trouble.secret', 'home.trouble.secret.todo', 'home.trouble.secret.todo'] as const
const unknown = ['home.trouble.refused', 'home.trouble.tell', 'home.trouble.tell'] as const

// By the authorization server's code. An administrator is not told to ask one.
const known = new Map<string, readonly [text: string, forAdmin: string, forOthers: string]>([
  ['payment_required', ['error.payment.text', 'home.trouble.renew', 'error.payment.todo']],
  ['not_installed', ['error.not-installed.text', 'home.trouble.reinstall', 'error.not-installed.todo']],
  ['wrong_client', secret],
  ['invalid_client', secret]
])

/** What is wrong, if a person has to know; undefined when all is well, or passes by itself. */
export function accessTrouble (
  installation: Pick<Installation, 'tokens' | 'refresh'> | undefined, viewer: TroubleViewer, now: number
): AccessTrouble | undefined {
  const { isAdmin, bringsToken } = viewer
  const { tokens = null, refresh = null } = installation ?? {}
  if (tokens === null) {
    return { text: 'error.tokens-missing.text', todo: isAdmin ? 'home.trouble.reinstall' : 'error.tokens-missing.todo' }
  }
  if (refresh === null || passing.has(refresh.code)) return undefined
  const { code, nextTryAt } = refresh
  if (code === LOST) {
    const todo = bringsToken ? 'home.trouble.restoring' : 'home.trouble.reinstall'
    return { text: 'error.tokens-lost.text', todo: isAdmin ? todo : 'error.tokens-lost.todo' }
  }
  const [text, forAdmin, forOthers] = known.get(code) ?? unknown
  return {
    text,
    todo: isAdmin ? forAdmin : forOthers,
    ...(!known.has(code) && { code }),
    ...(nextTryAt > now && Number.isFinite(nextTryAt) && { nextTryAt })
  }
}
