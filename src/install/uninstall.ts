import type { AuthorizationServers } from '../authorization-server.ts'
import { ServerSilentError } from '../errors.ts'
import type { Installation, TokenPair } from '../store/installation-store.ts'

/** gone: no longer installed; alive: still installed; unknown: nobody can say now. */
export type InstallationState = 'gone' | 'alive' | 'unknown'

// What app.info answers for a token that was good a moment ago and whose installation is no more.
const goneTokens = new Set(['not_installed', 'no_auth_found', 'invalid_token', 'invalid_grant', 'invalid_client', 'application_not_found'])
// What a renewal answers then. A refresh token may also be spent by a renewal whose answer never came, and a complaint about the
// client may be a wrong secret of ours: neither must lose a portal.
const goneGrants = new Set(['not_installed'])

/**
 * Asks the authorization server whether the application is still installed, with the stored tokens; renews an expired pair
 * for that, and hands the new pair to `keep` before anything else happens.
 * In: the stored installation, origins that may be asked. Never throws for what a server says or keeps silent about.
 */
export async function askInstallation (
  { tokens, serverEndpoint }: Installation, servers: readonly string[], authorizationServers: AuthorizationServers, keep: (tokens: TokenPair) => Promise<unknown>, now: number
): Promise<InstallationState> {
  const server = servers.find(server => serverEndpoint === `${server}/rest/`)
  if (tokens === null || server === undefined) return 'unknown'
  try {
    if (tokens.expiresAt > now) {
      const said = await authorizationServers.appInfo(server, tokens.accessToken)
      if ('ok' in said) return said.ok.installed ? 'alive' : 'gone'
      if (goneTokens.has(said.error)) return 'gone'
      if (said.error !== 'expired_token') return 'unknown'
    }
    const renewed = await authorizationServers.renew(server, tokens.refreshToken)
    if ('error' in renewed) return goneGrants.has(renewed.error) ? 'gone' : 'unknown'
    await keep(renewed.ok)
    const said = await authorizationServers.appInfo(server, renewed.ok.accessToken)
    if ('ok' in said) return said.ok.installed ? 'alive' : 'gone'
    return goneTokens.has(said.error) ? 'gone' : 'unknown'
  } catch (error) {
    if (error instanceof ServerSilentError) return 'unknown'
    throw error
  }
}
