export interface FairTurnsOptions {
  /** How much runs at once */
  slots: number
  /** How much may wait */
  room: number
  /** How long something may wait, in milliseconds */
  patience: number
  /** What is thrown for what finds no room, or has waited for too long */
  refusal: () => Error
  /** The clock, in milliseconds */
  now: () => number
}

interface Waiting { since: number, begin: () => void, refuse: (error: Error) => void }

/**
 * A bound on what runs at once, in which those who wait are served in rotation: whoever brings much waits for a long time, and is in
 * nobody's way. Out: a function that runs `work` when it is the turn of `key`. Errors: `refusal`, and those of `work`.
 */
export function createFairTurns ({ slots, room, patience, refusal, now }: FairTurnsOptions): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  // The first line of the map is served next.
  const lines = new Map<string, Waiting[]>()
  let running = 0
  let waiting = 0

  /** Room for one more under a key: at the cost of who has most, unless that is the newcomer. */
  function makeRoom (line: Waiting[]): boolean {
    if (waiting < room) return true
    const longest = [...lines.values()].reduce((most, other) => other.length > most.length ? other : most, line)
    if (longest.length < line.length + 2) return false
    longest.pop()?.refuse(refusal())
    waiting--
    return true
  }

  function serve () {
    for (const [key, line] of lines) {
      if (running === slots) return
      const turn = line.shift() as Waiting // no line is empty
      lines.delete(key)
      if (line.length > 0) lines.set(key, line)
      waiting--
      if (now() - turn.since > patience) turn.refuse(refusal())
      else {
        running++
        turn.begin()
      }
    }
  }

  return async (key, work) => {
    const line = lines.get(key) ?? []
    if (!makeRoom(line)) throw refusal()
    const turn = Promise.withResolvers<void>()
    line.push({ since: now(), begin: turn.resolve, refuse: turn.reject })
    lines.set(key, line)
    waiting++
    serve()
    await turn.promise
    try {
      return await work()
    } finally {
      running--
      serve()
    }
  }
}
