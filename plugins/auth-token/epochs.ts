import { LRUCache } from 'lru-cache'

/**
 * Says whether the installation of a portal has ended or changed since something was begun. It counts instead of reading
 * a clock: two things in one millisecond have an order, too.
 */
export interface Epochs {
  /** The present moment, to keep with whatever begins now */
  now: () => number
  /** The moment at which the present epoch of a portal began. What was begun before says nothing of the portal any more */
  since: (memberId: string) => number
  /** Ends the present epoch of a portal and begins the next. */
  end: (memberId: string) => void
}

/** In: how many portals are remembered. Of those beyond it more is forgotten than has ended, never less. */
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
