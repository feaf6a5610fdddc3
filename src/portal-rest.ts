import { setTimeout as sleep } from 'node:timers/promises'
import type { AjaxResult, B24OAuth, B24OAuthParams, CustomRefreshAuth } from '@bitrix24/b24jssdk'
import { PortalRefusedError, PortalSilentError } from './errors.ts'

/** One command of a batch, and what the portal says to it. */
export interface RestCommand { method: string, params: Record<string, unknown> }
export type RestAnswer = { ok: unknown } | { /** the portal's error code */ error: string, /** the portal's own words */ text: string }

/** Who calls a portal: an access token and where it is good. */
export interface RestCredentials {
  memberId: string
  domain: string
  clientEndpoint: string
  serverEndpoint: string
  scope: readonly string[]
  userId: number
  accessToken: string
  /** Milliseconds since 1970 */
  expiresAt: number
}

/** Where the credentials of a REST interface come from. */
export interface RestSource {
  /**
   * Asked before every request. In: `refused`, a token that the portal called expired, to get another one.
   * Errors: whatever says why there are none; they reach the caller as they are.
   */
  credentials: (refused?: string) => Promise<RestCredentials>
  /** The portal answers from another address: finds out from the authorization server, so that `credentials` name it */
  moved?: () => Promise<unknown>
}

/**
 * The REST interface of one portal. Errors of both: PortalSilentError (no answer, or nonsense); PortalRefusedError, whose
 * `portalCode` is the portal's; those of the credentials.
 */
export interface PortalRest {
  /** Calls one method. Out: its `result`. */
  call: <T = unknown>(method: string, params?: Record<string, unknown>) => Promise<T>
  /** Calls in the order given, fifty to a request. Answers come under the keys of the commands. */
  batch: (commands: Record<string, RestCommand>) => Promise<Record<string, RestAnswer>>
}

/** For those who only read and write in bundles. */
export type BatchRest = Pick<PortalRest, 'batch'>

// The user looks at a spinner meanwhile.
const timeout = 10_000
const batchSize = 50
// Milliseconds before a call that met QUERY_LIMIT_EXCEEDED is tried again: the portal counts two calls a second out of its bucket.
const limitPauses: readonly number[] = [500, 1000, 2000, 4000]
// OPERATION_TIME_LIMIT: unless the portal says when the method is free again.
const blockTime = 60_000

interface Client { sdk: B24OAuth, endpoint: string, accessToken: string, /** milliseconds since 1970 */ renewedAt: number }

/** The REST interface of a caller, with their token as long as that is good: it is never renewed. */
export function openPortalRest (credentials: RestCredentials): PortalRest {
  return createPortalRest({ credentials: async refused => usable(credentials, refused) })
}

/** A user's credentials. Errors: PortalRefusedError when they have expired, by our clock or the portal's. */
export function usable (credentials: RestCredentials, refused?: string): RestCredentials {
  if (refused !== undefined || credentials.expiresAt <= Date.now()) throw refusedBy('expired_token')
  return credentials
}

/**
 * The REST interface of a portal through Bitrix24's own SDK, whose renewal of tokens is replaced by `source`. Redirects are
 * not followed: the token would go along. The SDK is loaded with the first call; a service without REST does without.
 */
