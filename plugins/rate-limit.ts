import { hash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { RateLimitedError } from '../src/errors.ts'
import { createTokenBuckets } from '../src/token-buckets.ts'

export interface RateLimitOptions {
  /** How many calls one user may make at once, as with many tabs that are opened again. Default 60 */
  burst?: number
  /** How many more a second after that. Default 5 */
  perSecond?: number
  /** How many users are remembered; the one who called longest ago is forgotten first. Default 20 000 */
  maxUsers?: number
  /** The clock, in milliseconds. Default Date.now */
  now?: () => number
}

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Counts a call of a user, after it is known who that is: what is not proven would use up the calls of others.
     * In: the portal, and who on it. Errors: RateLimitedError (429), which says for how long to wait.
     */
    limitRate: (memberId: string, user: number | string) => void
  }
}

/** One limit for everything that a user does, so that nobody's flood of good calls slows the others. */
async function rateLimit (fastify: FastifyInstance, { burst = 60, perSecond = 5, maxUsers = 20_000, now = Date.now }: RateLimitOptions) {
  if (!(burst >= 1 && perSecond > 0)) throw new Error('rate-limit: options.burst and options.perSecond must let somebody in')
  const buckets = createTokenBuckets({ burst, perSecond, maxKeys: maxUsers })
  fastify.decorate('limitRate', (memberId: string, user: number | string) => {
    const seconds = buckets.take(hash('sha256', `${memberId} ${user}`, 'base64'), now())
    if (seconds > 0) throw new RateLimitedError(seconds)
  })
}

export default fp(rateLimit, { fastify: '5.x', name: 'b24-rate-limit' })
