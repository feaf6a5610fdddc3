/**
 * Lets `size` pieces of work run at the same time under each key; the others wait for their turn, and never for another key.
 * In: keys from a bounded set, each is kept.
 */
export function createSlots (size: number): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const rows = new Map<string, { free: number, waiting: Array<() => void> }>()
  return async (key, work) => {
    const row = rows.get(key) ?? { free: size, waiting: [] }
    rows.set(key, row)
    if (row.free > 0) row.free--
    else await new Promise<void>(resolve => row.waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = row.waiting.shift()
      if (next === undefined) row.free++
      else next()
    }
  }
}
