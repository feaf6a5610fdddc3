import { PortalUnavailableError } from '../../src/errors.ts'
import { redactSecrets } from '../../src/log/logger.ts'
import type { PortalReply } from './connections.ts'
import type { PortalRefusal, RestAnswer } from './rest-interface.ts'

/** The portal's code for calls that came too fast. Source: Bitrix24 REST docs, limits.md */
export const tooFast = 'QUERY_LIMIT_EXCEEDED'
/** The portal's code for a method whose time is used up. Source: the same */
export const overtime = 'OPERATION_TIME_LIMIT'

const maxText = 500
// Milliseconds. No portal blocks a method for longer than its window of ten minutes.
const usualBlock = 60_000
const longestBlock = 600_000

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const under = (value: unknown, key: string): unknown =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined

/**
 * Why a portal refused a call, if it did; without the access token, which it may repeat.
 *
 * @throws PortalUnavailableError for a fault of the portal, and for what is not an answer of a REST interface
 */
export function refusalIn ({ status, json, location }: PortalReply, accessToken: string): PortalRefusal | undefined {
  const refusal = isRedirect(status) ? undefined : readRefusal(json, false, accessToken)
  if (status >= 500 && refusal?.error !== tooFast) throw noAnswer(status)
  if (refusal !== undefined) return refusal
  // A server in front of the portal answers, or its licence is over.
  if (status >= 300) {
    return { error: `http_${status}`, text: location === undefined ? '' : `It redirects to ${pathOf(location)}` }
  }
  if (!isObject(json) || Array.isArray(json)) throw noAnswer(status)
  return undefined
}

export const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status)

const noAnswer = (status: number) =>
  new PortalUnavailableError({ cause: new Error(`status ${status}, and no answer of a REST interface`) })

/** Where a redirect leads, without its query, which may hold anything. */
const pathOf = (location: string): string => wordsOf(location.replace(/[?#].*$/s, ''), '')

/** The answers to the commands with these keys; PortalUnavailableError when one has none. */
export function batchAnswers (
  result: unknown, keys: readonly string[], accessToken: string
): Map<string, RestAnswer> {
  const [results, refusals] = [under(result, 'result'), under(result, 'result_error')]
  const [totals, nexts] = [under(result, 'result_total'), under(result, 'result_next')]
  return new Map(keys.map(key => {
    const [ok, refusal] = [under(results, key), commandRefusal(under(refusals, key), accessToken)]
    if (refusal === undefined && ok === undefined) throw noAnswer(200)
    return [key, refusal ?? { ok, ...count('total', under(totals, key)), ...count('next', under(nexts, key)) }]
  }))
}

function commandRefusal (said: unknown, accessToken: string): PortalRefusal | undefined {
  return typeof said === 'string' && said !== ''
    ? toError(said, '', accessToken)
    : readRefusal(said, isObject(said), accessToken)
}

/** The first refusal in the answer to a batch. */
export function refusalInBatch ({ json }: PortalReply, accessToken: string): PortalRefusal | undefined {
  const refusals = under(under(json, 'result'), 'result_error')
  return isObject(refusals) ? commandRefusal(Object.values(refusals)[0], accessToken) : undefined
}

/** A number of rows, if it is one. */
const count = (name: 'total' | 'next', value: unknown): { total?: number, next?: number } =>
  Number.isSafeInteger(value) ? { [name]: value } : {}

/**
 * Reads a refusal, which one is even without an `error` if `isRefused`. Old methods give no code, or a number; those of
 * REST 3.0 an object.
 */
function readRefusal (answer: unknown, isRefused: boolean, accessToken: string): PortalRefusal | undefined {
  if (!isObject(answer)) return undefined
  const { error, error_description: description, result } = answer
  const isSaid = Boolean(error) ||
    (result === undefined && (typeof error === 'string' || typeof description === 'string'))
  if (!isRefused && !isSaid) return undefined
  const [code, text] = isObject(error) ? [error['code'], messageOf(error)] : [error, description]
  return toError(code, text, accessToken)
}

function messageOf ({ message, validation }: Record<string, unknown>): string {
  const fields = Array.isArray(validation) ? validation.slice(0, 20).map(field => under(field, 'message')) : []
  return [message, ...fields].filter(text => typeof text === 'string').join(' ')
}

function toError (code: unknown, description: unknown, accessToken: string): PortalRefusal {
  const text = ['string', 'number'].includes(typeof code) ? redactSecrets(String(code), [accessToken]) : ''
  const isCode = /^[\w.-]{1,64}$/.test(text)
  return { error: isCode ? text : 'unknown', text: wordsOf(description || (isCode ? '' : text), accessToken) }
}

/** The portal's own words so that they can be shown: short, without control characters and without the token. */
function wordsOf (text: unknown, accessToken: string): string {
  if (typeof text !== 'string') return ''
  const line = redactSecrets(text, [accessToken]).replace(/[\p{C}\s]+/gu, ' ').trim()
  return line.slice(0, maxText).toWellFormed()
}

/** When the portal lets the method through again, in milliseconds since 1970. Its answer says so in seconds. */
export function freeAt (answer: unknown): number {
  const said = under(under(answer, 'time'), 'operating_reset_at')
  // Number() throws for some objects of JSON: {"valueOf":1}.
  const resetAt = isObject(said) ? NaN : Number(said) * 1000
  return resetAt > 0 ? Math.min(resetAt, Date.now() + longestBlock) : Date.now() + usualBlock
}
