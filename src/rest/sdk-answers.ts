import type { AjaxResult } from '@bitrix24/b24jssdk'
import { PortalRefusedError, PortalSilentError } from '../errors.ts'
import type { RestAnswer } from './rest-interface.ts'

/** The portal's code for a method whose time is used up. Source: Bitrix24 REST docs, limits.md */
export const OVERTIME = 'OPERATION_TIME_LIMIT'
// Milliseconds, unless the portal says when the method is free again.
const blockTime = 60_000

/** What the portal said to one command of a batch. */
export function answerOf (result: AjaxResult): RestAnswer {
  // An error without a code is a success to the SDK, but one without a result.
  const ok = result.getData()?.result
  if (ok !== undefined) return { ok }
  return { error: codeOf([...result.getErrors()][0]), text: result.getErrorMessages().join(' ') }
}

/** The SDK's errors hold the request; only the portal's code, and errors of our own, reach the caller. */
export function failure (error: unknown): Error {
  const own = ownError(error)
  if (own !== undefined) return own
  const status = statusOf(error)
  const code = codeOf(error)
  const isSilent = status === 0 || status === 408 || (status >= 500 && code !== 'QUERY_LIMIT_EXCEEDED') || code.startsWith('JSSDK')
  return isSilent ? new PortalSilentError() : new PortalRefusedError(code)
}

/** An error of our own, however deep the SDK has wrapped it. */
function ownError (error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined
  return 'code' in error && String(error.code).startsWith('B24_ERR_') ? error : ownError('originalError' in error ? error.originalError : undefined)
}

const statusOf = (error: unknown) => error instanceof Error && 'status' in error ? Number(error.status) : 0

/** The portal is, or somebody else answers, at another address. */
export const isRedirect = (error: unknown) => [301, 302, 303, 307, 308].includes(statusOf(error))

/** The portal's code, or 'unknown'. */
export function codeOf (error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^[\w.-]{1,64}$/.test(code) ? code : 'unknown'
}

/** When the portal lets the method through again, in milliseconds since 1970: its answer says so, in seconds. */
export function freeAt (error?: unknown): number {
  const { originalError } = (error ?? {}) as { originalError?: { response?: { data?: { time?: { operating_reset_at?: number } } } } } // the SDK keeps axios' error
  return (originalError?.response?.data?.time?.operating_reset_at ?? 0) * 1000 || Date.now() + blockTime
}
