import type { Token } from '../tokens.ts'
import type { RestLimits } from './admit.ts'
import { RestError } from './rest-error.ts'
import { timing } from './timing.ts'

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
