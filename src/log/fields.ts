import type { FastifyRequest } from 'fastify'

/** Names of fields whose values are secrets, wherever they stand. */
export const secretField = new RegExp(
  'auth[-_]?id|refresh_?id|token|app_?sid|secret|placement_?options|authorization|cookie|passw|api[-_]?key|sessid|' +
  '^(?:auth|sig)$', 'i'
)

/** Neither address nor body: that of a call holds APP_SID and DOMAIN, its body tokens. */
export function requestFields (request: { method: unknown, routeOptions?: unknown }): Record<string, unknown> {
  const { method, routeOptions } = request
  const hasRoute = typeof routeOptions === 'object' && routeOptions !== null && 'url' in routeOptions
  return { method, route: hasRoute ? routeOptions.url : undefined }
}

/** Errors of clients carry the request they failed with, so that of an error only its words are kept. */
export function errorFields (error: Error): Record<string, unknown> {
  const { name, message, stack, cause } = error
  return {
    type: String(name),
    code: codeOf(error),
    message: shortened(String(message)),
    stack: shortened(String(stack)),
    cause: errorText(cause),
    ...('errors' in error && Array.isArray(error.errors) && { errors: error.errors.slice(0, 10).map(errorText) })
  }
}

/** What is not an error may hold anything. */
const errorText = (error: unknown) => error instanceof Error ? shortened(`${error.name}: ${error.message}`) : undefined

// Characters, of the beginning and of the end
const half = 2000

/** Of a long text the beginning and the end: a portal may have written it, in its certificate for example. */
export function shortened (text: string): string {
  if (text.length <= 2 * half) return text
  const [head, tail] = [text.slice(0, half), text.slice(-half)]
  // A word that is cut may be half of a secret.
  return `${head.slice(0, head.lastIndexOf(' ') + 1)}[…]${tail.slice(tail.indexOf(' '))}`
}

/** A code is a word, or five digits and letters of a database; whatever else stands there is somebody's text. */
export function codeOf (error: Error): string | undefined {
  if (!('code' in error) || typeof error.code !== 'string') return undefined
  return /^(?:[A-Z][A-Z0-9_]{1,63}|[A-Z0-9]{5})$/.test(error.code) ? error.code : undefined
}

/** The secret fields of a call. */
export function tokensOf ({ body, query, headers }: Pick<FastifyRequest, 'body' | 'query' | 'headers'>): string[] {
  // A header holds the scheme before its token.
  const { authorization = '', ...others } = headers
  return [...secretsIn([body, query, others]), ...authorization.split(' ')]
}

const maxSecretDepth = 32

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
