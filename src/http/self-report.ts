import type { KeyRing } from '../crypto/keys.ts'
import { createSealedTokens } from '../crypto/sealed-token.ts'

/** How a request arrived, as the service saw it. */
export interface SelfReport {
  /** Address at the other end of the connection: the proxy, or the client itself */
  peer: string
  /** Whether TRUST_PROXY names it */
  isTrusted: boolean
  /** X-Forwarded-For as it arrived; undefined: it did not */
  forwardedFor?: string | undefined
}

/** The path and the header of the question; the answer is `{ "report": … }`. */
export const selfReportPath = '/health/doctor'
export const selfReportHeader = 'b24-doctor'

// Milliseconds. Long, because the two clocks may differ.
const lifetime = 600_000

/**
 * A question that only a service with the same APP_SECRET and client_id can answer: both are sealed, so that neither
 * says anything to whoever is between.
 */
export function createSelfReports (keyRing: KeyRing, clientId: string, now = Date.now) {
  const keys = keyRing.keys('doctor')
  // Two audiences, so that a question that is sent back does not pass for an answer.
  const questions = createSealedTokens<string>(keys, `${clientId} question`, now)
  const answers = createSealedTokens<{ nonce: string, report: SelfReport }>(keys, `${clientId} answer`, now)
  return {
    ask: (nonce: string): Promise<string> => questions.seal(nonce, now() + lifetime),
    /** @throws {RangeError} for a question that is not ours */
    async answer (question: string, report: SelfReport): Promise<string> {
      return await answers.seal({ nonce: await questions.open(question), report }, now() + lifetime)
    },
    /** What was reported; undefined for anything but the answer to the question with this nonce. */
    async read (answer: string, nonce: string): Promise<SelfReport | undefined> {
      const opened = await answers.open(answer).catch(() => undefined)
      return opened?.nonce === nonce ? opened.report : undefined
    }
  }
}
