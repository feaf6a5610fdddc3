import { callConnector } from '../event-delivery.ts'
import type { Token } from '../tokens.ts'
import { upperCaseNames } from './admit.ts'
import type { RestLimits } from './admit.ts'
import { methods } from './methods/index.ts'
import { RestError } from './rest-error.ts'
import { text } from './rest-method.ts'
import { timing } from './timing.ts'

/** Parameters that tell who calls: no method gets them as its own. */
const CALLER_NAMES = ['AUTH', 'ACCESS_TOKEN', 'AUTH_CONNECTOR']

/**
 * The key under which the time of a method is added up. `start`, in milliseconds, is when the call began.
 *
 * @throws RestError when the method has used its time
 */
export function checkOperating (
  { clientId, portal }: Token, { operating }: RestLimits, name: string, start: number
): string {
  const key = `${clientId} ${name.toLowerCase()}`
  if (portal.state.trouble.rest === 'overtime' || operating.isOver(key)) {
    const used = operating.of(key)
    throw new RestError('OPERATION_TIME_LIMIT', 'Method is blocked due to operation time limit.', 429, {
      time: timing(start, { ...used, operating: Math.max(used.operating, operating.limit) })
    })
  }
  return key
}

/**
 * Runs one method, which may be a part of a batch. `start`, in milliseconds, is when the call began; `notes` collects
 * what the wire shows beside the answer.
 *
 * @throws RestError when the method refuses, or must not be called
 */
export async function call (
  token: Token, limits: RestLimits, name: string, params: Record<string, unknown>, start: number, notes: string[]
) {
  const { portal } = token
  const method = portal.state.methods.get(name.toLowerCase()) ?? methods.get(name.toLowerCase())
  if (!method) {
    notes.push(`${name} is not in the sandbox`)
    throw new RestError('ERROR_METHOD_NOT_FOUND', 'Method not found!', 404)
  }
  if (method.scopes && !method.scopes.some(scope => portal.scope.includes(scope))) {
    throw new RestError('insufficient_scope',
      'The request requires higher privileges than provided by the access token', 401)
  }
  const key = checkOperating(token, limits, name, start)
  const sent = Object.fromEntries(Object.entries(params).filter(([name]) => !CALLER_NAMES.includes(name.toUpperCase())))
  const given = upperCaseNames(params)
  const answer = await callConnector.run(text(given.AUTH_CONNECTOR), () => method.run({
    params: given, sent, token, note: sentence => { notes.push(sentence) }
  }))
  limits.operating.add(key, Date.now() - start)
  return { answer, time: timing(start, limits.operating.of(key)) }
}
