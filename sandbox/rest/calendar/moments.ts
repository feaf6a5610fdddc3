export const DAY = 86_400_000

const two = (value: number): string => String(value).padStart(2, '0')

/** A day as the calendar writes it: 12/11/2024. */
export function calendarDate (moment: number): string {
  const date = new Date(moment)
  return `${two(date.getUTCMonth() + 1)}/${two(date.getUTCDate())}/${date.getUTCFullYear()}`
}

/** A moment as the calendar writes it: 12/11/2024 05:59:00 pm; empty for one that nobody has entered. */
export function calendarTime (moment: number): string {
  if (Number.isNaN(moment)) return ''
  const date = new Date(moment)
  const hours = date.getUTCHours()
  const time = [hours % 12 || 12, date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':')
  return `${calendarDate(moment)} ${time} ${hours < 12 ? 'am' : 'pm'}`
}

/** A moment as in Wed Dec 11 2024 17:59:00. */
export const formatted = (moment: number): string => Number.isNaN(moment)
  ? ''
  : new Date(moment).toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) ([\d:]+).*$/, '$1 $3 $2 $4 $5')

/**
 * A kept moment in Unix milliseconds. One without a time zone is in that of the portal, which is UTC. The day may come
 * first, as in 31.12.2026.
 */
export function momentOf (value: unknown): number {
  const text = String(value).replace(/^(\d\d)\.(\d\d)\.(\d{4})\b/, '$3-$2-$1')
  if (/^\d{4}-\d\d-\d\d$/.test(text) || /(Z|\d[+-]\d\d:?\d\d)$/.test(text)) return Date.parse(text)
  return Date.parse(text.includes('T') ? `${text}Z` : `${text} UTC`)
}

export const startOfDay = (moment: number): number => Math.floor(moment / DAY) * DAY
