import { PortalUnavailableError, TooManyInstallationsError } from '../../src/errors.ts'

/** Work with a time of its own. The signal aborts when it is over: nothing may be written after that. */
export type TimedWork<T> = (signal: AbortSignal) => Promise<T>

/**
 * Waits for work until its time is over.
 * In: milliseconds. Errors: PortalUnavailableError, as nobody but the portal can take so long.
 */
export async function withDeadline<T> (timeout: number, work: TimedWork<T>): Promise<T> {
  const late = new AbortController()
  return await new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      late.abort(new PortalUnavailableError())
      reject(late.signal.reason)
    }, timeout)
    work(late.signal).then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

export interface TurnsOptions {
  /** Milliseconds that a turn may take; the next one starts then */
  timeout: number
  /** How many have a turn or wait for one, under one key */
  max: number
}

/**
 * Lets work on one thing run one after the other, and work on different things side by side.
 * Out: a function that runs `work` when everything started before under the same key has ended or taken too long.
 * Its errors: PortalUnavailableError (too long), TooManyInstallationsError (too many wait).
 */
export function createTurns ({ timeout, max }: TurnsOptions): <T>(key: string, work: TimedWork<T>) => Promise<T> {
  const queues = new Map<string, { last: Promise<unknown>, size: number }>()
  return async (key, work) => {
    const queue = queues.get(key) ?? { last: Promise.resolve(), size: 0 }
    if (queue.size >= max) throw new TooManyInstallationsError()
    const turn = queue.last.catch(() => undefined).then(() => withDeadline(timeout, work))
    queues.set(key, Object.assign(queue, { last: turn, size: queue.size + 1 }))
    try {
      return await turn
    } finally {
      queue.size--
      if (queue.size === 0) queues.delete(key)
    }
  }
}

/**
 * Lets one piece of work run and one wait, under one key: the latest, as who reloads a page sees the last answer only.
 * Out: a function that runs `work` then. Its error: TooManyInstallationsError, when a later one took its place.
 */
export function createLatestOnly (): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  /** Who waits under each key of which something runs */
  const running = new Map<string, { start: () => void, refuse: (error: Error) => void } | undefined>()
  return async (key, work) => {
    if (running.has(key)) {
      running.get(key)?.refuse(new TooManyInstallationsError())
      await new Promise<void>((resolve, reject) => { running.set(key, { start: resolve, refuse: reject }) })
    } else running.set(key, undefined)
    try {
      return await work()
    } finally {
      const next = running.get(key)
      if (next === undefined) running.delete(key)
      else {
        // The place is free for a later one before `next` runs.
        running.set(key, undefined)
        next.start()
      }
    }
  }
}
