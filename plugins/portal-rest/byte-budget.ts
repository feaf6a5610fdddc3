/** The bytes that one exchange holds. */
export interface Holding {
  /** Aborts when the bytes are needed for others, or by `abort` */
  signal: AbortSignal
  abort: (reason: Error) => void
  add: (bytes: number) => void
  release: () => void
}

interface Entry { memberId: string, bytes: number, abort: AbortController }

/**
 * Limits the bytes of all answers that are being read at the same time. When there are too many, the portal that holds
 * most loses its largest answer.
 */
export function createByteBudget (max: number): (memberId: string) => Holding {
  const entries = new Set<Entry>()
  let total = 0

  function remove (entry: Entry): void {
    if (entries.delete(entry)) total -= entry.bytes
  }

  function dropLargest (): void {
    const sums = new Map<string, number>()
    for (const { memberId, bytes } of entries) sums.set(memberId, (sums.get(memberId) ?? 0) + bytes)
    const sumOf = ({ memberId }: Entry) => Number(sums.get(memberId))
    const isLarger = (one: Entry, other: Entry) => (sumOf(one) - sumOf(other) || one.bytes - other.bytes) > 0
    const largest = [...entries].reduce((one, other) => isLarger(other, one) ? other : one)
    remove(largest)
    largest.abort.abort(new Error('the answers that are being read are too large, all together'))
  }

  return memberId => {
    const entry: Entry = { memberId, bytes: 0, abort: new AbortController() }
    entries.add(entry)
    return {
      signal: entry.abort.signal,
      abort: reason => entry.abort.abort(reason),
      add (bytes) {
        if (!entries.has(entry)) return
        entry.bytes += bytes
        total += bytes
        if (total > max) dropLargest()
      },
      release: () => remove(entry)
    }
  }
}
