/**
 * Waits for work, but not longer than so many milliseconds. The work may go on; its signal says that nobody waits.
 *
 * @throws what `lateness` makes, which is the reason of the signal, too; or whatever the work throws
 */
export async function withDeadline<T> (
  milliseconds: number, lateness: () => Error, work: (over: AbortSignal) => Promise<T>
): Promise<T> {
  const over = new AbortController()
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    over.abort(lateness())
    late.reject(over.signal.reason)
  }, milliseconds)
  return await Promise.race([work(over.signal), late.promise]).finally(() => clearTimeout(timer))
}
