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
 * A limit on the bytes of all answers that are being read at the same time. When they are too many, the portal that holds most
 * gives way, with its largest answer.
 */
export function createByteBudget (max: number): (memberId: string) => Holding {
  const entries = new Set<Entry>()
  let total = 0

  function remove (entry: Entry): void {
    if (entries.delete(entry)) total -= entry.bytes
  }

  function giveWay (): void {
    const portals = Object.values(Object.groupBy(entries, ({ memberId }) => memberId)).map(entries => entries ?? [])
    const sum = (entries: Entry[]) => entries.reduce((sum, { bytes }) => sum + bytes, 0)
    const [heaviest = []] = portals.sort((one, other) => sum(other) - sum(one))
    const [largest] = heaviest.sort((one, other) => other.bytes - one.bytes)
    if (largest === undefined) return
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
        if (total > max) giveWay()
      },
      release: () => remove(entry)
    }
  }
}
