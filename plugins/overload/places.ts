import type { FastifyReply } from 'fastify'

// Calls that came before the overload was noticed take none, and have to be answered, too.
const first = 4

/**
 * How many calls may be unanswered at once in an overload. A call that waits for something else, such as the proof of
 * its token, comes back when nobody can refuse it any more: with too many of them each turn of the loop is long. So
 * each call that is answered in a short turn makes room for more, and each that is answered in a long one for less.
 */
export function createPlaces () {
  let limit = first
  let taken = 0
  let wasLong = false
  // Until the first long turn, it is looked for quickly.
  let isSearching = true

  function leave (): void {
    // A limit that nobody comes near says nothing.
    const isUsed = taken > limit / 2
    taken--
    if (wasLong) {
      isSearching = false
      limit = Math.max(first, limit - 0.5)
    } else if (isUsed) limit += isSearching ? 1 : 0.25
  }

  return {
    /** Begins with few, as an overload has begun. */
    reset (): void {
      limit = first
      isSearching = true
    },
    /** Tells whether the last turn was a long one. */
    endTurn (isLong: boolean): void { wasLong = isLong },
    /** Takes a place until the call is answered, or its connection lost. False: there is none left. */
    take ({ raw }: FastifyReply): boolean {
      if (taken >= limit) return false
      taken++
      raw.once('close', leave)
      return true
    }
  }
}
