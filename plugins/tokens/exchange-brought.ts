import { LRUCache } from 'lru-cache'
import { upTo } from '../../src/lru.ts'
import type { TokenPair } from '../../src/store/installation-store.ts'
import type { AuthorizationServers } from '../auth-token/authorization-server.ts'

interface ExchangeBroughtOptions {
  authorizationServers: AuthorizationServers
  clientId: string
}

/** Exchanges a refresh token that somebody has brought, whom the call or event names. */
type ExchangeBrought = (
  server: string, refreshToken: string, owner: { memberId: string, userId: number }
) => Promise<TokenPair | undefined>

/**
 * Makes what exchanges refresh tokens that somebody has brought. It returns the new pair if the server says that it is
 * of our application, and of this user on this portal: what was brought proves nothing, anybody could have written it.
 * It throws AuthorizationServerUnavailableError. Who comes again after that has a spent token, so the pair is kept
 * until the server has said whose it is.
 */
export function createExchangeBrought ({ authorizationServers, clientId }: ExchangeBroughtOptions): ExchangeBrought {
  // By what was brought: a portal sends some of these tokens once only.
  const unproven = new LRUCache<string, TokenPair>({ ...upTo(1000), ttl: 3_600_000 })

  async function exchange (server: string, refreshToken: string, memberId: string): Promise<TokenPair | undefined> {
    const said = await authorizationServers.refresh(server, refreshToken, memberId)
    if ('error' in said || said.ok.refreshToken === undefined) return undefined
    const { accessToken, refreshToken: refreshed, expiresAt } = said.ok
    return { accessToken, refreshToken: refreshed, expiresAt }
  }

  return async (server, refreshToken, { memberId, userId }) => {
    const key = `${memberId} ${refreshToken}`
    const pair = unproven.get(key) ?? await exchange(server, refreshToken, memberId)
    if (pair === undefined) return undefined
    unproven.set(key, pair)
    const info = await authorizationServers.appInfo(server, pair.accessToken)
    unproven.delete(key)
    if ('error' in info) return undefined
    const { ok } = info
    return ok.clientId === clientId && ok.memberId === memberId && ok.userId === userId ? pair : undefined
  }
}
