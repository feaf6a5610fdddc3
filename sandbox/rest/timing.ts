import type { Operating } from './operating-time.ts'

/** A moment, in Unix milliseconds, as REST writes it. */
export const isoTime = (moment: number): string => new Date(moment).toISOString().replace(/\.\d+Z$/, '+00:00')

/**
 * The `time` object of a REST answer. `start` is in milliseconds since the epoch; `operating` only where calls are
 * counted.
 */
export function timing (start: number, operating?: Operating) {
  const finish = Date.now()
  return {
    start: start / 1000,
    finish: finish / 1000,
    duration: (finish - start) / 1000,
    processing: (finish - start) / 1000,
    date_start: isoTime(start),
    date_finish: isoTime(finish),
    ...operating
  }
}
