import {
  httpErrors, InstallRefusedError, PortalRefusedError, RateLimitedError, type HttpError, type PageName, type Stage
} from '../errors.ts'

/** What the client learns of an error; of a refused REST call also its method and the portal's own code. */
interface ErrorAnswer extends HttpError { portalCode?: string, method?: string }

// A person can do something else about these than ask for a right. The portal's docs and the portal differ in case.
const portalPageNames = new Map<string, PageName>([
  ['payment_required', 'payment'], ['expired_token', 'expired'], ['invalid_token', 'expired'],
  ['query_limit_exceeded', 'too-many'], ['http_429', 'too-many'], ['operation_time_limit', 'too-many']
])

// What throws them is Fastify, or a plugin or handler of the application; outside, every code is ours and stable.
const blamedCodes = new Map([
  [400, 'B24_ERR_CALL_MALFORMED'], [413, 'B24_ERR_TOO_LARGE'], [414, 'B24_ERR_CALL_MALFORMED'],
  [415, 'B24_ERR_CONTENT_TYPE'], [429, 'B24_ERR_RATE_LIMITED']
])

/** How an error is answered: as our own fault, unless it is known, or blames the request (4xx). */
export function toHttpError (error: unknown): ErrorAnswer {
  const known = error instanceof Error ? error as Error & { code?: string, statusCode?: number } : undefined
  const { code = '', statusCode = 500 } = known ?? {}
  const isRefusal = statusCode >= 400 && statusCode <= 499 && !blamedCodes.has(statusCode)
  const ours = blamedCodes.get(statusCode) ?? (isRefusal ? 'B24_ERR_REQUEST_REFUSED' : 'B24_ERR_INTERNAL')
  // The catalogue has the codes that are named here.
  const answer = httpErrors.get(code) ?? { ...httpErrors.get(ours) as HttpError, ...(isRefusal && { statusCode }) }
  if (error instanceof RateLimitedError) return { ...answer, retryAfter: error.retryAfter }
  if (!(error instanceof PortalRefusedError || error instanceof InstallRefusedError)) return answer
  const { portalCode, method } = error
  const pageName = portalPageNames.get(portalCode.toLowerCase()) ?? answer.pageName
  return { ...answer, pageName, portalCode, ...(method !== undefined && { method }) }
}

/** An error as it is, unless it throws when it is read: Fastify reads it where that would end the process. */
export function readableError (error: unknown): unknown {
  try {
    toHttpError(error)
    for (const name of ['status', 'statusCode']) Number(Reflect.get(Object(error), name))
    return error
  } catch {
    return new TypeError('an error that cannot be read was thrown')
  }
}

/** Where on its way a call with this error was refused. */
export const stageOf = (code: string): Stage | undefined => httpErrors.get(code)?.stage
