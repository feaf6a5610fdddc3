import type { FastifyError, FastifyRequest, onRequestHookHandler } from 'fastify'
import { createPlaces } from './places.ts'

interface AdmissionOptions {
  /** Milliseconds that requests may wait */
  maxDelay: number
  /** How long a refusal is delayed, in milliseconds, so that whoever repeats the call does not use up the time */
  delay: number
  /** Runs when the loop has served all requests that were waiting. Default setImmediate */
  afterTurn?: (work: () => void) => unknown
  /** Milliseconds */
  now: () => number
  /** Milliseconds in which the event loop had nothing to do, since the process began */
  idle: () => number
}

// One late turn may be a garbage collection, or a burst that is over.
const lateTurns = 3
// Milliseconds after which it is asked whether an overload is over
const period = 1000
// Half of the connections that the service accepts: health checks need some, too.
const maxWaiting = 1000

/**
 * Finds the requests that there is no time for.
 *
 * Requests wait in the kernel until the event loop comes round, for as long as its turn takes. After three turns in a
 * row that took longer than `maxDelay`, requests are served only at the start of a turn, if there is a place for them,
 * and refused for the rest of it: a refusal is cheap, so the next turn comes soon.
 *
 * @param refuse returns the error for a request, or undefined to serve it nevertheless
 */
export function createAdmission (
  refuse: (request: FastifyRequest) => FastifyError | undefined, options: AdmissionOptions
) {
  const { maxDelay, delay, afterTurn = setImmediate, now, idle } = options
  const places = createPlaces()
  let waiting = 0
  let isTurn = false
  let began = -Infinity
  let late = 0
  let isOverloaded = false
  // Of the period that has begun last
  let since = { time: 0, idle: 0 }
  let served = 0
  let refused = 0

  function beginPeriod (time: number): void {
    since = { time, idle: idle() }
    served = refused = 0
  }

  function end (time: number): void {
    late = time - began > maxDelay ? late + 1 : 0
    if (late < lateTurns || isOverloaded) return
    isOverloaded = true
    places.reset()
    beginPeriod(time)
  }

  /** Notices a turn that has begun, or does not end. */
  function look (time: number): void {
    if (!isTurn) {
      // The loop had nothing to do since the last turn.
      if (time - began > maxDelay) late = 0
      began = time
      isTurn = true
      afterTurn(() => {
        isTurn = false
        end(now())
        began = now()
      })
    } else if (time - began > maxDelay) {
      // With many connections a turn takes seconds, as answers bring new requests. It counts as several.
      end(time)
      began = time - (time - began) % maxDelay
    }
    if (isOverloaded && time - since.time >= period) endPeriod(time)
  }

  /** An overload is over when the idle time would have been enough for those who were refused. */
  function endPeriod (time: number): void {
    const free = idle() - since.idle
    const each = (time - since.time - free) / Math.max(served, 1)
    if (refused * each <= free) isOverloaded = false
    else beginPeriod(time)
  }

  const enter: onRequestHookHandler = (request, reply, done) => {
    const time = now()
    look(time)
    if (!isOverloaded) return done()
    if (time - began <= maxDelay / 32 && places.take(reply)) {
      served++
      return done()
    }
    const error = refuse(request)
    if (error === undefined) return done()
    refused++
    if (delay === 0 || waiting >= maxWaiting) return done(error)
    waiting++
    setTimeout(() => {
      waiting--
      done(error)
    }, delay)
  }

  /** Refuses a call that has waited for something else, and comes back when there is no time for it. */
  function throwIfOverloaded (this: FastifyRequest): void {
    const time = now()
    look(time)
    if (!isOverloaded || time - began <= maxDelay / 2) return
    const error = refuse(this)
    if (error === undefined) return
    places.close()
    refused++
    throw error
  }

  return { enter, throwIfOverloaded }
}
