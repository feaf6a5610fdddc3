type Length = () => number

// Weak, as most queues are never closed.
const watched = new Map<string, Set<WeakRef<Length>>>()

/** Lets a queue be seen by `queueLengths`, for as long as its owner keeps the function. */
export function watchLength (name: string, length: Length): Length {
  const lengths = watched.get(name) ?? new Set()
  watched.set(name, lengths.add(new WeakRef(length)))
  return length
}

/** How much runs or waits in the queues of this process; queues of one name are added up. */
export function queueLengths (): Map<string, number> {
  const sum = (lengths: Set<WeakRef<Length>>) => [...lengths].reduce((sum, ref) => sum + (ref.deref()?.() ?? 0), 0)
  return new Map([...watched].map(([name, lengths]) => [name, sum(lengths)]))
}
