import type { TokenPair } from '../../src/store/installation-store.ts'
import type { AuthorizationServers } from '../auth-token/authorization-server.ts'

interface ExchangeBroughtOptions {
  authorizationServers: AuthorizationServers
  clientId: string
}

/**
 * Exchanges a refresh token that somebody has brought, and returns the new pair if the server says that it is of our
 * application, and of this user on this portal. What was brought proves nothing: anybody could have written it.
 *
 * @throws AuthorizationServerUnavailableError
 */
export async function exchangeBrought (
  server: string, refreshToken: string, { memberId, userId }: { memberId: string, userId: number },
  { authorizationServers, clientId }: ExchangeBroughtOptions
): Promise<TokenPair | undefined> {
  const said = await authorizationServers.refresh(server, refreshToken, memberId)
  if ('error' in said || said.ok.refreshToken === undefined) return undefined
  const { accessToken, refreshToken: refreshed, expiresAt } = said.ok
  const info = await authorizationServers.appInfo(server, accessToken)
  if ('error' in info) return undefined
  const { ok } = info
  const isTheirs = ok.clientId === clientId && ok.memberId === memberId && ok.userId === userId
  return isTheirs ? { accessToken, refreshToken: refreshed, expiresAt } : undefined
}
