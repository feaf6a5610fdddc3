import type { Entry } from '../../content.ts'
import { map, text } from '../rest-method.ts'
import { calendarDate, DAY, momentOf, startOfDay } from './moments.ts'

/** How often an event comes again, as portals read it. */
export interface Rule {
  FREQ: string
  INTERVAL: number
  /** The weekdays of a weekly series under their own names. */
  BYDAY?: Record<string, string>
  /** How many times it comes. A day that was taken out of the series counts. */
  COUNT?: number
  UNTIL?: unknown
}

/** What Bitrix24 says of a rhythm, each time, and with `#` in place of the number of days, weeks and so on. */
const RHYTHMS: Readonly<Record<string, [once: string, several: string]>> = {
  DAILY: ['daily', 'every # day'],
  WEEKLY: ['weekly on: ', 'every # week on: '],
  MONTHLY: ['monthly', 'every # months'],
  YEARLY: ['yearly, on the DAY day of the MONTH month', 'every # years, on the DAY of the MONTH month']
}

const DAY_NAMES: Readonly<Record<string, string>> =
  { MO: 'Mon', TU: 'Tue', WE: 'Wed', TH: 'Thu', FR: 'Fri', SA: 'Sat', SU: 'Sun' }
const WEEKDAYS = Object.keys(DAY_NAMES)

/** Portals look for events no longer than until 2038. */
export const END = Date.UTC(2038, 0, 2)
/** A list has no more days of one series: nobody should wait for all of those until then. */
const LISTED = 1000
/** A series of days does not fit more often into the days that JavaScript knows. */
const MOST = 2e8

/** The rule of a series; undefined for an event that happens once. A weekly series without weekdays is on Mondays. */
export function ruleOf (given: unknown): Rule | undefined {
  const { FREQ, INTERVAL, BYDAY, COUNT, UNTIL } = map(given)
  const frequency = text(FREQ)
  if (!Object.hasOwn(RHYTHMS, frequency)) return undefined
  const days = Object.values(map(BYDAY)).map(text).filter(day => WEEKDAYS.includes(day))
  const count = Math.trunc(Number(text(COUNT)))
  return {
    FREQ: frequency,
    ...(frequency === 'WEEKLY' && { BYDAY: Object.fromEntries((days[0] ? days : ['MO']).map(day => [day, day])) }),
    INTERVAL: Math.max(1, Math.trunc(Number(text(INTERVAL)))) || 1,
    ...(count > 0 && { COUNT: count }),
    ...(UNTIL !== undefined && { UNTIL })
  }
}

/** What people read of a series that begins with `first`, in the words of Bitrix24. */
export function describeRule ({ FREQ, INTERVAL, BYDAY = {}, COUNT, UNTIL }: Rule, first: number): string {
  const date = new Date(first)
  const often = String(RHYTHMS[FREQ]?.[INTERVAL === 1 ? 0 : 1]).replace('#', String(INTERVAL))
    .replace('DAY', String(date.getUTCDate())).replace('MONTH', String(date.getUTCMonth() + 1))
  const days = Object.keys(BYDAY).map(day => DAY_NAMES[day]).join(', ')
  const end = momentOf(UNTIL)
  const until = Number.isNaN(end) ? '' : ` till ${calendarDate(end)}`
  const times = until === '' && COUNT !== undefined ? `, ${COUNT} time(s)` : ''
  return `${often}${days}, from ${calendarDate(first)}${until}${times}`
}

/** Tells when a series that begins with `first` comes for the nth time, counted from 0. */
function beginnings ({ FREQ, INTERVAL, BYDAY = {} }: Rule, first: number): (index: number) => number {
  const begin = new Date(first)
  if (FREQ === 'DAILY') return index => first + index * INTERVAL * DAY
  if (FREQ === 'WEEKLY') {
    const weekday = (begin.getUTCDay() + 6) % 7
    const days = WEEKDAYS.flatMap((name, day) => name in BYDAY ? [day - weekday] : [])
    const passed = days.filter(day => day < 0).length
    return index => {
      const week = Math.floor((index + passed) / days.length)
      return first + (week * INTERVAL * 7 + Number(days[(index + passed) % days.length])) * DAY
    }
  }
  const months = FREQ === 'MONTHLY' ? INTERVAL : INTERVAL * 12
  return index => {
    const moment = new Date(begin).setUTCMonth(begin.getUTCMonth() + index * months)
    // Instead of the 31st of a shorter month it is the first of the next one.
    return new Date(moment).getUTCDate() === begin.getUTCDate() ? moment : new Date(moment).setUTCDate(1)
  }
}

/** How often a series that begins with `first` has begun before a moment. */
export function countBefore (rule: Rule, first: number, moment: number): number {
  const beginningOf = beginnings(rule, first)
  let [low, high] = [0, MOST]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (beginningOf(middle) < moment) low = middle + 1
    else high = middle
  }
  return low
}

/** The times of an event that are not over at the moment `from` and begin before `to`: several ones of a series. */
export function occurrencesOf ({ fields }: Entry, from: number, to: number): Array<[from: number, to: number]> {
  const first = momentOf(fields.DATE_FROM)
  const end = momentOf(fields.DATE_TO) || first
  const rule = ruleOf(fields.RRULE)
  if (!rule) return end >= from && first < to ? [[first, end]] : []
  const { COUNT = MOST, UNTIL } = rule
  const last = Math.min(to, END, UNTIL === undefined ? Infinity : startOfDay(momentOf(UNTIL)) + DAY)
  const removed = Object.values(map(fields.EXDATE))
  const beginningOf = beginnings(rule, first)
  const found: Array<[from: number, to: number]> = []
  const start = countBefore(rule, first, Math.max(0, from - (end - first)))
  for (let index = start; index < COUNT && found.length < LISTED; index++) {
    const begin = beginningOf(index)
    if (!(begin < last)) break
    if (!removed.includes(calendarDate(begin))) found.push([begin, begin + end - first])
  }
  return found
}
