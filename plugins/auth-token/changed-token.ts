import { ApplicationTokenError, NotInstalledError } from '../../src/errors.ts'
import { verifyCall, type UnverifiedCall, type VerifiedCall, type VerifyDependencies } from './verify-call.ts'

export interface ChangedTokenDependencies extends VerifyDependencies {
  /** Whether the portal calls the user of a proven call its administrator */
  isAdmin: (caller: VerifiedCall) => Promise<boolean>
  /** Stores the new application token of a portal */
  replace: (memberId: string, applicationToken: string) => Promise<void>
}

/**
 * A call whose application token is not the stored one. A client secret that was generated anew changes it on all portals without
 * an event, so an administrator's call replaces it.
 * It is proven like a call without the token, on the way to an installation: within the shares of those, and whatever is stored.
 * Whoever cannot be proven is told what they would be told of a portal that is not installed here, so nobody learns which are.
 * Errors: ApplicationTokenError for everybody else; those of `verifyCall`.
 */
export async function verifyChangedToken (claim: UnverifiedCall, deps: ChangedTokenDependencies): Promise<VerifiedCall> {
  const caller = await verifyCall({ ...claim, installing: true }, deps)
  if (!caller.installed) throw new NotInstalledError()
  if (!await deps.isAdmin(caller)) throw new ApplicationTokenError()
  await deps.replace(claim.memberId, claim.applicationToken)
  deps.cache.forget(claim.memberId)
  return caller
}
