import { withDeadline } from './deadline.ts'

interface SharedCheckOptions {
  /** The question; a rejection is an answer, too */
  check: () => Promise<void>
  /** How long an answer is good, in milliseconds */
  interval: number
  /** How long a caller waits for an answer, in milliseconds */
  patience: number
  /** The error for those who waited in vain */
  lateness: () => Error
  /** Milliseconds of a clock that nobody sets. Default performance.now */
  now?: () => number
}

/**
 * Asks at most once an interval, however many callers there are: they share the answer.
 * It does not ask again before the last question is answered.
 */
export function createSharedCheck (options: SharedCheckOptions): () => Promise<void> {
  const { check, interval, patience, lateness, now = () => performance.now() } = options
  let last: { at: number, answer: Promise<void> } | undefined
  let isAsking = false

  async function ask (): Promise<void> {
    isAsking = true
    await check().finally(() => { isAsking = false })
  }

  return async () => {
    if (last === undefined || (!isAsking && now() - last.at >= interval)) {
      last = { at: now(), answer: withDeadline(patience, lateness, ask) }
    }
    await last.answer
  }
}
