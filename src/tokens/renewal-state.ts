import { NotInstalledError, PaymentRequiredError, ServerSilentError, TokensLostError, TokensRefusedError } from '../errors.ts'
import type { RenewalState } from '../store/installation-store.ts'

/** The stored pair is dead: the answer to its last renewal never came. */
export const LOST = 'lost'
/** Nobody knows what became of the last renewal. */
export const SILENT = 'silent'

const second = 1000
const minute = 60 * second
// Whoever is silent may be back soon; whoever refuses changes his mind only when a person has done something.
const silentPauses = [second, 2 * second, 5 * second, 15 * second, minute]
const refusedPauses = [minute, 5 * minute, 30 * minute, 120 * minute, 720 * minute, 1440 * minute]
// Asked twice, so that no hiccup of the server ends a portal; a spent token never comes back to life.
const lostPauses = [minute, Infinity]

/** Codes by which a server says that it does not know the refresh token. Source: Bitrix24 REST docs, settings/oauth/error-codes.md, and phpsdk. */
const spent = new Set(['invalid_grant', 'bad_verification_code'])

/** What is recorded of a renewal that was refused. In: the server's code in lower case, what was recorded before, the time in milliseconds. */
export function stateAfter (error: string, last: RenewalState | null, now: number): RenewalState {
  const code = spent.has(error) ? LOST : /^[\w.-]{1,64}$/.test(error) ? error : 'unknown'
  const attempts = last?.code === code ? last.attempts + 1 : 1
  const pauses = code === LOST ? lostPauses : code === SILENT ? silentPauses : refusedPauses
  return { code, at: now, attempts, nextTryAt: now + Number(pauses[Math.min(attempts, pauses.length) - 1]) }
}

/** The typed error for what is recorded. */
export function errorOf ({ code }: RenewalState): Error {
  switch (code) {
    case LOST: return new TokensLostError()
    case SILENT: return new ServerSilentError()
    case 'not_installed': return new NotInstalledError()
    case 'payment_required': return new PaymentRequiredError()
    default: return new TokensRefusedError(code)
  }
}
