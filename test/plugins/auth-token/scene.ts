import type { Test } from 'tap'
import type { KnownPortal, UnverifiedCall } from '../../../plugins/auth-token/calls.ts'
import { addressOf } from '../../build.ts'
import { sandboxFor } from '../../sandbox/helper.ts'
import { verifierFor, type VerifierOptions } from './verifier.ts'

/** A verifier beside a sandbox where the application is installed on alpha, which is stored. */
export async function sceneFor (t: Test, options: VerifierOptions = {}) {
  const sandbox = await sandboxFor(t)
  const { alpha } = sandbox.portals
  alpha.installed = true
  const verifier = await verifierFor(t, [sandbox.authorizationServer], options)
  const callOf = (changes?: Partial<UnverifiedCall>): UnverifiedCall => ({
    memberId: alpha.memberId,
    authId: alpha.grant(alpha.users.admin).accessToken,
    applicationToken: alpha.applicationToken,
    serverEndpoint: `${sandbox.authorizationServer}/rest/`,
    ip: '192.0.2.1',
    installing: false,
    ...changes
  })
  const stored = (changes?: Partial<KnownPortal>): KnownPortal => ({
    ...addressOf(alpha, sandbox),
    applicationToken: alpha.applicationToken,
    installedAt: 1,
    uninstallRequestedAt: null,
    uninstalledAt: null,
    ...changes
  })
  verifier.known.set(alpha.memberId, stored())
  return {
    ...verifier,
    sandbox,
    /** A call of the administrator of alpha */
    callOf,
    stored,
    /** The outcome of such a call */
    call: (changes?: Partial<UnverifiedCall>) => verifier.outcome(callOf(changes)),
    /** How often the authorization server was asked */
    asked: () => sandbox.requests.length
  }
}
