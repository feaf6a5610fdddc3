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

// Fastify refuses some calls before our code sees them; outside, every code is ours and stable.
const fastifyCodes = new Map([
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'B24_ERR_CONTENT_TYPE'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'B24_ERR_TOO_LARGE']
])

// What throws them is Fastify, or a plugin of the application around us.
const blamedCodes = [
  { from: 429, to: 429, code: 'B24_ERR_RATE_LIMITED' }, { from: 400, to: 499, code: 'B24_ERR_CALL_MALFORMED' }
]

/** How an error is answered: as our own fault, unless it is known, or blames the request (4xx). */
export function toHttpError (error: unknown): ErrorAnswer {
  const known = error instanceof Error ? error as Error & { code?: string, statusCode?: number } : undefined
  const { code = '', statusCode = 500 } = known ?? {}
  const blamed = blamedCodes.find(({ from, to }) => statusCode >= from && statusCode <= to)?.code ?? 'B24_ERR_INTERNAL'
  // The catalogue has the codes that are named here.
  const answer = httpErrors.get(code) ?? httpErrors.get(fastifyCodes.get(code) ?? blamed) as HttpError
  if (error instanceof RateLimitedError) return { ...answer, retryAfter: error.retryAfter }
  if (!(error instanceof PortalRefusedError || error instanceof InstallRefusedError)) return answer
  const { portalCode, method } = error
  const pageName = portalPageNames.get(portalCode.toLowerCase()) ?? answer.pageName
  return { ...answer, pageName, portalCode, ...(method !== undefined && { method }) }
}

/** Where on its way a call with this error was refused. */
export const stageOf = (code: string): Stage | undefined => httpErrors.get(code)?.stage
