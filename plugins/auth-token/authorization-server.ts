import { exchanges } from '../../src/diagnostics/channels.ts'
import { AuthorizationServerUnavailableError } from '../../src/errors.ts'
import type { HttpMessage, HttpPost } from '../../src/http/http-client.ts'
import { readAppInfo, readError, readTokens, type AppInfo } from './server-answers.ts'

/** Milliseconds. Long, because a refresh whose answer is lost has spent the refresh token. */
export const usualRefreshTimeout = 30_000

/** Either what was asked for, or the server's error code in lower case. */
export type Answer<T> = { ok: T } | { error: string }

/** The refresh token belongs to another portal or application: what it was exchanged for is dropped. */
export const FOREIGN = 'foreign_tokens'

export type AuthorizationServers = ReturnType<typeof createAuthorizationServers>

/** Codes by which a server says that it cannot work now. They say nothing of the token. */
const temporary = new Set([
  'query_limit_exceeded', 'overload_limit', 'operation_time_limit', 'internal_server_error', 'error_unexpected_answer',
  'connection_error'
])

interface AuthorizationServerOptions {
  post: HttpPost
  clientId: string
  clientSecret: string
  /** How long a refresh may take, in milliseconds. Default 30 s */
  refreshTimeout?: number
  now: () => number
}

/** A client of Bitrix24's authorization servers. Tokens travel in the body: proxies log addresses. */
export function createAuthorizationServers (options: AuthorizationServerOptions) {
  const { post, clientId, clientSecret, refreshTimeout = usualRefreshTimeout, now } = options

  async function ask (
    server: string, path: string, message: HttpMessage
  ): Promise<{ answer: unknown } | { error: string }> {
    const headers = { ...message.headers, accept: 'application/json' }
    const exchange = () => post(`${server}${path}`, { ...message, headers })
    const { status, json } = await exchanges.tracePromise(exchange, { server, path })
      .catch(cause => { throw new AuthorizationServerUnavailableError({ cause }) })
    const error = readError(json)
    if (error === undefined) return { answer: json }
    if (status < 500 && !temporary.has(error)) return { error }
    throw new AuthorizationServerUnavailableError()
  }

  /**
   * Refreshes a token pair of the portal with this member_id. For tokens of another portal or application the error is
   * FOREIGN. Sends the secret to `server`, which therefore has to come from the allow-list.
   *
   * @returns `isProven`: whether the answer names the portal. When it names none, ask `appInfo` before using the tokens
   * @throws AuthorizationServerUnavailableError
   */
  async function refresh (server: string, refreshToken: string, memberId: string) {
    const form = new URLSearchParams({
      grant_type: 'refresh_token', client_id: clientId, client_secret: clientSecret, refresh_token: refreshToken
    })
    const said = await ask(server, '/oauth/token/', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
      // A refresh token is good for one refresh.
      retry: false,
      timeout: refreshTimeout
    })
    if ('error' in said) return said
    const read = readTokens(said.answer, now())
    if (read === undefined) throw new AuthorizationServerUnavailableError()
    const { tokens, namedPortal, namedApplication } = read
    const isForeign = (namedPortal ?? memberId) !== memberId || (namedApplication ?? clientId) !== clientId
    return isForeign ? { error: FOREIGN } : { ok: { ...tokens, isProven: namedPortal !== undefined } }
  }

  return {
    refresh,

    /** Asks one server about an access token. @throws AuthorizationServerUnavailableError */
    async appInfo (server: string, accessToken: string): Promise<Answer<AppInfo>> {
      const said = await ask(server, '/rest/app.info', {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ auth: accessToken })
      })
      if ('error' in said) return said
      const info = readAppInfo(said.answer)
      if (info === undefined) throw new AuthorizationServerUnavailableError()
      return { ok: info }
    },

    /**
     * The error code with which a server answers a made-up refresh token, which spends none: it looks at the
     * application and its secret first. Undefined when it does not say.
     */
    async clientError (server: string): Promise<string | undefined> {
      const said = await refresh(server, 'made-up-to-check-the-client', '').catch(() => undefined)
      return said !== undefined && 'error' in said ? said.error : undefined
    }
  }
}
