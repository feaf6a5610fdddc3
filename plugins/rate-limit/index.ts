import { hash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { RateLimitedError } from '../../src/errors.ts'
import { createTokenBuckets } from '../../src/http/token-buckets.ts'

export interface RateLimitOptions {
  /** How many calls one user may make at once, as with many tabs that are opened again. Default 60 */
  burst?: number
  /** How many more a second after that. Default 5 */
  perSecond?: number
  /** How many users are remembered; the one who called longest ago is forgotten first. Default 20 000 */
  maxUsers?: number
  /** How long a refusal is held back, in milliseconds, so that a flood comes no faster than that. Default 1000 */
  delay?: number
  /** The clock, in milliseconds. Default Date.now */
  now?: () => number
}

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Counts a call of a user, after it is known who that is: what is not proven would use up the calls of others.
     * In: the portal, and who on it. Errors: RateLimitedError (429), which says for how long to wait.
     */
    limitRate: (memberId: string, user: number | string) => Promise<void>
  }
}

// What is held back keeps a connection; with this many held already, the next is refused at once.
const maxHeld = 200

/** One limit for everything that a user does, so that nobody's flood of good calls slows the others. */
async function rateLimit (fastify: FastifyInstance, { burst = 60, perSecond = 5, maxUsers = 20_000, delay = 1000, now = Date.now }: RateLimitOptions) {
  if (!(burst >= 1 && perSecond > 0)) throw new Error('rate-limit: options.burst and options.perSecond must let somebody in')
  const buckets = createTokenBuckets({ burst, perSecond, maxKeys: maxUsers })
  const closing = new AbortController()
  let held = 0
  fastify.addHook('preClose', async () => closing.abort())

  fastify.decorate('limitRate', async (memberId: string, user: number | string) => {
    const seconds = buckets.take(hash('sha256', `${memberId} ${user}`, 'base64'), now())
    if (seconds === 0) return
    if (held < maxHeld) {
      held++
      await wait(delay, undefined, { signal: closing.signal }).catch(() => {})
      held--
    }
    throw new RateLimitedError(seconds)
  })
}

export default fp(rateLimit, { fastify: '5.x', name: 'b24-rate-limit' })
