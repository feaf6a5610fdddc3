import type { FastifyRequest } from 'fastify'
import { redactSecrets } from './logger.ts'
import { codeOf, secretsIn, shortened, tokensOf } from './fields.ts'

// Characters, once for each secret. A call may carry thousands of values, and portals write texts of any length.
const maxLook = 3_000_000

/** A copy of an error for the log: its text, and that of its causes, without what the call carried. */
export function cleanError (error: unknown, request: FastifyRequest): Error {
  try {
    return clean(error, secretsOf(request))
  } catch {
    // A getter has thrown. What it says may be a secret, too.
    return new TypeError('an error that cannot be read was thrown')
  }
}

function clean (error: unknown, secrets: readonly string[], isInner = false): Error {
  if (!(error instanceof Error)) return new TypeError('something other than an Error was thrown')
  const text = (value: unknown) => withoutSecrets(String(value), secrets)
  const { name, message, stack = '', cause } = error
  const options = cause instanceof Error && !isInner ? { cause: clean(cause, secrets, true) } : {}
  const copy = 'errors' in error && Array.isArray(error.errors) && !isInner
    ? new AggregateError(error.errors.map(one => clean(one, secrets, true)), text(message), options)
    : new Error(text(message), options)
  const code = codeOf(error)
  return Object.assign(copy, { name: text(name), stack: text(stack), ...(code !== undefined && { code: text(code) }) })
}

/** A text that is too long to look for so many secrets in it is left out. */
const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  text.length * secrets.length > maxLook ? '[more]' : shortened(redactSecrets(text, secrets))

/** The secret fields of a call, and all that its link or its page says. */
function secretsOf (request: FastifyRequest): string[] {
  const { placement, screen } = request
  const secrets = [...tokensOf(request), ...secretsIn([placement?.options, placement?.uri], /./)]
  // A screen is named like its file, which is in every stack.
  return secrets.filter(text => text !== screen?.name)
}
