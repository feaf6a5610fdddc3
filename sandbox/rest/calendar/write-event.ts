import type { Entry } from '../../content.ts'
import { queueEvent } from '../../event-delivery.ts'
import { RestError } from '../rest-error.ts'
import { map, text } from '../rest-method.ts'
import type { RestCall } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'
import { calendarTime, momentOf } from './event-row.ts'

const DAY = 86_400_000

/** Errors of these methods have a text and no code. */
const missing = (name: string, method: string): RestError =>
  new RestError('', `The required parameter "${name}" for the method "${method}" is not set`)

/** Refuses a call that lacks one of these parameters. The company calendar has no owner: ownerId is empty there. */
export function require (method: string, required: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(required)) {
    if (value === undefined || (name !== 'ownerId' && value === '')) throw missing(name, method)
  }
}

/** A moment from `from_ts` in Unix seconds, or `from` as it is. */
function momentIn ({ params }: RestCall, name: string): string {
  const seconds = Number(text(params[`${name}_TS`]))
  return seconds > 0 ? isoTime(seconds * 1000) : text(params[name])
}

/** What an event keeps as it was sent. */
const KEPT = ['LOCATION', 'PRIVATE_EVENT', 'ACCESSIBILITY', 'IMPORTANCE', 'IS_MEETING', 'HOST', 'ATTENDEES', 'MEETING',
  'REMIND', 'COLOR', 'RRULE', 'CRM_FIELDS', 'SECTION']

const kept = ({ params }: RestCall): Row =>
  Object.fromEntries(Object.entries(params).filter(([name]) => KEPT.includes(name)))

/** The event that the parameter `id` names. */
export const findEvent = ({ params, token: { portal } }: RestCall): Entry | undefined =>
  portal.content.find('event', Number(text(params.ID)))

/** calendar.event.add */
export function addEvent (call: RestCall): number {
  const { params, token: { portal, user } } = call
  const [from, to] = [momentIn(call, 'FROM'), momentIn(call, 'TO')]
  const required = { type: text(params.TYPE), ownerId: params.OWNERID, name: text(params.NAME), from, to }
  require('calendar.event.add', required)
  const { id } = portal.content.add({
    kind: 'event',
    authorId: user.id,
    title: required.name,
    text: text(params.DESCRIPTION),
    fields: {
      DATE_FROM: from,
      DATE_TO: to,
      SKIP_TIME: text(params.SKIP_TIME) === 'Y' ? 'Y' : 'N',
      TYPE: required.type,
      OWNER_ID: text(params.OWNERID),
      ...kept(call)
    }
  })
  queueEvent(portal, 'ONCALENDARENTRYADD', id, user)
  return id
}

/** An event with what a call changes. */
function changed (call: RestCall, entry: Entry): Entry {
  const { params } = call
  const [from, to] = [momentIn(call, 'FROM'), momentIn(call, 'TO')]
  const given = { SKIP_TIME: params.SKIP_TIME, DATE_FROM: from || undefined, DATE_TO: to || undefined }
  return {
    ...entry,
    title: params.NAME === undefined ? entry.title : text(params.NAME),
    text: params.DESCRIPTION === undefined ? entry.text : text(params.DESCRIPTION),
    fields: {
      ...entry.fields,
      ...kept(call),
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    }
  }
}

/** Changes an event that comes again from a day on: the series ends before that day, and another one begins. */
function split (call: RestCall, entry: Entry, day: number): Row {
  const { portal, user } = call.token
  const { COUNT: _count, ...rule } = map(entry.fields.RRULE)
  const UNTIL = isoTime(day - DAY).slice(0, 10)
  const { id: _id, ...series } = changed(call, entry)
  const { id } = portal.content.add(series)
  portal.content.update({ ...entry, fields: { ...entry.fields, RRULE: { ...rule, UNTIL } } })
  queueEvent(portal, 'ONCALENDARENTRYADD', id, user)
  queueEvent(portal, 'ONCALENDARENTRYUPDATE', entry.id, user)
  return {
    originalDate: calendarTime(day + momentOf(entry.fields.DATE_FROM) % DAY),
    originalDavXmlId: `${entry.id}@${portal.memberId}`,
    instanceTz: 'UTC',
    recEventId: id,
    id: entry.id
  }
}

/** calendar.event.update: the number of the event; for one that comes again those of the old series and the new one. */
export function updateEvent (call: RestCall): number | Row {
  const { params, token: { portal, user } } = call
  require('calendar.event.update', { id: text(params.ID), type: text(params.TYPE), ownerId: params.OWNERID })
  const entry = findEvent(call)
  if (!entry) throw new RestError('', 'An error occurred while updating the event')
  if (map(entry.fields.RRULE).FREQ) {
    const day = momentOf(text(params.CURRENT_DATE_FROM))
    if (params.RECURRENCE_MODE === 'next' && !Number.isNaN(day)) return split(call, entry, day)
    if (params.RECURRENCE_MODE === 'this') call.note('changing one day of a series is not in the sandbox')
  }
  portal.content.update(changed(call, entry))
  queueEvent(portal, 'ONCALENDARENTRYUPDATE', entry.id, user)
  return entry.id
}
