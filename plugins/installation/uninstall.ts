import type { AppInfo, AuthorizationServers } from '../auth-token/authorization-server.ts'
import { NotInstalledError, PaymentRequiredError, AuthorizationServerUnavailableError, TokensLostError, TokensRefusedError } from '../../src/errors.ts'
import { serverOf } from '../../src/http/server-address.ts'
import type { Installation } from '../../src/store/installation-store.ts'

/** gone: no longer installed; alive: still installed; unknown: nobody can say now. */
export type InstallationState = 'gone' | 'alive' | 'unknown'

// What app.info answers for a token that was good a moment ago and whose installation is no more.
const goneTokens = new Set(['not_installed', 'no_auth_found', 'invalid_token', 'invalid_grant', 'invalid_client', 'application_not_found'])
// What may speak against a refresh and says nothing of the installation: a refresh token may be spent by a refresh whose answer
// never came, and a complaint about the client may be a wrong secret of ours. Neither must lose a portal.
const undecided = [TokensLostError, TokensRefusedError, PaymentRequiredError, AuthorizationServerUnavailableError]

/**
 * Asks the authorization server whether the application is still installed, with the stored tokens, or when they have expired
 * with the access token that `refresh` gets for the expired one.
 * In: the stored installation, origins that may be asked. Never throws for what a server says or keeps silent about.
 */
export async function askInstallation (
  { memberId, tokens, serverEndpoint }: Installation, servers: readonly string[], authorizationServers: AuthorizationServers, refresh: (expired: string) => Promise<string>, now: number
): Promise<InstallationState> {
  const server = serverOf(serverEndpoint, servers)
  if (tokens === null || server === undefined) return 'unknown'
  try {
    if (tokens.expiresAt > now) {
      const said = await authorizationServers.appInfo(server, tokens.accessToken)
      if ('ok' in said) return stateOf(said.ok, memberId)
      if (goneTokens.has(said.error)) return 'gone'
      if (said.error !== 'expired_token') return 'unknown'
    }
    const said = await authorizationServers.appInfo(server, await refresh(tokens.accessToken))
    if ('ok' in said) return stateOf(said.ok, memberId)
    return goneTokens.has(said.error) ? 'gone' : 'unknown'
  } catch (error) {
    if (error instanceof NotInstalledError) return 'gone'
    if (undecided.some(kind => error instanceof kind)) return 'unknown'
    throw error
  }
}

/** What is said of another portal says nothing of this one. */
function stateOf ({ memberId, installed }: AppInfo, ours: string): InstallationState {
  if (memberId !== ours) return 'unknown'
  return installed ? 'alive' : 'gone'
}
