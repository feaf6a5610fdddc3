import { Type } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'

/** What the authorization server says of an access token. */
export type AppInfo = NonNullable<ReturnType<typeof readAppInfo>>

const hour = 3_600_000
const Anything = Type.Optional(Type.Unknown())
const NumberLike = Type.Union([Type.Integer({ minimum: 0, maximum: 1e15 }), Type.String({ pattern: '^[0-9]{1,15}$' })])

// Strict in what proves something; all else may be anything.
// Source: Bitrix24 REST docs, settings/oauth/simple-way.md, and the answers of app.info in the SDKs' fixtures.
const appInfoCheck = TypeCompiler.Compile(Type.Object({
  result: Type.Object({
    client_id: Type.String(),
    expires: Anything,
    user_id: NumberLike,
    install: Type.Object({
      installed: Type.Boolean(),
      status: Anything,
      scope: Anything,
      domain: Type.String(),
      client_endpoint: Type.String(),
      member_id: Type.String()
    })
  })
}))

// The old refresh token is spent, so nothing but a missing access token is worth losing the new ones for.
const tokensCheck = TypeCompiler.Compile(Type.Object({
  access_token: Type.String({ minLength: 1 }),
  refresh_token: Anything,
  expires_in: Anything,
  expires: Anything,
  member_id: Anything,
  client_id: Anything
}))

const errorCheck = TypeCompiler.Compile(Type.Object({ error: Type.String({ minLength: 1 }) }))

/** The error code of an answer in lower case; undefined when it holds none. */
export const readError = (json: unknown): string | undefined =>
  errorCheck.Check(json) ? json.error.toLowerCase() : undefined

/** Reads the answer of `app.info`; undefined when it is malformed. */
export function readAppInfo (json: unknown) {
  if (!appInfoCheck.Check(json)) return undefined
  const { result, result: { install } } = json
  return {
    clientId: result.client_id,
    memberId: install.member_id,
    domain: install.domain,
    /** REST root of the portal */
    clientEndpoint: install.client_endpoint,
    scope: text(install.scope)?.split(/[ ,]+/).filter(Boolean) ?? [],
    status: text(install.status) ?? '',
    installed: install.installed,
    userId: Number(result.user_id),
    /** Milliseconds since 1970; undefined when the answer names no readable time */
    expiresAt: toMilliseconds(result.expires)
  }
}

/** Reads the answer to a refresh; undefined when it holds no access token. */
export function readTokens (json: unknown, now: number) {
  if (!tokensCheck.Check(json)) return undefined
  // What cannot be read, or is beyond the hour that Bitrix24's tokens live, is taken for that hour.
  const ends = [now + wholeMilliseconds(toNumber(json.expires_in)), toMilliseconds(json.expires) ?? NaN]
  const expiresAt = ends.find(end => end > now && end <= now + hour) ?? now + hour
  return {
    tokens: { accessToken: json.access_token, refreshToken: text(json.refresh_token), expiresAt },
    namedPortal: text(json.member_id),
    namedApplication: text(json.client_id)
  }
}

const text = (value: unknown): string | undefined => typeof value === 'string' && value !== '' ? value : undefined

/** NaN for anything but a number or its text. */
const toNumber = (value: unknown): number =>
  typeof value === 'number' || text(value)?.trim() ? Number(value) : NaN

/** PostgreSQL would refuse a fraction of one, and the pair with it. */
const wholeMilliseconds = (seconds: number): number => Math.floor(seconds * 1000)

/** Reads ISO 8601, as in an SDK's fixture, and Unix seconds, as in other answers of the same server. */
function toMilliseconds (expires: unknown): number | undefined {
  const seconds = toNumber(expires)
  if (seconds > 0 && Number.isFinite(seconds)) return wholeMilliseconds(seconds)
  // Date.parse finds a time in almost any text.
  const iso = text(expires) ?? ''
  const time = /^\d{4}-\d\d-\d\dT/.test(iso) ? Date.parse(iso) : NaN
  return Number.isNaN(time) ? undefined : time
}
