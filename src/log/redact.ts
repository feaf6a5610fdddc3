import type { FastifyRequest } from 'fastify'

const redacted = '[redacted]'

/** Names of fields whose values are secrets, wherever they stand. */
export const secretField = /auth_?id|refresh_?id|token|app_?sid|secret|placement_?options|authorization|cookie|passw|api[-_]?key|sessid|^(?:auth|sig)$/i

// The texts may be a stranger's, and long: each pattern takes linear time.
// A backslash begins an escape of JSON, whose letter is not part of a secret. JWT and JWE have parts; APP_SECRET is
// base64; all else is letters and digits, in signatures with "-" and "_" among them.
const runs = /(\\(?:u[0-9a-fA-F]{4}|.))|eyJ[\w-]{8,}(?:\.[\w-]*)+|[A-Za-z0-9+/]{43}=|[\w-]{28,}/g
// What stands before one in an address or a form, and in what JSON.stringify and util.inspect make of a body.
const names = [
  'auth_?id', 'refresh_?id', 'app_?sid', 'token', 'secret', 'authorization', 'cookie', 'passw(?:or)?d', 'api_?key',
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
export function redactValues (text: string, values: readonly string[]): string {
  return values.reduce((clean, value) => clean.replaceAll(value, redacted), text)
}

const maxDepth = 8
const maxObjects = 1000
const maxSecretDepth = 32

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
    // A getter of somebody else.
    return '[unreadable]'
  }
}

/** Neither address nor body: that of a call holds APP_SID and DOMAIN, its body tokens. */
function requestFields (request: { method: unknown, routeOptions?: unknown }): Record<string, unknown> {
  const { method, routeOptions } = request
  const hasRoute = typeof routeOptions === 'object' && routeOptions !== null && 'url' in routeOptions
  return { method, route: hasRoute ? routeOptions.url : undefined }
}

/** Errors of clients carry the request they failed with, so that of an error only its words are kept. */
function errorFields (error: Error): Record<string, unknown> {
  const { name, message, stack, cause } = error
  return {
    type: String(name),
    code: codeOf(error),
    message: String(message),
    stack: String(stack),
    cause: errorText(cause),
    ...('errors' in error && Array.isArray(error.errors) && { errors: error.errors.slice(0, 10).map(errorText) })
  }
}

/** What is no error may hold anything. */
const errorText = (error: unknown) => error instanceof Error ? `${error.name}: ${error.message}` : undefined

/** A code is a word, or five digits and letters of a database; whatever else stands there is somebody's text. */
export function codeOf (error: Error): string | undefined {
  if (!('code' in error) || typeof error.code !== 'string') return undefined
  return /^(?:[A-Z][A-Z0-9_]{1,63}|[A-Z0-9]{5})$/.test(error.code) ? error.code : undefined
}

/** The secret fields of a call. */
export function tokensOf ({ body, query, headers }: Pick<FastifyRequest, 'body' | 'query' | 'headers'>): string[] {
  // A header holds the scheme before its token.
  const { authorization = '' } = headers
  return [...secretsIn([body, query]), ...authorization.split(' ')]
}

/** The values of fields that are named like secrets, in what a call carried. */
export function secretsIn (value: unknown, names = secretField): string[] {
  const found: string[] = []
  const look = (value: unknown, isSecret: boolean, depth: number) => {
    if (typeof value === 'string' && isSecret) found.push(value)
    if (typeof value !== 'object' || value === null || depth > maxSecretDepth) return
    for (const [name, item] of Object.entries(value)) look(item, isSecret || names.test(name), depth + 1)
  }
  look(value, false, 0)
  return found
}
