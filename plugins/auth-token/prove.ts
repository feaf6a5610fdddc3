import {
  AuthIdExpiredError, AuthIdUnknownError, NotInstalledError, PaymentRequiredError, PortalAddressError
} from '../../src/errors.ts'
import { isPermitted, type InsecurePortals } from '../../src/http/insecure-portals.ts'
import type { AuthorizationServers } from './authorization-server.ts'
import type { Proof, Prove } from './calls.ts'
import { portalNames } from './portal-names.ts'
import type { AppInfo } from './server-answers.ts'

interface ProveOptions {
  authorizationServers: Pick<AuthorizationServers, 'appInfo'>
  allowInsecurePortals: InsecurePortals
  now: () => number
}

const hour = 3_600_000
// How long a proof is good whose answer names no readable time.
const moment = 10_000

/**
 * Asks the authorization servers, in turn, whom an access token belongs to.
 *
 * @throws AuthIdUnknownError, AuthIdExpiredError, NotInstalledError, PaymentRequiredError, PortalAddressError,
 *   AuthorizationServerUnavailableError
 */
export function createProve ({ authorizationServers, allowInsecurePortals, now }: ProveOptions): Prove {
  function toProof (info: AppInfo, server: string): Proof {
    // No token of Bitrix24 lives longer than an hour.
    const expiresAt = Math.min(info.expiresAt ?? now() + moment, now() + hour)
    if (expiresAt <= now()) throw new AuthIdExpiredError()
    const rest = URL.parse(info.clientEndpoint)
    const names = rest !== null && isPermitted(allowInsecurePortals, rest) ? portalNames(info, rest) : undefined
    if (names === undefined) throw new PortalAddressError()
    const { clientId, installed, userId } = info
    return { ...names, clientId, serverEndpoint: `${server}/rest/`, installed, userId, expiresAt }
  }

  return async ({ accessToken, servers }) => {
    let outage: Error | undefined
    for (const server of servers) {
      const answer = await authorizationServers.appInfo(server, accessToken).catch((error: Error) => error)
      if (answer instanceof Error) outage = answer
      else if ('ok' in answer) return toProof(answer.ok, server)
      else throwIfKnown(answer.error)
    }
    // "Unknown" is an answer only when every server has given it.
    throw outage ?? new AuthIdUnknownError()
  }
}

/** Throws what a server says of a token that it knows; any other code means that it does not know the token. */
function throwIfKnown (code: string): void {
  // Source: Bitrix24 REST docs, settings/oauth/error-codes.md; the rest from the SDKs.
  switch (code) {
    case 'expired_token': throw new AuthIdExpiredError()
    case 'not_installed':
    case 'application_not_found': throw new NotInstalledError()
    case 'payment_required': throw new PaymentRequiredError()
  }
}
