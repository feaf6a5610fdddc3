/** The `time` object of a REST answer. `start` is in milliseconds since the epoch. */
export function timing (start: number) {
  const finish = Date.now()
  const iso = (moment: number) => new Date(moment).toISOString().replace(/\.\d+Z$/, '+00:00')
  return {
    start: start / 1000,
    finish: finish / 1000,
    duration: (finish - start) / 1000,
    processing: (finish - start) / 1000,
    date_start: iso(start),
    date_finish: iso(finish)
  }
}
