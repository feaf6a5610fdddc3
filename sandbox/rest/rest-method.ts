import type { Token } from '../tokens.ts'
import { map, text } from '../request-params.ts'
import { RestError } from './rest-error.ts'

export { map, numbers, text, texts } from '../request-params.ts'

/** One call of a REST method. */
export interface RestCall {
  /** The names of the parameters are in upper case: they are case-insensitive. */
  params: Record<string, unknown>
  /** The same parameters under the names that were sent, but for the token. */
  sent: Record<string, unknown>
  token: Token
  /** Adds a sentence to the entry of the call on the wire, such as what is not in the sandbox. */
  note (sentence: string): void
}

/** A REST method of the portal. */
export interface RestMethod {
  /** The application needs one of these scopes; every application may call it without them. */
  scopes?: string[]
  /** The value of `result`, or a promise of it; a Page where `next` and `total` stand beside it. */
  run (call: RestCall): unknown
}

/** Names of methods and the methods. */
export type RestMethods = Record<string, RestMethod>

/** Methods for applications with one of these scopes. */
export const scoped = (scopes: string[], runs: Record<string, RestMethod['run']>): RestMethods =>
  Object.fromEntries(Object.entries(runs).map(([name, run]) => [name, { scopes, run }]))

/** A parameter of the older methods of the CRM that must be a map: empty when it is missing, unless it is required. */
export function mapParameter ({ params }: RestCall, name: string, isRequired = false): Record<string, unknown> {
  const { [name.toUpperCase()]: value = isRequired ? '' : {} } = params
  if (typeof value !== 'object') throw new RestError('', `Parameter '${name}' must be array.`)
  return map(value)
}

/** Whether a flag is set, in JSON or in a form. */
export const isTrue = (value: unknown): boolean => value === true || ['true', '1', 'Y'].includes(text(value))

/** Nobody but administrators may do this. `reason` says more of it. */
export const accessDenied = (reason = ''): RestError =>
  new RestError('ACCESS_DENIED', `Access denied! ${reason}`.trim(), 403)

/** Refuses everybody but administrators. */
export function requireAdmin ({ token }: RestCall, reason?: string): void {
  if (!token.user.admin) throw accessDenied(reason)
}

/** Refuses an address that the portal would not call. */
export function checkHandler (handler: string): void {
  const url = URL.parse(handler)
  if (url && url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new RestError('ERROR_UNSUPPORTED_PROTOCOL', 'Unsupported handler protocol')
  }
  if (!url?.hostname.includes('.')) throw new RestError('ERROR_WRONG_HANDLER_URL', 'Wrong handler URL')
}
