import { hash } from 'node:crypto'
import type { LoggerOptions } from 'pino'
import { loggable, redactShapes, redactValues } from './redact.ts'

const secretsOfCall = Symbol('what no line of this call may hold')
const ownWords = Symbol('nothing in this line comes from outside')

interface CallLogger { [secretsOfCall]?: () => readonly string[] }

/** No line of this logger, nor of its children, will hold these values. */
export function hideFromLog (log: object, secrets: () => readonly string[]): void {
  Object.assign(log, { [secretsOfCall]: secrets })
}

/** Marks a line that holds our own words only: else a caller could redact them by posting them as tokens. */
export const inOwnWords = <T extends object>(fields: T): T => Object.assign(fields, { [ownWords]: true })

// Shorter values, and words without a digit, would redact unrelated text; others could break the line's JSON.
const isHidden = (secret: string) => secret.length >= 8 && /^(?=.*\d)(?=.*[A-Za-z])[\w.~+/=-]+$/.test(secret)

/**
 * Options of the service's one logger. Whatever a developer logs, no line holds a token, a URL or a body: of requests
 * and replies it keeps method, route and status, of errors their text. It redacts fields that are named like secrets,
 * and whatever looks like a secret or came as one with the call.
 *
 * @param level as in pino
 */
export function loggerOptions (level: string): LoggerOptions {
  let hidden: readonly string[] = []
  const fieldsOf = (value: object): Record<string, unknown> => {
    const fields = loggable(value)
    // `loggable` makes no null of an object.
    return typeof fields === 'object' ? fields as Record<string, unknown> : { value: fields }
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
        const isOurs = typeof first === 'object' && first !== null && ownWords in first
        if (secrets !== undefined && !isOurs) hidden = secrets().filter(isHidden)
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
 * Replaces secrets by `[redacted]` in a text that somebody else wrote, such as the message of a handler's error.
 */
export function redactSecrets (text: string, secrets: readonly string[]): string {
  return redactShapes(redactValues(text, secrets.filter(secret => secret.length > 5)))
}
