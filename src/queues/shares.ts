interface Share<Value> { values: Map<string, Value>, bytes: number }

/**
 * Values of several owners: `max` together at most, and of `maxBytes` at most. Beyond that, the owner with the most
 * bytes loses their oldest value.
 */
export function createShares<Value> (max: number, maxBytes: number, bytesOf: (value: Value) => number) {
  const shares = new Map<string, Share<Value>>()
  let [size, bytes] = [0, 0]

  function change (owner: string, share: Share<Value>, values: number, more: number): void {
    share.bytes += more
    bytes += more
    size += values
    if (share.values.size === 0) shares.delete(owner)
  }

  function remove (owner: string, share: Share<Value>, key: string, value: Value): Value {
    share.values.delete(key)
    change(owner, share, -1, -bytesOf(value))
    return value
  }

  function dropOldest (): void {
    const [owner, share] = [...shares].reduce((most, other) => other[1].bytes > most[1].bytes ? other : most)
    const [key, value] = share.values.entries().next().value as [string, Value] // an owner with bytes has a value
    remove(owner, share, key, value)
  }

  const isFull = () => size > max || bytes > maxBytes

  return {
    get size () { return size },
    get: (owner: string, key: string): Value | undefined => shares.get(owner)?.values.get(key),
    /** Returns how many values were dropped to make room. */
    set (owner: string, key: string, value: Value): number {
      const share = shares.get(owner) ?? { values: new Map(), bytes: 0 }
      const known = share.values.get(key)
      shares.set(owner, share)
      share.values.set(key, value)
      change(owner, share, known === undefined ? 1 : 0, bytesOf(value) - (known === undefined ? 0 : bytesOf(known)))
      let dropped = 0
      for (; isFull(); dropped++) dropOldest()
      return dropped
    },
    /** Takes so many values out, the oldest of each owner first. */
    take (count: number): Value[] {
      const taken: Value[] = []
      for (const [owner, share] of shares) {
        for (const [key, value] of share.values) {
          if (taken.length === count) return taken
          taken.push(remove(owner, share, key, value))
        }
      }
      return taken
    }
  }
}