export function createPortalRest (source: RestSource, pauses = limitPauses): PortalRest {
  let client: Client | undefined
  /** Methods that the portal has blocked, and until when, in milliseconds since 1970 */
  const blocked = new Map<string, number>()

  async function connect (): Promise<Client> {
    const { ApiVersion, B24OAuth } = await import('@bitrix24/b24jssdk')
    const credentials = await source.credentials()
    if (client?.endpoint === credentials.clientEndpoint && client.accessToken === credentials.accessToken) return client
    const sdk = new B24OAuth(authOf(credentials), { clientId: '', clientSecret: '' }, {
      // Tries again here: the SDK would wait up to ten minutes for a blocked method, and repeat a call that timed out.
      restrictionParams: { maxRetries: 1, operatingLimit: { windowMs: 600_000, limitMs: Infinity, heavyPercent: 100 } }
    })
    const opened: Client = { sdk, endpoint: credentials.clientEndpoint, accessToken: credentials.accessToken, renewedAt: -Infinity }
    sdk.setCustomRefreshAuth(async () => {
      // The SDK does not say which token was refused. Just after a renewal it may still be the former one.
      const isFresh = Date.now() - opened.renewedAt < timeout
      const renewed = await source.credentials(isFresh ? undefined : opened.accessToken)
      Object.assign(opened, { accessToken: renewed.accessToken, renewedAt: Date.now() })
      return refreshOf(renewed)
    })
    Object.assign(sdk.getHttpClient(ApiVersion.v2).ajaxClient.defaults, { timeout, maxRedirects: 0 })
    client = opened
    return opened
  }

  async function send<T> (method: string, work: (sdk: B24OAuth) => Promise<T>): Promise<T> {
    if ((blocked.get(method) ?? 0) > Date.now()) throw refusedBy('OPERATION_TIME_LIMIT')
    const waits = [...pauses]
    let hasMoved = false
    for (;;) {
      const { sdk } = await connect()
      try {
        return await work(sdk)
      } catch (error) {
        const code = codeOf(error)
        const wait = code === 'QUERY_LIMIT_EXCEEDED' ? waits.shift() : undefined
        if (code === 'OPERATION_TIME_LIMIT') blocked.set(method, freeAt(error))
        if (wait !== undefined) await sleep(wait)
        else if (isRedirect(error) && source.moved !== undefined && !hasMoved) {
          hasMoved = true
          await source.moved()
        } else throw failure(error)
      }
    }
  }

  async function sendBatch (commands: Record<string, RestCommand>): Promise<Record<string, RestAnswer>> {
    const keys = Object.keys(commands)
    return await send('batch', async sdk => {
      const answer = await sdk.actions.v2.batch.make({ calls: commands, options: { isHaltOnError: false, returnAjaxResult: true } })
      // With named commands and `returnAjaxResult` the SDK answers with one result a name.
      const results = answer.getData() as Record<string, AjaxResult> | undefined
      return Object.fromEntries(keys.map(key => {
        const result = results?.[key]
        if (result === undefined) throw [...answer.getErrors()][0]
        return [key, toAnswer(result)]
      }))
    })
  }

  return {
    async call<T> (method: string, params: Record<string, unknown> = {}) {
      return await send(method, async sdk => {
        const answer = await sdk.actions.v2.call.make<T>({ method, params })
        const data = answer.getData()
        if (data === undefined) throw [...answer.getErrors()][0]
        return data.result
      })
    },
    async batch (commands) {
      const answers: Record<string, RestAnswer> = {}
      const entries = Object.entries(commands)
      for (let start = 0; start < entries.length; start += batchSize) {
        Object.assign(answers, await sendBatch(Object.fromEntries(entries.slice(start, start + batchSize))))
      }
      return answers
    }
  }
}

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000)

function authOf (credentials: RestCredentials): B24OAuthParams {
  return {
    applicationToken: '',
    userId: credentials.userId,
    memberId: credentials.memberId,
    accessToken: credentials.accessToken,
    refreshToken: '',
    expires: seconds(credentials.expiresAt),
    expiresIn: 3600,
    scope: credentials.scope.join(','),
    domain: credentials.domain,
    // The SDK puts a slash of its own before the method.
    clientEndpoint: credentials.clientEndpoint.replace(/\/$/, ''),
    serverEndpoint: credentials.serverEndpoint,
    status: 'L'
  }
}

/** The answer of a renewal, in the words of the authorization server. */
function refreshOf (credentials: RestCredentials): Awaited<ReturnType<CustomRefreshAuth>> {
  const { clientEndpoint, serverEndpoint, domain, memberId } = credentials
  return {
    access_token: credentials.accessToken,
    refresh_token: '',
    expires: String(seconds(credentials.expiresAt)),
    expires_in: '3600',
    client_endpoint: clientEndpoint,
    server_endpoint: serverEndpoint,
    domain,
    member_id: memberId,
    scope: credentials.scope.join(','),
    status: 'L'
  }
}

function toAnswer (result: AjaxResult): RestAnswer {
  if (result.isSuccess) return { ok: result.getData()?.result }
  return { error: codeOf([...result.getErrors()][0]), text: result.getErrorMessages().join(' ') }
}

/** The SDK's errors hold the request; only the portal's code, and errors of our own, leave this file. */
function failure (error: unknown): Error {
  const own = ownError(error)
  if (own !== undefined) return own
  const status = statusOf(error)
  const code = codeOf(error)
  const isSilent = status === 0 || status === 408 || (status >= 500 && code !== 'QUERY_LIMIT_EXCEEDED') || code.startsWith('JSSDK')
  return isSilent ? new PortalSilentError() : refusedBy(code)
}

const refusedBy = (portalCode: string) => Object.assign(new PortalRefusedError(portalCode), { portalCode })

/** An error of `source`, or of this file, however deep the SDK has wrapped it. */
function ownError (error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined
  return 'code' in error && String(error.code).startsWith('B24_ERR_') ? error : ownError('originalError' in error ? error.originalError : undefined)
}

const statusOf = (error: unknown) => error instanceof Error && 'status' in error ? Number(error.status) : 0
const isRedirect = (error: unknown) => [301, 302, 303, 307, 308].includes(statusOf(error))

function codeOf (error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^[\w.-]{1,64}$/.test(code) ? code : 'unknown'
}

/** When the portal lets the method through again: its answer says so, in seconds since 1970. */
function freeAt (error: unknown): number {
  const { originalError } = error as { originalError?: { response?: { data?: { time?: { operating_reset_at?: number } } } } } // the SDK keeps axios' error
  return (originalError?.response?.data?.time?.operating_reset_at ?? 0) * 1000 || Date.now() + blockTime
}
