import { LRUCache } from 'lru-cache'

/**
 * Tells whether the installation of a portal has changed since something began. It counts instead of reading a clock,
 * so that two events of one millisecond have an order.
 */
export interface Epochs {
  /** The present moment, to keep with what begins now */
  now: () => number
  /** The moment at which the portal's present epoch began: what began earlier no longer counts */
  since: (memberId: string) => number
  /** Ends the portal's present epoch */
  end: (memberId: string) => void
}

/** Remembers the newest epochs of `max` portals. For all others, the last one that was forgotten counts. */
export function createEpochs (max = 10_000): Epochs {
  let moment = 0
  let forgotten = 0
  // Only `end` moves an entry, so the one that is pushed out began before all others.
  const begun = new LRUCache<string, number>({
    max,
    dispose (began, _memberId, reason) { if (reason === 'evict') forgotten = began }
  })
  return {
    now: () => moment,
    since: memberId => begun.peek(memberId) ?? forgotten,
    end (memberId) { begun.set(memberId, ++moment) }
  }
}
