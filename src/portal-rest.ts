import type { AjaxResult } from '@bitrix24/b24jssdk'
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

/** REST calls to one portal, in the order given, fifty to a request. Answers come under the keys of the commands. */
export interface PortalRest {
  /** Errors: PortalSilentError, PortalRefusedError (the whole request was refused). */
  batch: (commands: Record<string, RestCommand>) => Promise<Record<string, RestAnswer>>
}

// The user looks at a spinner meanwhile.
const timeout = 10_000
const batchSize = 50

/**
 * Opens the REST interface of a portal through Bitrix24's own SDK. Redirects are not followed: the token would go along.
 * The SDK is loaded with the first call; a service that nobody installs on does without.
 */
export async function openPortalRest (credentials: RestCredentials): Promise<PortalRest> {
  const { ApiVersion, B24OAuth } = await import('@bitrix24/b24jssdk')
  const portal = new B24OAuth({
    applicationToken: '',
    userId: credentials.userId,
    memberId: credentials.memberId,
    accessToken: credentials.accessToken,
    refreshToken: '',
    expires: Math.floor(credentials.expiresAt / 1000),
    expiresIn: 3600,
    scope: credentials.scope.join(','),
    domain: credentials.domain,
    // The SDK puts a slash of its own before the method.
    clientEndpoint: credentials.clientEndpoint.replace(/\/$/, ''),
    serverEndpoint: credentials.serverEndpoint,
    status: 'L'
  }, { clientId: '', clientSecret: '' }, { restrictionParams: { maxRetries: 2 } })
  // The user's token is never renewed here: an expired one ends the call. The SDK would wrap an error thrown from here.
  let expired = false
  portal.setCustomRefreshAuth(async () => {
    expired = true
    throw new PortalRefusedError('expired_token')
  })
  Object.assign(portal.getHttpClient(ApiVersion.v2).ajaxClient.defaults, { timeout, maxRedirects: 0 })

  async function send (commands: Record<string, RestCommand>): Promise<Record<string, RestAnswer>> {
    const answer = await portal.actions.v2.batch.make({ calls: commands, options: { isHaltOnError: false, returnAjaxResult: true } })
      .catch(error => { throw expired ? new PortalRefusedError('expired_token') : failure(error) })
    // With named commands and `returnAjaxResult` the SDK answers with one result a name.
    const results = answer.getData() as Record<string, AjaxResult> | undefined
    return Object.fromEntries(Object.keys(commands).map(key => {
      const result = results?.[key]
      if (result === undefined) throw failure([...answer.getErrors()][0])
      return [key, toAnswer(result)]
    }))
  }

  return {
    async batch (commands) {
      const answers: Record<string, RestAnswer> = {}
      const entries = Object.entries(commands)
      for (let start = 0; start < entries.length; start += batchSize) {
        Object.assign(answers, await send(Object.fromEntries(entries.slice(start, start + batchSize))))
      }
      return answers
    }
  }
}

function toAnswer (result: AjaxResult): RestAnswer {
  if (result.isSuccess) return { ok: result.getData()?.result }
  return { error: codeOf([...result.getErrors()][0]), text: result.getErrorMessages().join(' ') }
}

/** The SDK's errors hold the request; only the portal's code leaves this file. */
function failure (error: unknown): Error {
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 0
  const code = codeOf(error)
  return status === 0 || status === 408 || status >= 500 || code.startsWith('JSSDK')
    ? new PortalSilentError()
    : new PortalRefusedError(code)
}

function codeOf (error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^[\w.-]{1,64}$/.test(code) ? code : 'unknown'
}
