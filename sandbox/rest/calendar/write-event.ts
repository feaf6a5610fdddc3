import type { Entry } from '../../content.ts'
import { queueEvent } from '../../event-delivery.ts'
import { textError, type RestError } from '../rest-error.ts'
import { text } from '../rest-method.ts'
import type { RestCall } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'
import { momentOf } from './moments.ts'
import { ruleOf } from './recurrence.ts'
import { changeDay, changeFrom } from './series.ts'

/** Refuses a call that lacks one of these parameters. The company calendar has no owner: ownerId is empty there. */
export function requireParams (method: string, required: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(required)) {
    if (value === undefined || (name !== 'ownerId' && value === '')) {
      throw textError(`The required parameter "${name}" for the method "${method}" is not set`)
    }
  }
}

const invalid = (name: string): RestError =>
  textError(`Invalid value for the "${name}" parameter`)

/** Refuses texts that are none, and links to the CRM that are no list. */
function checkValues ({ params }: RestCall): void {
  for (const name of ['name', 'description']) {
    const value = params[name.toUpperCase()]
    if (value !== undefined && typeof value !== 'string') throw invalid(name)
  }
  const { CRM_FIELDS: links = [] } = params
  if (typeof links !== 'object') throw textError("The event's CRM links list must be an array")
}

/** A moment from `from_ts` in Unix seconds, or `from` as it is; empty where it is none. */
function momentIn ({ params }: RestCall, name: string): string {
  const seconds = Number(text(params[`${name}_TS`]))
  // JavaScript knows no days after 8.64e12 seconds.
  if (seconds > 0 && seconds <= 8.64e12) return isoTime(seconds * 1000)
  const given = text(params[name])
  return Number.isNaN(momentOf(given)) ? '' : given
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
  requireParams('calendar.event.add', required)
  checkValues(call)
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

/** The day that a change of a part of a series begins with, and how far it goes; undefined for one of the whole. */
function partOf ({ params }: RestCall): { mode: 'this' | 'next', day: number } | undefined {
  const { RECURRENCE_MODE: mode } = params
  if (mode === undefined || mode === '' || mode === 'all') return undefined
  if (mode !== 'this' && mode !== 'next') {
    throw textError('An invalid type of editing for the recurring event is specified')
  }
  const day = momentOf(text(params.CURRENT_DATE_FROM))
  if (Number.isNaN(day)) throw invalid('current_date_from')
  return { mode, day }
}

/** calendar.event.update: the number of the event, or those of the old series and the new one. */
export function updateEvent (call: RestCall): number | Row {
  const { params, token: { portal, user } } = call
  requireParams('calendar.event.update', { id: text(params.ID), type: text(params.TYPE), ownerId: params.OWNERID })
  checkValues(call)
  const part = partOf(call)
  const entry = findEvent(call)
  const isWrong = (name: string): boolean => text(params[name]) !== '' && momentIn(call, name) === ''
  if (!entry || isWrong('FROM') || isWrong('TO')) throw textError('An error occurred while updating the event')
  const after = changed(call, entry)
  const rule = ruleOf(entry.fields.RRULE)
  if (part && rule) {
    return part.mode === 'this'
      ? changeDay(call, entry, after, part.day)
      : changeFrom(call, entry, rule, after, part.day)
  }
  portal.content.update(after)
  queueEvent(portal, 'ONCALENDARENTRYUPDATE', entry.id, user)
  return entry.id
}
