import { AuthorizationServerUnavailableError } from '../../src/errors.ts'

/**
 * Waits for work no longer than so many milliseconds; the work itself goes on. In: the work is given a signal that says
 * when nobody waits for it any more. Errors: AuthorizationServerUnavailableError when patience is over, and those of the work.
 */
export async function withPatience<T> (milliseconds: number, work: (over: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const impatience = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new AuthorizationServerUnavailableError()
      over.abort(error)
      reject(error)
    }, milliseconds)
  })
  try {
    return await Promise.race([work(over.signal), impatience])
  } finally {
    clearTimeout(timer)
  }
}
