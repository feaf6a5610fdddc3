import { hash, timingSafeEqual } from 'node:crypto'
import { ApplicationTokenError } from '../../src/errors.ts'

export type ApplicationTokenPolicy = 'required' | 'when-present'

const digest = (text: string) => hash('sha256', text, 'buffer')

/** Compares two secrets in a time that depends on neither, whatever their lengths. */
export const isSameSecret = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other))

/**
 * Stage 2: does the call belong to the installation we know?
 * In: the posted token (portals before 2026 send none), the stored one (null: none is known), the policy for calls without one.
 * Out: true when the call carries the right token, false when nothing can be said. Errors: ApplicationTokenError.
 * Compares in a time that depends on neither token.
 * Source: Bitrix24 REST docs, settings/cloud-and-on-premise/security-recommendations.md.
 */
export function checkApplicationToken (posted: string, stored: string | null, policy: ApplicationTokenPolicy): boolean {
  if (posted === '' && policy === 'required') throw new ApplicationTokenError()
  if (posted === '' || stored === null) return false
  if (!isSameSecret(posted, stored)) throw new ApplicationTokenError()
  return true
}
