// What the readings of all answers and lists share: memory, and turns of the event loop.
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'
import { createFairQueue } from '../../src/queues/fair-queue.ts'

interface Entry { memberId: string, bytes: number, abort: AbortController }

export type ByteBudget = ReturnType<typeof createByteBudget>

/**
 * Limits the bytes of all answers, or lists, that are being read at the same time. When there are too many, the portal
 * that holds most loses its largest one.
 */
export function createByteBudget (max: number, what: 'answers' | 'lists') {
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
    largest.abort.abort(new Error(`the ${what} that are being read are too large, all together`))
  }

  return (memberId: string) => {
    const entry: Entry = { memberId, bytes: 0, abort: new AbortController() }
    entries.add(entry)
    return {
      /** Aborts when the bytes are needed for others, or by `abort` */
      signal: entry.abort.signal as AbortSignal,
      abort: (reason: Error) => entry.abort.abort(reason),
      add (bytes: number): void {
        if (!entries.has(entry)) return
        entry.bytes += bytes
        total += bytes
        if (total > max) dropLargest()
      },
      release: () => remove(entry)
    }
  }
}

/**
 * Runs one piece of work in a turn of the event loop, and then none for as long as it took: everything else has turns,
 * and half of the time. Keys take turns; work whose signal aborts is over at once, or not begun any more.
 */
export function createOneByOne (patience: number, rejection: () => Error) {
  const inTurn = createFairQueue({ name: 'portal-answers', slots: 1, room: 1000, patience, rejection })
  return <T>(key: string, signal: AbortSignal, work: () => T) => new Promise<T>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    inTurn(key, async () => {
      signal.throwIfAborted()
      await nextTurn()
      signal.throwIfAborted()
      const begin = performance.now()
      try {
        resolve(work())
      } finally {
        await wait(performance.now() - begin)
      }
    }).catch(reject)
  })
}
