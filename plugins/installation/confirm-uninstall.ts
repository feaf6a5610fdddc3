import { isSameSecret } from '../../src/crypto/same-secret.ts'
import {
  AuthorizationServerUnavailableError, NotInstalledError, PaymentRequiredError, TokensLostError, TokensRefusedError
} from '../../src/errors.ts'
import { serverOf } from '../../src/http/server-address.ts'
import { audit } from '../../src/log/audit.ts'
import { memberHash } from '../../src/log/logger.ts'
import type { Installation } from '../../src/store/installation-store.ts'
import type { AppInfo } from '../auth-token/server-answers.ts'
import type { InstallationParts } from './installations.ts'

/** gone: no longer installed; alive: still installed; unknown: nobody can say now. */
export type InstallationState = 'gone' | 'alive' | 'unknown'

/** What a portal sends when it uninstalls: the token, and whether settings and data go, too. */
export interface UninstallRequest { applicationToken: string, clean: boolean }

export type AskParts = Pick<InstallationParts, 'servers' | 'authorizationServers' | 'refresh' | 'now'>

const week = 7 * 24 * 3_600_000

// What app.info answers for a token that was good a moment ago and whose installation is no more.
const goneTokens = new Set([
  'not_installed', 'no_auth_found', 'invalid_token', 'invalid_grant', 'invalid_client', 'application_not_found'
])
// A refresh can fail with these although the application is still installed: the refresh token was spent by a refresh
// whose answer never came, or our client secret is wrong. Neither must lose a portal.
const undecided = [TokensLostError, TokensRefusedError, PaymentRequiredError, AuthorizationServerUnavailableError]

/** Whether this is the application token of that installation. */
export const isTokenOf = (row: Installation | undefined, applicationToken: string): row is Installation =>
  row?.applicationToken != null && isSameSecret(row.applicationToken, applicationToken)

/**
 * Uninstalls a portal if the authorization server says that the application is gone, and drops the request if it is
 * not. Keeps the request while nobody can say.
 *
 * @param request a new one: what came during an installation was dropped with it
 */
export async function confirmUninstall (
  memberId: string, request: UninstallRequest | undefined, parts: InstallationParts, over: AbortSignal
): Promise<void> {
  const { store, forget, handlers, log, now } = parts
  if (request !== undefined && isTokenOf(await store.get(memberId), request.applicationToken)) {
    await store.requestUninstall(memberId, request.clean, now())
  }
  const row = await store.get(memberId)
  if (row?.uninstallRequestedAt == null) return
  const state = await askInstallation(row, parts)
  over.throwIfAborted()
  // Nobody uses it, and nobody can say. If the portal comes back, its next verified call restores the row.
  const isOver = now() - row.uninstallRequestedAt > week
  if (state === 'unknown' && !isOver) {
    const member = memberHash(memberId)
    return log.warn({ member }, 'an uninstall cannot be confirmed yet; it is kept and checked again')
  }
  forget(memberId)
  if (state === 'alive') {
    await store.dropUninstallRequest(memberId, row.uninstallRequestedAt)
    return audit(log, 'uninstall.refused', { member: memberId })
  }
  const isUninstalled = await store.markUninstalled(memberId, now(), row)
  // Another process has installed the application anew, or answered an earlier request that this one was taken for; or
  // the pair was refreshed, and a server need not know the tokens of before.
  if (!isUninstalled) return await confirmUninstall(memberId, request, parts, over)
  audit(log, 'app.uninstalled', { member: memberId })
  // Not in the portal's turn: it may want to install again meanwhile.
  handlers.start(memberId)
}

/** Asks the authorization server whether the application is installed, with the stored tokens or refreshed ones. */
export async function askInstallation (
  { memberId, tokens, serverEndpoint }: Installation, { servers, authorizationServers, refresh, now }: AskParts
): Promise<InstallationState> {
  const server = serverOf(serverEndpoint, servers)
  if (tokens === null || server === undefined) return 'unknown'
  try {
    if (tokens.expiresAt > now()) {
      const said = await authorizationServers.appInfo(server, tokens.accessToken)
      if ('ok' in said) return stateOf(said.ok, memberId)
      if (goneTokens.has(said.error)) return 'gone'
      if (said.error !== 'expired_token') return 'unknown'
    }
    const said = await authorizationServers.appInfo(server, await refresh(memberId, tokens.accessToken))
    if ('ok' in said) return stateOf(said.ok, memberId)
    return goneTokens.has(said.error) ? 'gone' : 'unknown'
  } catch (error) {
    if (error instanceof NotInstalledError) return 'gone'
    if (undecided.some(kind => error instanceof kind)) return 'unknown'
    throw error
  }
}

/** An answer about another portal says nothing about this one. */
function stateOf ({ memberId, installed }: AppInfo, ours: string): InstallationState {
  if (memberId !== ours) return 'unknown'
  return installed ? 'alive' : 'gone'
}
