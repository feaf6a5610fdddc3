import type { FastifyInstance } from 'fastify'
import { serverOf } from '../http/server-address.ts'
import type { TokenPair } from '../store/installation-store.ts'
import type { StoredPortal } from './database.ts'
import { fault, note, type Finding } from './finding.ts'

/** What is wrong with a token pair, or the pair, if its access token can be used now. */
export type Examined = { finding: Finding } | { tokens: TokenPair }

const reinstall = 'install the application on this portal again, as an administrator'

// By the code of the authorization server, which is recorded with a refresh that failed.
const refusals = new Map([
  ['lost', fault('tokens-lost', `The refresh token was spent, and the answer never came: ${reinstall}.`)],
  ['not_installed', fault('not-installed', `The portal says that the application is not installed: ${reinstall}.`)],
  ['payment_required', fault('portal-payment', 'The paid or trial period of the application is over: renew it in ' +
    'Bitrix24.')]
])

const refusal = (code: string): Finding => refusals.get(code) ??
  fault('tokens-refused', `The authorization server refuses the tokens with ${code}: see docs/errors.md, or ` +
    `${reinstall}.`)

// These pass by themselves, or are said elsewhere.
const passing = new Set(['unavailable', 'failed', 'unreadable'])

/**
 * Whether the token pair of a portal is alive. The refresh token is never exchanged, as that spends it: what speaks
 * against it is what the service has recorded; the access token is shown to the authorization server.
 */
export async function examineTokens (
  { installation, unreadable }: StoredPortal, fastify: FastifyInstance, now = Date.now
): Promise<Examined> {
  const { memberId, serverEndpoint, tokens, refresh } = installation
  if (unreadable.length > 0) {
    return {
      finding: fault('secrets-unreadable', 'No key of APP_SECRET opens the stored secrets of this portal: ' +
      `put the former key back behind the newest one, or ${reinstall}.`)
    }
  }
  if (tokens === null) {
    return { finding: fault('tokens-missing', `No tokens are stored for this portal: ${reinstall}.`) }
  }
  if (refresh !== null && !passing.has(refresh.code)) return { finding: refusal(refresh.code) }
  const server = serverOf(serverEndpoint, fastify.config.oauthServers)
  if (server === undefined) {
    return {
      finding: fault('oauth-not-listed', 'B24_OAUTH_SERVERS does not list the authorization server of this ' +
      'portal: add it.')
    }
  }

  const said = await fastify.authToken.authorizationServers.appInfo(server, tokens.accessToken).catch(() => undefined)
  if (said === undefined) {
    return { finding: note('tokens-unchecked', 'The authorization server did not say whether the tokens are good.') }
  }
  const hasExpired = tokens.expiresAt <= now()
  if ('ok' in said) {
    const { ok } = said
    if (ok.memberId !== memberId || ok.clientId !== fastify.config.clientId) {
      return {
        finding: fault('tokens-foreign', 'The stored tokens are of another portal or application: ' +
        `${reinstall}.`)
      }
    }
    return ok.installed ? { tokens } : { finding: refusal('not_installed') }
  }
  if (said.error === 'not_installed' || !hasExpired) return { finding: refusal(said.error) }
  return {
    finding: note('tokens-expired', 'The access token has expired, which is refreshed with the next use: ' +
    'placements and scopes were not checked. Open the application once, and run this again.')
  }
}
