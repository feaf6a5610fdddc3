import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { createRateLimit } from '../../src/http/rate-limits.ts'
import { checkOptions, optional, rule } from '../../src/schemas/plugin-options.ts'

export interface RateLimitOptions {
  /** How many calls one user may make at once, as with many tabs that are opened again. Default 60 */
  burst?: number
  /** How many more a second after that. Default 5 */
  perSecond?: number
  /** How long the answer to a call beyond the limit is delayed, in milliseconds, to slow a flood. Default 1000 */
  delay?: number
  /** Milliseconds since 1970. Default Date.now */
  now?: () => number
}

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Counts a call of a user. Only for verified calls: others would use up the user's limit.
     *
     * @throws RateLimitedError (429), which says how long to wait
     */
    limitRate: (memberId: string, user: number | string) => Promise<void>
  }
}

const maxUsers = 20_000

/** One limit for everything that a user does, so that no user's flood slows the others. */
async function rateLimit (fastify: FastifyInstance, options: RateLimitOptions) {
  checkOptions('rate-limit', options, {
    burst: optional(rule.atLeast(1)),
    perSecond: optional(rule.aboveZero),
    delay: optional(rule.atLeast(0)),
    now: optional(rule.clock)
  })
  const { burst = 60, perSecond = 5, delay = 1000, now = Date.now } = options
  const closing = new AbortController()
  fastify.addHook('preClose', async () => closing.abort())
  const limitRate = createRateLimit({ burst, perSecond, maxKeys: maxUsers, delay, closing: closing.signal, now })
  fastify.decorate('limitRate', limitRate)
}

export default fp(rateLimit, { fastify: '5.x', name: 'b24-rate-limit' })
