import type { FastifyInstance } from 'fastify'
import { refusesUser } from '../http/portal-refusals.ts'
import { serverOf } from '../http/server-address.ts'
import type { TokenPair } from '../store/installation-store.ts'
import type { StoredPortal } from './database.ts'
import { find, type Finding } from './finding.ts'

/** An error of REST, with the portal's code if it has one. */
interface Refusal { portalCode?: string }

/** What is wrong with a token pair, or the pair, if its access token can be used now. */
type Examined = { finding: Finding } | { tokens: TokenPair }

// By the code of the authorization server, which is recorded with a refresh that failed.
const refusals = new Map([
  ['lost', find('tokens-lost')], ['not_installed', find('not-installed')], ['payment_required', find('portal-payment')]
])
const refusal = (code: string): Examined => ({ finding: refusals.get(code) ?? find('tokens-refused', code) })

// These pass by themselves, or are said elsewhere.
const passing = new Set(['unavailable', 'failed', 'unreadable', 'invalid_client', 'wrong_client'])

/** Whether the administrator takes the place of a portal's system user: its tokens are dead, or it is refused. */
export async function examineSystemUser (
  { installation, systemUser }: StoredPortal, { portalRest }: FastifyInstance, now = Date.now
): Promise<Finding[]> {
  if (systemUser === undefined) return []
  const { tokens, refresh, userId } = systemUser
  if (tokens === null) return [find('system-user-refused', 'unreadable')]
  if (refresh !== null && !passing.has(refresh.code)) return [find('system-user-refused', refresh.code)]
  if (tokens.expiresAt <= now()) return []
  const { accessToken, expiresAt } = tokens
  const rest = portalRest.open({ ...installation, userId: Number(userId), accessToken, expiresAt })
  const code = await rest.call('profile').then(() => '', ({ portalCode = '' }: Refusal) => portalCode)
  return refusesUser(code) ? [find('system-user-barred', code)] : []
}

/**
 * Whether the token pair of a portal is alive. The refresh token is never exchanged, as that spends it: what speaks
 * against it is what the service has recorded; the access token is shown to the authorization server.
 */
export async function examineTokens (
  { installation, unreadable }: StoredPortal, fastify: FastifyInstance, now = Date.now
): Promise<Examined> {
  const { memberId, serverEndpoint, tokens, refresh } = installation
  if (unreadable.length > 0) return { finding: find('secrets-unreadable') }
  if (tokens === null) return { finding: find('tokens-missing') }
  if (refresh !== null && !passing.has(refresh.code)) return refusal(refresh.code)
  const { authToken: { authorizationServers }, config: { clientId, oauthServers } } = fastify
  const server = serverOf(serverEndpoint, oauthServers)
  if (server === undefined) return { finding: find('oauth-not-listed') }

  const said = await authorizationServers.appInfo(server, tokens.accessToken).catch(() => undefined)
  if (said === undefined) return { finding: find('tokens-unchecked') }
  if ('ok' in said) {
    const { ok } = said
    if (ok.memberId !== memberId || ok.clientId !== clientId) return { finding: find('tokens-foreign') }
    return ok.installed ? { tokens } : refusal('not_installed')
  }
  // A server forgets tokens that have expired for long.
  const isExpected = tokens.expiresAt <= now() && said.error !== 'not_installed'
  return isExpected ? { finding: find('tokens-expired') } : refusal(said.error)
}
