import { Type, type Static } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import type { HttpMessage, HttpPost } from './http-client.ts'
import type { TokenPair } from './store/installation-store.ts'
import { ServerSilentError } from './errors.ts'

/** Origins of Bitrix24's own authorization servers: the second serves all regions that the first does not. */
export const defaultAuthorizationServers: readonly string[] = ['https://oauth.bitrix24.tech', 'https://oauth.bitrix.info']

/** Milliseconds. Long: whoever asks for a renewal and does not hear the answer has spent the refresh token. */
export const usualRenewalTimeout = 30_000

const NumberLike = Type.Union([Type.Integer({ minimum: 0 }), Type.String({ pattern: '^[0-9]{1,15}$' })])

// Source: Bitrix24 REST docs, settings/oauth/simple-way.md, and the answer of app.info in the SDKs' fixtures. Unknown keys pass.
const AppInfoSchema = Type.Object({
  result: Type.Object({
    client_id: Type.String(),
    expires: Type.Optional(Type.Union([Type.String(), Type.Number()])),
    user_id: NumberLike,
    install: Type.Object({
      installed: Type.Boolean(),
      status: Type.Optional(Type.String()),
      scope: Type.Optional(Type.String()),
      domain: Type.String(),
      client_endpoint: Type.String(),
      member_id: Type.String()
    })
  })
})
const appInfoCheck = TypeCompiler.Compile(AppInfoSchema)

const RefreshSchema = Type.Object({
  access_token: Type.String({ minLength: 1 }),
  refresh_token: Type.String({ minLength: 1 }),
  expires_in: NumberLike
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

export interface AuthorizationServers {
  /** Asks one server about an access token. Errors: ServerSilentError. */
  appInfo: (server: string, accessToken: string) => Promise<Answer<AppInfo>>
  /** Renews a token pair. The secret goes to `server` only, so `server` has to come from the allow-list. Errors: ServerSilentError. */
  renew: (server: string, refreshToken: string) => Promise<Answer<TokenPair>>
}

/** Codes by which a server says that it cannot work now: no statement about the token. */
const temporary = new Set(['query_limit_exceeded', 'overload_limit', 'operation_time_limit', 'internal_server_error', 'error_unexpected_answer', 'connection_error'])

export interface AuthorizationServerOptions {
  post: HttpPost
  clientId: string
  clientSecret: string
  /** How long a renewal may take, in milliseconds. Default `usualRenewalTimeout` */
  renewalTimeout?: number
  /** The clock, in milliseconds since 1970 */
  now: () => number
}

/** A client of Bitrix24's authorization servers. Tokens travel in the body: a URL ends in the logs of proxies. */
export function createAuthorizationServers ({ post, clientId, clientSecret, renewalTimeout = usualRenewalTimeout, now }: AuthorizationServerOptions): AuthorizationServers {
  async function ask (url: string, contentType: string, body: string, once: Pick<HttpMessage, 'retry' | 'timeout'> = {}): Promise<{ answer: unknown } | { error: string }> {
    const { status, json } = await post(url, { headers: { 'content-type': contentType, accept: 'application/json' }, body, ...once })
      .catch(cause => { throw new ServerSilentError({ cause }) })
    if (errorCheck.Check(json)) {
      const error = json.error.toLowerCase()
      if (status < 500 && !temporary.has(error)) return { error }
      throw new ServerSilentError()
    }
    return { answer: json }
  }

  return {
    async appInfo (server, accessToken) {
      const said = await ask(`${server}/rest/app.info`, 'application/json', JSON.stringify({ auth: accessToken }))
      if ('error' in said) return said
      if (!appInfoCheck.Check(said.answer)) throw new ServerSilentError()
      return { ok: toAppInfo(said.answer) }
    },
    async renew (server, refreshToken) {
      const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: clientId, client_secret: clientSecret, refresh_token: refreshToken })
      // A refresh token is good for one renewal: asking again would only hear that it is spent.
      const said = await ask(`${server}/oauth/token/`, 'application/x-www-form-urlencoded', form.toString(), { retry: false, timeout: renewalTimeout })
      if ('error' in said) return said
      if (!refreshCheck.Check(said.answer)) throw new ServerSilentError()
      const { access_token: accessToken, refresh_token: renewed, expires_in: expiresIn } = said.answer
      return { ok: { accessToken, refreshToken: renewed, expiresAt: now() + Number(expiresIn) * 1000 } }
    }
  }
}

function toAppInfo ({ result }: Static<typeof AppInfoSchema>): AppInfo {
  const { install } = result
  return {
    clientId: result.client_id,
    memberId: install.member_id,
    domain: install.domain,
    clientEndpoint: install.client_endpoint,
    scope: (install.scope ?? '').split(/[ ,]+/).filter(Boolean),
    status: install.status ?? '',
    installed: install.installed,
    userId: Number(result.user_id),
    expiresAt: toMilliseconds(result.expires)
  }
}

/** The field is ISO 8601 in one SDK's fixture and unix seconds in other answers of the same server. */
function toMilliseconds (expires: string | number | undefined): number | undefined {
  const seconds = Number(expires || NaN)
  const time = Number.isNaN(seconds) ? Date.parse(String(expires)) : seconds * 1000
  return Number.isNaN(time) ? undefined : time
}
