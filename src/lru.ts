/** Options of an LRUCache of at most so many entries. With `max` it would take the memory of all of them at once. */
export const upTo = (entries: number) => ({ maxSize: entries, sizeCalculation: () => 1 })

/**
 * Options of an LRUCache whose entries live so many milliseconds by this clock, also when it is put back: they would
 * stay until it is as late again.
 */
export function living (ttl: number, now: () => number) {
  let [last, putBack] = [now(), 0]
  function passed (): number {
    const time = now()
    putBack += Math.max(0, last - time)
    last = time
    return time + putBack
  }
  return { ttl, ttlResolution: 0, perf: { now: passed } }
}
