import { performance } from 'node:perf_hooks'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { OverloadedError } from '../../src/errors.ts'
import { checkOptions, optional, rule } from '../../src/schemas/plugin-options.ts'
import { createAdmission } from './admission.ts'
import { createAfterTurn } from './after-turn.ts'

export interface OverloadOptions {
  /** Milliseconds that requests may wait for the event loop. 0: nobody is refused. Default 50 */
  maxDelay?: number
  /** How long a refusal is delayed, in milliseconds, to slow those who repeat calls. Default 1000 */
  delay?: number
  /** Milliseconds. Default performance.now */
  now?: () => number
  /** Milliseconds in which the event loop had nothing to do. Default those of performance.eventLoopUtilization */
  idle?: () => number
}

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * For calls that have waited for something else, before the work that takes time. Undefined without a `maxDelay`
     *
     * @throws OverloadedError (503) if there is no time for the call
     */
    throwIfOverloaded?: () => void
  }
  interface FastifyContextConfig {
    /** Serves this route also under overload, as those with a `logLevel` of `warn`. For what is sent only once */
    isAlwaysServed?: boolean
  }
}

// Milliseconds between two lines of the log
const logPause = 10_000

/**
 * Refuses the requests that there is no time for with 503, so that the others are served quickly. Not of
 * @fastify/under-pressure: it refuses everybody while its sample of the last second was late, then nobody again.
 */
async function overload (fastify: FastifyInstance, options: OverloadOptions) {
  checkOptions('overload', options, {
    maxDelay: optional(rule.atLeast(0)),
    delay: optional(rule.atLeast(0)),
    now: optional(rule.clock),
    idle: optional(rule.clock)
  })
  const { maxDelay = 50, delay = 1000, now = () => performance.now(), idle = idleTime } = options
  if (maxDelay === 0) return
  const error = new OverloadedError()
  let refused = 0
  let loggedAt = -Infinity

  const { enter, throwIfOverloaded } = createAdmission(request => {
    if (isAlwaysServed(request)) return undefined
    refused++
    // A line for each would cost as much as the page.
    request.log.level = 'silent'
    if (now() - loggedAt > logPause) {
      loggedAt = now()
      fastify.log.warn({ refused }, 'overloaded: calls are refused with 503')
    }
    return error
  }, { maxDelay, delay, afterTurn: createAfterTurn(fastify.server), now, idle })
  fastify.addHook('onRequest', enter)
  fastify.decorateRequest('throwIfOverloaded', throwIfOverloaded)
}

const idleTime = () => performance.eventLoopUtilization().idle

/** Files and health checks are not logged as calls are. An event, or an installation, is sent only once. */
const isAlwaysServed = ({ routeOptions: { config, logLevel } }: FastifyRequest): boolean =>
  config.isAlwaysServed === true || logLevel === 'warn'

export default fp(overload, { fastify: '5.x', name: 'b24-overload' })
