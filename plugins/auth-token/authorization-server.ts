import { Type, type Static } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import type { HttpMessage, HttpPost } from '../../src/http/http-client.ts'
import { AuthorizationServerUnavailableError } from '../../src/errors.ts'

/** Milliseconds. Long: whoever asks for a refresh and does not hear the answer has spent the refresh token. */
export const usualRefreshTimeout = 30_000

const hour = 3_600_000

const NumberLike = Type.Union([Type.Integer({ minimum: 0 }), Type.String({ pattern: '^[0-9]{1,15}$' })])

// Source: Bitrix24 REST docs, settings/oauth/simple-way.md, and the answer of app.info in the SDKs' fixtures. Unknown keys pass,
// and what proves nothing may be anything.
const AppInfoSchema = Type.Object({
  result: Type.Object({
    client_id: Type.String(),
    expires: Type.Optional(Type.Unknown()),
    user_id: NumberLike,
    install: Type.Object({
      installed: Type.Boolean(),
      status: Type.Optional(Type.Unknown()),
      scope: Type.Optional(Type.Unknown()),
      domain: Type.String(),
      client_endpoint: Type.String(),
      member_id: Type.String()
    })
  })
})
const appInfoCheck = TypeCompiler.Compile(AppInfoSchema)

// The old refresh token is spent: nothing but the new tokens is worth losing them for.
const RefreshSchema = Type.Object({
  access_token: Type.String({ minLength: 1 }),
  refresh_token: Type.Optional(Type.Unknown()),
  expires_in: Type.Optional(Type.Unknown()),
  expires: Type.Optional(Type.Unknown()),
  member_id: Type.Optional(Type.Unknown()),
  client_id: Type.Optional(Type.Unknown())
})
const refreshCheck = TypeCompiler.Compile(RefreshSchema)
const errorCheck = TypeCompiler.Compile(Type.Object({ error: Type.String({ minLength: 1 }) }))

/** What the authorization server says of an access token. Only this is authority. */
export interface AppInfo {
  clientId: string
  memberId: string
  domain: string
  /** REST root of the portal, with a trailing slash */
  clientEndpoint: string
  scope: string[]
  status: string
  installed: boolean
  userId: number
  /** Milliseconds since 1970; undefined when the answer names no readable time */
  expiresAt: number | undefined
}
/** Either what was asked for, or the server's error code in lower case. */
export type Answer<T> = { ok: T } | { error: string }

/** What a refresh token was exchanged for. */
export interface RefreshedTokens {
  accessToken: string
  /** Undefined when the answer holds none */
  refreshToken: string | undefined
  /** Milliseconds since 1970 */
  expiresAt: number
  /** Whether the answer names the portal that was expected. One that names none has to be asked about with `appInfo` before use */
  isProven: boolean
}

/** The refresh token belongs to another portal or application: what it was exchanged for is dropped. */
export const FOREIGN = 'foreign_tokens'

export interface AuthorizationServers {
  /** Asks one server about an access token. Errors: AuthorizationServerUnavailableError. */
  appInfo: (server: string, accessToken: string) => Promise<Answer<AppInfo>>
  /**
   * Refreshes a token pair of the portal with this member_id: tokens of any other portal or application are FOREIGN, and nobody gets
   * to see them. The secret goes to `server` only, so `server` has to come from the allow-list. Errors: AuthorizationServerUnavailableError.
   */
  refresh: (server: string, refreshToken: string, memberId: string) => Promise<Answer<RefreshedTokens>>
}

/** Codes by which a server says that it cannot work now: no statement about the token. */
const temporary = new Set(['query_limit_exceeded', 'overload_limit', 'operation_time_limit', 'internal_server_error', 'error_unexpected_answer', 'connection_error'])

export interface AuthorizationServerOptions {
  post: HttpPost
  clientId: string
  clientSecret: string
  /** How long a refresh may take, in milliseconds. Default `usualRefreshTimeout` */
  refreshTimeout?: number
  /** The clock, in milliseconds since 1970 */
  now: () => number
}

