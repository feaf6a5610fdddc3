interface Lane { replaced: AbortController, next: PromiseWithResolvers<Lane> | undefined }

/**
 * Under each key, lets one piece of work run and one wait: the latest. Its coming aborts the signal of what runs, and
 * rejects what waited.
 */
export function createLatestOnly (rejection: () => Error) {
  const lanes = new Map<string, Lane>()

  function open (key: string): Lane {
    const lane: Lane = { replaced: new AbortController(), next: undefined }
    lanes.set(key, lane)
    return lane
  }

  async function waitBehind (lane: Lane): Promise<Lane> {
    lane.next?.reject(rejection())
    lane.next = Promise.withResolvers()
    lane.replaced.abort()
    return await lane.next.promise
  }

  return async <T>(key: string, work: (replaced: AbortSignal) => Promise<T>): Promise<T> => {
    const before = lanes.get(key)
    const lane = before === undefined ? open(key) : await waitBehind(before)
    try {
      return await work(lane.replaced.signal)
    } finally {
      if (lane.next === undefined) lanes.delete(key)
      // Opened at once, so that nothing else can start before the next one does.
      else lane.next.resolve(open(key))
    }
  }
}
