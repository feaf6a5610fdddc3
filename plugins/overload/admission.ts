import type { FastifyError, FastifyRequest, onRequestHookHandler } from 'fastify'
import { createPlaces } from './places.ts'

interface AdmissionOptions {
  /** Milliseconds that requests may wait */
  maxDelay: number
  /** How long a refusal is delayed, in milliseconds, so that who repeats the call at once does not use up the time */
  delay: number
  /** Runs when the loop has served all requests that were waiting. Default setImmediate */
  afterTurn?: (work: () => void) => unknown
  /** Milliseconds */
  now: () => number
}

// One late turn may be a garbage collection, or a burst that is over.
const lateTurns = 3
// Milliseconds without a refusal after which the overload is over
const calm = 1000
// Half of the connections that the service accepts: health checks need some, too.
const maxWaiting = 1000

/**
 * A hook that refuses the requests that there is no time for.
 *
 * Requests wait in the kernel until the event loop comes round, for as long as its turn takes. After three turns in a
 * row that took longer than `maxDelay`, requests are served in the first eighth of that time only, if there is a place
 * for them, and refused for the rest of the turn: a refusal is cheap, so the next turn comes soon.
 *
 * @param refuse returns the error for a request, or undefined to serve it nevertheless
 */
export function createAdmission (
  refuse: (request: FastifyRequest) => FastifyError | undefined, options: AdmissionOptions
): onRequestHookHandler {
  const { maxDelay, delay, afterTurn = setImmediate, now } = options
  const places = createPlaces()
  let waiting = 0
  let isTurn = false
  let began = -Infinity
  let late = 0
  let overloadedUntil = -Infinity

  function end (time: number): void {
    late = time - began > maxDelay ? late + 1 : 0
    places.endTurn(time - began > maxDelay / 2)
    if (late < lateTurns) return
    if (time > overloadedUntil) places.reset()
    overloadedUntil = time + calm
  }

  function begin (time: number): void {
    // The loop had nothing to do since the last turn.
    if (time - began > maxDelay) late = 0
    began = time
    isTurn = true
    afterTurn(() => {
      isTurn = false
      end(now())
      began = now()
    })
  }

  return (request, reply, done) => {
    const time = now()
    if (!isTurn) begin(time)
    else if (time - began > maxDelay) {
      // With many connections a turn takes seconds, as answers bring new requests. It counts as several.
      end(time)
      began = time - (time - began) % maxDelay
    }
    if (time > overloadedUntil) return done()
    if (time - began <= maxDelay / 8 && places.take(reply)) return done()
    const error = refuse(request)
    if (error === undefined) return done()
    overloadedUntil = time + calm
    if (delay === 0 || waiting >= maxWaiting) return done(error)
    waiting++
    setTimeout(() => {
      waiting--
      done(error)
    }, delay)
  }
}
