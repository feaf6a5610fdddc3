import type { Test } from 'tap'

/**
 * The clock of this process, which a test moves; the real one again after it. What keeps the function `Date.now`, as
 * plugins do, has to be started later.
 */
export function movableClock (t: Test): { advance: (milliseconds: number) => void } {
  const { now } = Date
  let ahead = 0
  Date.now = () => now() + ahead
  t.after(() => { Date.now = now })
  return { advance (milliseconds) { ahead += milliseconds } }
}
