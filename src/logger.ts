import { hash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { LoggerOptions } from 'pino'
import { rungOf } from './errors.ts'

/**
 * Options of the one logger of the service. Neither URL nor body is ever serialized: the URL of a call holds APP_SID
 * and DOMAIN, its body tokens. Stacks are scrubbed by the error handler before they come here.
 * In: level as in pino. Out: pino's options.
 */
export function loggerOptions (level: string): LoggerOptions {
  return {
    level,
    serializers: {
      req: request => ({ method: request.method, route: request.routeOptions?.url }),
      // Errors of clients carry the request they failed with.
      err: ({ name, code, message, stack, cause }) => ({ type: name, code, message, stack, cause: causeText(cause) })
    }
  }
}

/** A cause that is no error may hold anything. */
function causeText (cause: unknown): string | undefined {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : undefined
}

/** A name for a portal that can stand in a log: the first 12 hex digits of SHA-256 of its member_id. */
export function memberHash (memberId: string): string {
  return hash('sha256', memberId).slice(0, 12)
}

/**
 * Cuts secrets out of a text that somebody else wrote, such as the message of an error thrown by a handler.
 * In: the text, and the values that must not be in it. Out: the text with `[redacted]` in their place.
 */
export function scrub (text: string, secrets: readonly string[]): string {
  return secrets.filter(secret => secret.length > 5).reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text)
}

/**
 * What the line of a call says: which placement, with what outcome, refused on which rung, for which portal, with whose key.
 * No posted text stands in a line. In: the request, after its answer.
 */
export function callFields ({ declaredPlacement, refusal, body, apiKey }: FastifyRequest): Record<string, string | undefined> {
  const memberId = typeof body === 'object' && body !== null ? Object.entries(body).find(([name]) => name === 'member_id' || name === 'auth[member_id]')?.[1] : undefined
  return {
    placement: declaredPlacement ?? undefined,
    outcome: refusal ?? 'answered',
    rung: refusal === null ? undefined : rungOf(refusal),
    apiKey: apiKey?.name,
    member: typeof memberId === 'string' ? memberHash(memberId) : undefined
  }
}
