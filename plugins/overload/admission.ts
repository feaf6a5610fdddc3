interface AdmissionOptions {
  /** Milliseconds that requests may wait */
  maxDelay: number
  /** Runs when the loop has served all requests that were waiting. Default setImmediate */
  afterTurn?: (work: () => void) => unknown
  /** Milliseconds. Default performance.now */
  now?: () => number
}

// One late turn may be a garbage collection, or a burst that is over.
const lateTurns = 3
// Milliseconds without a refusal after which the overload is over
const calm = 1000

/**
 * Tells for each request whether there is time for it.
 *
 * Requests wait in the kernel until the event loop comes round, for as long as its turn takes. After three turns in a
 * row that took longer than `maxDelay`, requests are served in the first half of that time only, and refused for the
 * rest of the turn: a refusal is cheap, so the next turn comes soon.
 */
export function createAdmission (options: AdmissionOptions): () => boolean {
  const { maxDelay, afterTurn = setImmediate, now = () => performance.now() } = options
  let isTurn = false
  let began = -Infinity
  let late = 0
  let overloadedUntil = -Infinity

  function end (time: number): void {
    late = time - began > maxDelay ? late + 1 : 0
    if (late >= lateTurns) overloadedUntil = time + calm
    began = time
  }

  function begin (time: number): void {
    // The loop had nothing to do since the last turn.
    if (time - began > maxDelay) late = 0
    began = time
    isTurn = true
    afterTurn(() => {
      isTurn = false
      end(now())
    })
  }

  return () => {
    const time = now()
    if (!isTurn) begin(time)
    // With many connections a turn takes seconds, as answers bring new requests. It counts as several.
    else if (time - began > maxDelay) end(time)
    if (time > overloadedUntil || time - began <= maxDelay / 2) return true
    overloadedUntil = time + calm
    return false
  }
}
