import { hash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { LoggerOptions } from 'pino'
import { stageOf } from '../http/http-error.ts'
import { loggable, redactShapes, redactValues } from './redact.ts'

const secretsOfCall = Symbol('what no line of this call may hold')
const ownWords = Symbol('nothing in this line comes from outside')

interface CallLogger { [secretsOfCall]?: () => readonly string[] }

/** No line of this logger, nor of its children, will hold these values. */
export function hideFromLog (log: object, secrets: () => readonly string[]): void {
  Object.assign(log, { [secretsOfCall]: secrets })
}

/** Marks the fields of a line that holds our own words only: else a caller could blot them out by posting them as tokens. */
export const inOwnWords = <T extends object>(fields: T): T => Object.assign(fields, { [ownWords]: true })

// Shorter ones, and words without a digit, would blot out what has nothing to do with them; others could break the JSON of the line.
const isHidden = (secret: string) => secret.length >= 8 && /^(?=.*\d)(?=.*[A-Za-z])[\w.~+/=-]+$/.test(secret)

/**
 * Options of the one logger of the service. Whatever a developer hands it, no line holds a token, a URL or a body: requests and
 * answers are their method, route and status, errors their words, fields with the name of a secret are cut out, and so is
 * what looks like a secret or came as one with the call.
 * In: level as in pino. Out: pino's options.
 */
export function loggerOptions (level: string): LoggerOptions {
  let hidden: readonly string[] = []
  const fieldsOf = (value: object): Record<string, unknown> => {
    const fields = loggable(value)
    return typeof fields === 'object' ? fields as Record<string, unknown> : { value: fields } // it makes no null of an object
  }
  return {
    level,
    // They run after the formatters, which leave nothing to be done; Fastify would add its own.
    serializers: { req: same, res: same, err: same },
    formatters: { log: fieldsOf },
    hooks: {
      logMethod (args, method) {
        const [first, ...rest]: unknown[] = args
        const { [secretsOfCall]: secrets } = this as CallLogger
        if (secrets !== undefined && !(typeof first === 'object' && first !== null && ownWords in first)) hidden = secrets().filter(isHidden)
        // The stream is written to before this returns.
        try {
          method.apply(this, [first, ...rest.map(loggable)] as typeof args) // a text stays one
        } finally {
          hidden = []
        }
      },
      streamWrite: line => redactShapes(redactValues(line, hidden))
    }
  }
}

const same = (value: unknown) => value

/** A name for a portal that can stand in a log: the first 12 hex digits of SHA-256 of its member_id. */
export function memberHash (memberId: string): string {
  return hash('sha256', memberId).slice(0, 12)
}

/**
 * Cuts secrets out of a text that somebody else wrote, such as the message of an error thrown by a handler.
 * In: the text, and the values that must not be in it. Out: the text with `[redacted]` in their place.
 */
export function redactSecrets (text: string, secrets: readonly string[]): string {
  return redactShapes(redactValues(text, secrets.filter(secret => secret.length > 5)))
}

/**
 * What the line of a call says: which placement, with what outcome, refused on which stage, for which portal, with whose key.
 * No posted text stands in a line. In: the request, after its answer.
 */
export function callFields ({ declaredPlacement, errorCode, body, apiKey }: FastifyRequest): Record<string, string | undefined> {
  const memberId = typeof body === 'object' && body !== null ? Object.entries(body).find(([name]) => name === 'member_id' || name === 'auth[member_id]')?.[1] : undefined
  return {
    placement: declaredPlacement ?? undefined,
    outcome: errorCode ?? 'answered',
    stage: errorCode === null ? undefined : stageOf(errorCode),
    // Not called a key: what is called so is redacted.
    writer: apiKey?.name,
    member: typeof memberId === 'string' ? memberHash(memberId) : undefined
  }
}
