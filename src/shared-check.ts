export interface SharedCheckOptions {
  /** The question. Rejects: no */
  check: () => Promise<void>
  /** For how long an answer is good, in milliseconds */
  interval: number
  /** How long somebody waits for an answer, in milliseconds */
  patience: number
  /** What is said to who has waited in vain */
  refusal: () => Error
  /** The clock, in milliseconds. Default Date.now */
  now?: () => number
}

/**
 * A question that many ask and that is put once an interval; all of them share the answer, also a bad one. While it is not
 * answered it is not put again. Out: asks. Errors: those of the check, `refusal`.
 */
export function createSharedCheck ({ check, interval, patience, refusal, now = Date.now }: SharedCheckOptions): () => Promise<void> {
  let last: { at: number, answer: Promise<void> } | undefined
  let isPut = false
  return async () => {
    if (last === undefined || (!isPut && now() - last.at >= interval)) {
      isPut = true
      const waiting = Promise.withResolvers<void>()
      const timer = setTimeout(() => waiting.reject(refusal()), patience)
      check().finally(() => {
        isPut = false
        clearTimeout(timer)
      }).then(waiting.resolve, waiting.reject)
      last = { at: now(), answer: waiting.promise }
    }
    return await last.answer
  }
}
