import type { FastifyReply } from 'fastify'

const first = 4

/**
 * How many calls may be unanswered at once in an overload. A call that waits for something else, such as the proof of
 * its token, comes back later: with too many of them there is no time for all. So each that is answered makes room for
 * more, and each that has to be refused then for less.
 */
export function createPlaces () {
  let limit = first
  let taken = 0
  // Until the first is refused, the limit is looked for quickly.
  let isSearching = true

  function leave (): void {
    // A limit that nobody comes near says nothing.
    if (taken > limit / 2) limit += isSearching ? 1 : 0.25
    taken--
  }

  return {
    /** Begins with few, as an overload has begun. */
    reset (): void {
      limit = first
      isSearching = true
    },
    /** A call had no time when it came back. */
    close (): void {
      isSearching = false
      limit = Math.max(first, limit - 1)
    },
    /** Takes a place until the call is answered, or its connection lost. False: there is none left. */
    take ({ raw }: FastifyReply): boolean {
      if (taken >= limit) return false
      taken++
      raw.once('close', leave)
      return true
    }
  }
}