/** A client of Bitrix24's authorization servers. Tokens travel in the body: a URL ends in the logs of proxies. */
export function createAuthorizationServers ({ post, clientId, clientSecret, refreshTimeout = usualRefreshTimeout, now }: AuthorizationServerOptions): AuthorizationServers {
  async function ask (url: string, contentType: string, body: string, once: Pick<HttpMessage, 'retry' | 'timeout'> = {}): Promise<{ answer: unknown } | { error: string }> {
    const { status, json } = await post(url, { headers: { 'content-type': contentType, accept: 'application/json' }, body, ...once })
      .catch(cause => { throw new AuthorizationServerUnavailableError({ cause }) })
    if (errorCheck.Check(json)) {
      const error = json.error.toLowerCase()
      if (status < 500 && !temporary.has(error)) return { error }
      throw new AuthorizationServerUnavailableError()
    }
    return { answer: json }
  }

  return {
    async appInfo (server, accessToken) {
      const said = await ask(`${server}/rest/app.info`, 'application/json', JSON.stringify({ auth: accessToken }))
      if ('error' in said) return said
      if (!appInfoCheck.Check(said.answer)) throw new AuthorizationServerUnavailableError()
      return { ok: toAppInfo(said.answer) }
    },
    async refresh (server, refreshToken, memberId) {
      const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: clientId, client_secret: clientSecret, refresh_token: refreshToken })
      // A refresh token is good for one refresh: asking again would only hear that it is spent.
      const said = await ask(`${server}/oauth/token/`, 'application/x-www-form-urlencoded', form.toString(), { retry: false, timeout: refreshTimeout })
      if ('error' in said) return said
      if (!refreshCheck.Check(said.answer)) throw new AuthorizationServerUnavailableError()
      const { access_token: accessToken, refresh_token: refreshed, member_id: named, client_id: issuedFor } = said.answer
      const isProven = isText(named)
      if ((isProven && named !== memberId) || (isText(issuedFor) && issuedFor !== clientId)) return { error: FOREIGN }
      return { ok: { accessToken, refreshToken: isText(refreshed) ? refreshed : undefined, expiresAt: endOf(said.answer, now()), isProven } }
    }
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/** When a new access token ends: as the answer says, if that can be read and is within the hour that Bitrix24's tokens live. */
function endOf ({ expires_in: expiresIn, expires }: Static<typeof RefreshSchema>, now: number): number {
  const ends = [now + toNumber(expiresIn) * 1000, toMilliseconds(expires) ?? NaN]
  return ends.find(end => end > now && end <= now + hour) ?? now + hour
}

function toAppInfo ({ result }: Static<typeof AppInfoSchema>): AppInfo {
  const { install } = result
  return {
    clientId: result.client_id,
    memberId: install.member_id,
    domain: install.domain,
    clientEndpoint: install.client_endpoint,
    scope: isText(install.scope) ? install.scope.split(/[ ,]+/).filter(Boolean) : [],
    status: isText(install.status) ? install.status : '',
    installed: install.installed,
    userId: Number(result.user_id),
    expiresAt: toMilliseconds(result.expires)
  }
}

/** NaN for whatever is no number, and no text of one. */
const toNumber = (value: unknown): number => typeof value === 'number' || (isText(value) && value.trim() !== '') ? Number(value) : NaN

/** The field is ISO 8601 in one SDK's fixture and unix seconds in other answers of the same server. */
function toMilliseconds (expires: unknown): number | undefined {
  const seconds = toNumber(expires)
  if (seconds > 0 && Number.isFinite(seconds)) return seconds * 1000
  // Date.parse finds a time in almost any text.
  const time = /^\d{4}-\d\d-\d\dT/.test(String(expires)) ? Date.parse(String(expires)) : NaN
  return Number.isNaN(time) ? undefined : time
}
