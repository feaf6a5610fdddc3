import type { FastifyRequest } from 'fastify'
import type { Portal } from '../portal.ts'
import type { Token } from '../tokens.ts'
import { authenticate } from './authenticate.ts'
import { licenceOf } from './licence.ts'
import type { OperatingTime } from './operating-time.ts'
import type { RateLimit } from './rate-limit.ts'
import { RestError } from './rest-error.ts'

/** What stops those who call too often or too long. */
export interface RestLimits {
  rate: RateLimit
  operating: OperatingTime
}

/** The parameters under names in upper case: to the portal they are case-insensitive. */
export const upperCaseNames = (params: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name.toUpperCase(), value]))

/**
 * The token of a call.
 *
 * @throws RestError when the address calls too often, nobody may call with the token, or the portal has not paid for
 *   REST
 */
export function admit (
  portal: Portal, { rate }: RestLimits, request: FastifyRequest, params: Record<string, unknown>
): Token {
  const { trouble } = portal.state
  const licence = licenceOf(trouble)
  if (trouble.rest === 'limited' || !rate.take(request.ip, licence.rate)) {
    throw new RestError('QUERY_LIMIT_EXCEEDED', 'Too many requests', 503)
  }
  const token = authenticate(portal, request, upperCaseNames(params))
  if (!licence.hasRest) throw new RestError('ACCESS_DENIED', 'REST API is available only on commercial plans', 401)
  if (trouble.rest === 'unpaid') throw new RestError('PAYMENT_REQUIRED', 'Payment required', 401)
  return token
}
