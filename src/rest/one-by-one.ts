import { setImmediate as nextTurn } from 'node:timers/promises'
import { createFairTurns } from '../fair-turns.ts'
import { busy } from './fair-slots.ts'

/**
 * One piece of work in a turn of the event loop, by key in rotation, so that there is a turn for all others, too. When its signal
 * aborts, a piece ends at once, and is not begun any more.
 * In: milliseconds that a piece may wait. Errors: PortalSilentError when that is over; the signal's reason; those of the work.
 */
export function createOneByOne (patience: number): <T>(key: string, signal: AbortSignal, work: () => T) => Promise<T> {
  const inTurn = createFairTurns({ slots: 1, room: 1000, patience, refusal: busy, now: Date.now })
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
