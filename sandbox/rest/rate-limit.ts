/** How fast an address may call. */
export interface RateLimitOptions {
  /** Calls that fit into the bucket. */
  size: number
  /** Calls that leave the bucket each second. */
  leak: number
}

/** The leaky bucket of a portal: one for each address that calls it. */
export class RateLimit {
  readonly #buckets = new Map<string, { level: number, at: number }>()

  /** Counts a call of this address. False when it is one too many; it is not counted then. `now` is in milliseconds. */
  take (address: string, { size, leak }: RateLimitOptions, now = Date.now()): boolean {
    const { level, at } = this.#buckets.get(address) ?? { level: 0, at: now }
    const left = Math.max(0, level - (now - at) / 1000 * leak)
    const fits = left + 1 <= size
    this.#buckets.set(address, { level: fits ? left + 1 : left, at: now })
    return fits
  }
}
