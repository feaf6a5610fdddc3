import { setImmediate as nextTurn } from 'node:timers/promises'
import { createFairQueue } from '../../src/queues/fair-queue.ts'

/** Runs `work` when it is the turn of `key`; when the signal aborts, it is over at once, or not begun any more. */
export type OneByOne = <T>(key: string, signal: AbortSignal, work: () => T) => Promise<T>

/**
 * Runs one piece of work in a turn of the event loop, so that everything else has turns, too.
 *
 * @param patience milliseconds that a piece may wait
 * @param rejection the error for one that has waited too long, or finds no room
 */
export function createOneByOne (patience: number, rejection: () => Error): OneByOne {
  const inTurn = createFairQueue({ slots: 1, room: 1000, patience, rejection })
  return <T>(key: string, signal: AbortSignal, work: () => T) => new Promise<T>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    inTurn(key, async () => {
      signal.throwIfAborted()
      await nextTurn()
      signal.throwIfAborted()
      return work()
    }).then(resolve, reject)
  })
}
