/** Work that is given a signal, which aborts when nobody waits for it any more. */
export type TimedWork<T> = (over: AbortSignal) => Promise<T>

/**
 * Waits for work, but not longer than so many milliseconds. The work itself may go on.
 *
 * @throws what `lateness` makes, which is the reason of the signal, too; or whatever the work throws
 */
export async function withDeadline<T> (milliseconds: number, lateness: () => Error, work: TimedWork<T>): Promise<T> {
  const over = new AbortController()
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    over.abort(lateness())
    late.reject(over.signal.reason)
  }, milliseconds)
  return await Promise.race([work(over.signal), late.promise]).finally(() => clearTimeout(timer))
}
