/** What an answer tells about the time that a method has used. */
export interface Operating {
  /** Unix seconds when the oldest of the counted minutes is forgotten. */
  operating_reset_at: number
  /** Seconds within the last ten minutes. */
  operating: number
}

const MINUTES = 10
/** Seconds within them that a method may work, under every licence. */
const LIMIT = 480
/** Shorter calls are not counted, in milliseconds. */
const SHORTEST = 100

/** Adds up how long the calls of each method take, in ten buckets of a minute. */
export class OperatingTime {
  /** Seconds within ten minutes; above them a method is blocked. */
  readonly limit: number
  /** By key: minutes since 1970 and milliseconds used in them. */
  readonly #used = new Map<string, Map<number, number>>()

  constructor (limit = LIMIT) {
    this.limit = limit
  }

  /**
   * Counts a call that took `duration` milliseconds. The key names application and method; `now` is in milliseconds.
   */
  add (key: string, duration: number, now = Date.now()): void {
    if (duration < SHORTEST) return
    const minutes = this.#recent(key, now)
    const minute = Math.floor(now / 60_000)
    minutes.set(minute, (minutes.get(minute) ?? 0) + duration)
    this.#used.set(key, minutes)
  }

  /** What has been used; `now` is in milliseconds. */
  of (key: string, now = Date.now()): Operating {
    const minutes = this.#recent(key, now)
    const oldest = Math.min(Math.floor(now / 60_000), ...minutes.keys())
    const used = [...minutes.values()].reduce((sum, duration) => sum + duration, 0)
    return { operating_reset_at: (oldest + MINUTES) * 60, operating: used / 1000 }
  }

  /** Whether nothing is left of the limit; `now` is in milliseconds. */
  isOver (key: string, now = Date.now()): boolean {
    return this.of(key, now).operating > this.limit
  }

  #recent (key: string, now: number): Map<number, number> {
    const first = Math.floor(now / 60_000) - MINUTES + 1
    return new Map([...this.#used.get(key) ?? []].filter(([minute]) => minute >= first))
  }
}
