import type { FastifyReply } from 'fastify'
import { V3Error } from './v3-error.ts'

/** Answers that were given to calls with an Idempotency-Key: the body of the call, and what it got. */
export type Given = Map<string, { asked: string, answer: object }>

/**
 * Runs a method once for each key, however often it is called: a repetition gets the first answer.
 *
 * @throws V3Error for a key that is no key, or was sent with another body
 */
export function runOnce (
  given: Given, header: string | undefined, owner: string, asked: string, reply: FastifyReply, run: () => object
): object {
  if (header === undefined) return run()
  if (!/^[\x20-\x7e]{1,255}$/.test(header)) throw new V3Error('INVALIDIDEMPOTENCYKEY', 'Invalid idempotency key')
  const key = `${owner} ${header}`
  const first = given.get(key)
  if (first && first.asked !== asked) throw new V3Error('IDEMPOTENCYKEYREUSED', 'Idempotency key was reused', 422)
  reply.header('Idempotency-Key', header)
  if (first) {
    reply.header('Idempotent-Replayed', 'true')
    return first.answer
  }
  const answer = run()
  given.set(key, { asked, answer })
  return answer
}
