import { hash, randomUUID } from 'node:crypto'
import type { LoggerOptions } from 'pino'
import { errorFields, requestFields, secretField } from './fields.ts'

const secretsOfCall = Symbol('what no line of this call may hold')
const ownWords = Symbol('nothing in this line comes from outside')

interface CallLogger { [secretsOfCall]?: () => readonly string[] }

/** No line of this logger, nor of its children, will hold these values. */
export function hideFromLog (log: object, secrets: () => readonly string[]): void {
  Object.assign(log, { [secretsOfCall]: secrets })
}

/** Marks a line that holds our own words only: else clients could redact them by posting them as tokens. */
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
  let isOurs = false
  const fieldsOf = (value: object): Record<string, unknown> => {
    const fields = isOurs ? value : loggable(value)
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
        isOurs = typeof first === 'object' && first !== null && ownWords in first
        if (secrets !== undefined && !isOurs) hidden = secrets().filter(isHidden)
        // The stream is written to before this returns.
        try {
          method.apply(this, [first, ...rest.map(loggable)] as typeof args) // a text stays one
        } finally {
          hidden = []
          isOurs = false
        }
      },
      streamWrite: line => isOurs ? line : redactShapes(redactValues(line, hidden))
    }
  }
}

const same = (value: unknown) => value

/** Names a request, in the log and on error pages: unique over all processes, so that support finds the one call. */
export const requestId = (): string => randomUUID()

/** A name for a portal that can stand in a log: the first 12 hex digits of SHA-256 of its member_id. */
export const memberHash = (memberId: string): string => hash('sha256', memberId).slice(0, 12)

/** Replaces secrets by `[redacted]` in a text that somebody else wrote, such as the message of a handler's error. */
export const redactSecrets = (text: string, secrets: readonly string[]): string =>
  redactShapes(redactValues(text, secrets.filter(secret => secret.length > 5)))

const redacted = '[redacted]'

// The texts may be a stranger's, and long: each pattern takes linear time.
// A backslash begins an escape of JSON, whose letter is not part of a secret. JWT and JWE have parts; APP_SECRET is
// base64; all else is letters and digits, in signatures with "-" and "_" among them.
const runs = /(\\(?:u[0-9a-fA-F]{4}|.))|eyJ[\w-]{8,}(?:\.[\w-]*)+|[A-Za-z0-9+/]{43}=|[\w-]{28,}/g
// What stands before one in an address or a form, and in what JSON.stringify and util.inspect make of a body.
const names = [
  'auth[-_]?id', 'refresh_?id', 'app_?sid', 'token', 'secret', 'authorization', 'cookie', 'passw(?:or)?d', 'api_?key',
  'sessid', '(?<![a-z])(?:auth|sig)', '(?<=\\\\[nrt])(?:auth|sig)'
].join('|')
const announced = [
  /(\bbearer(?: |%20|\+)|\bbasic(?: |%20|\+)(?=[\w+/=-]{16}))[\w.~+/=-]{6,}/gi,
  new RegExp(String.raw`((?:${names})(?:\]|%5D)?(?:=|%3D))[^&\s"'\\<>]+`, 'gi'),
  new RegExp(String.raw`((?:${names})(?:\\*["'])?\s*(?::|=>)\s*\\*["'])[^"'\\]+`, 'gi'),
  // The password of a database
  /(:\/\/[^\s/@:"\\]*:)[^\s/@"\\]+(?=@)/g
]

/** Cuts out of a text, or of a line of JSON, what looks like a secret. */
export function redactShapes (text: string): string {
  const bare = text.replace(runs, (run, escape?: string) => escape ?? redactRun(run))
  return announced.reduce((clean, pattern) => clean.replace(pattern, `$1${redacted}`), bare)
}

function redactRun (run: string): string {
  if (run.startsWith('eyJ') || run.endsWith('=')) return redacted
  if (!/\d/.test(run)) return run
  // Names of files and codes have no letters of both cases and digits at such length.
  if (run.length >= 40 && /[a-z]/.test(run) && /[A-Z]/.test(run)) return redacted
  return run.replace(/[A-Za-z0-9]{28,}/g, part => /\d/.test(part) ? redacted : part)
}

/** Cuts known values out of a text. */
const redactValues = (text: string, values: readonly string[]): string =>
  values.reduce((clean, value) => clean.replaceAll(value, redacted), text)

const maxDepth = 8
const maxObjects = 1000

/**
 * What may be logged of a value: no request or reply, no value of a field that is named like a secret, of an error only
 * its text.
 */
export function loggable (value: unknown): unknown {
  let objects = 0

  function copy (value: unknown, field: string, path: readonly object[]): unknown {
    if (typeof value === 'string') return value !== '' && secretField.test(field) ? redacted : value
    if (typeof value !== 'object' || value === null) return value
    if (path.includes(value)) return '[circular]'
    if (path.length > maxDepth || objects++ > maxObjects) return '[more]'
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
    if (value instanceof Error) return errorFields(value)
    if ('method' in value && 'url' in value && 'headers' in value) return requestFields(value)
    if ('statusCode' in value && ('headers' in value || 'getHeader' in value)) return { statusCode: value.statusCode }
    const within = [...path, value]
    if ('toJSON' in value && typeof value.toJSON === 'function') return copy(value.toJSON(), field, within)
    if (Array.isArray(value)) return value.map(item => copy(item, field, within))
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, copy(item, name, within)]))
  }

  try {
    return copy(value, '', [])
  } catch {
    // A getter has thrown.
    return '[unreadable]'
  }
}
