import type { Entry } from '../../content.ts'
import { queueEvent } from '../../event-delivery.ts'
import { map } from '../rest-method.ts'
import type { RestCall } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'
import { calendarDate, calendarTime, DAY, momentOf, startOfDay } from './moments.ts'
import { countBefore, ruleOf } from './recurrence.ts'
import type { Rule } from './recurrence.ts'

/** The moment on a day at the time of another one. */
const onDay = (day: number, moment: number): number => startOfDay(day) + moment - startOfDay(moment)

/** From when to when a changed event is: on `day`, unless it was given another day than that of the series. */
function timesOf (series: Entry, { fields }: Entry, day: number): Row {
  const [from, to] = [momentOf(fields.DATE_FROM), momentOf(fields.DATE_TO)]
  if (startOfDay(from) !== startOfDay(momentOf(series.fields.DATE_FROM))) return {}
  const start = onDay(day, from)
  return { DATE_FROM: isoTime(start), DATE_TO: isoTime(start + to - from) }
}

/** The number of the series that a part of it comes from. */
const originOf = ({ id, fields }: Entry): unknown => map(fields.RELATIONS).ORIGINAL_RECURSION_ID ?? id

/** Changes one day: the series leaves it out for an event of its own. Gives the number of the series. */
export function changeDay ({ token: { portal, user } }: RestCall, series: Entry, after: Entry, day: number): number {
  const { RRULE: _rule, EXDATE: _without, ...fields } = after.fields
  const date = calendarDate(day)
  const { id } = portal.content.add({
    kind: 'event',
    authorId: series.authorId,
    title: after.title,
    text: after.text,
    fields: {
      ...fields,
      ...timesOf(series, after, day),
      ORIGINAL_DATE_FROM: calendarTime(onDay(day, momentOf(series.fields.DATE_FROM))),
      RECURRENCE_ID: series.id,
      RELATIONS: { COMMENT_XML_ID: `EVENT_${series.id}_${date}` }
    }
  })
  const left = Object.values(map(series.fields.EXDATE))
  portal.content.update({ ...series, fields: { ...series.fields, EXDATE: [...left, date] } })
  queueEvent(portal, 'ONCALENDARENTRYUPDATE', series.id, user)
  queueEvent(portal, 'ONCALENDARENTRYADD', id, user)
  return series.id
}

/** Changes a series from a day on: it ends before that day, and another one begins, unless that day is its first. */
export function changeFrom (
  { token: { portal, user } }: RestCall, series: Entry, rule: Rule, after: Entry, day: number
): Row {
  const first = momentOf(series.fields.DATE_FROM)
  const times = timesOf(series, after, day)
  const answer = (id: number, from: unknown): Row => ({
    originalDate: calendarTime(momentOf(from)),
    originalDavXmlId: `${id}@${portal.memberId}`,
    instanceTz: 'UTC',
    recEventId: id,
    id: series.id
  })
  const later = ruleOf(after.fields.RRULE)
  const RRULE = later?.COUNT === undefined
    ? later
    : { ...later, COUNT: Math.max(1, later.COUNT - countBefore(rule, first, startOfDay(day))) }
  const fields = { ...after.fields, ...times, RRULE }
  const from = map(fields).DATE_FROM
  if (startOfDay(first) === startOfDay(day)) {
    portal.content.update({ ...after, fields })
    queueEvent(portal, 'ONCALENDARENTRYUPDATE', series.id, user)
    return answer(series.id, from)
  }
  const { id } = portal.content.add({
    kind: 'event',
    authorId: series.authorId,
    title: after.title,
    text: after.text,
    fields: { ...fields, RELATIONS: { ORIGINAL_RECURSION_ID: originOf(series) } }
  })
  const { COUNT: _count, ...before } = rule
  portal.content.update({
    ...series, fields: { ...series.fields, RRULE: { ...before, UNTIL: isoTime(day - DAY).slice(0, 10) } }
  })
  queueEvent(portal, 'ONCALENDARENTRYUPDATE', series.id, user)
  queueEvent(portal, 'ONCALENDARENTRYADD', id, user)
  return answer(id, from)
}
