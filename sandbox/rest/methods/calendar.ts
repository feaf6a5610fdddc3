import type { Entry } from '../../content.ts'
import { queueEvent } from '../../event-delivery.ts'
import { calendarOf, eventRow, momentOf } from '../calendar/event-row.ts'
import { RestError } from '../rest-error.ts'
import { map, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'

const scopes = ['calendar']
const DAY = 86_400_000

/** Errors of these methods have a text and no code. */
const missing = (name: string, method: string): RestError =>
  new RestError('', `The required parameter "${name}" for the method "${method}" is not set`)

/** Refuses a call that lacks one of these parameters. The company calendar has no owner: ownerId is empty there. */
function require (method: string, required: Record<string, unknown>): void {
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

function find ({ params, token: { portal } }: RestCall): Entry | undefined {
  return portal.content.find('event', Number(text(params.ID)))
}

function add (call: RestCall): number {
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

/** The events of a calendar from a month ago to three months ahead, or between the days of the parameters. */
function get ({ params, token: { portal } }: RestCall): Row[] {
  const type = text(params.TYPE)
  require('calendar.event.get', { type, ownerId: params.OWNERID })
  const ownerId = text(params.OWNERID)
  const isCompany = type === 'company_calendar'
  const now = Date.now()
  const from = params.FROM === undefined ? now - 30 * DAY : momentOf(text(params.FROM))
  const to = params.TO === undefined ? now + 90 * DAY : momentOf(text(params.TO)) + DAY
  const sections = Object.values(map(params.SECTION)).map(String)
  return portal.content.list('event').filter(entry => {
    const calendar = calendarOf(entry)
    if (calendar.type !== type || (!isCompany && calendar.ownerId !== ownerId)) return false
    return momentOf(entry.fields.DATE_TO) >= from && momentOf(entry.fields.DATE_FROM) < to
  }).map(entry => eventRow(portal, entry))
    .filter(({ SECTION_ID }) => sections.length === 0 || sections.includes(String(SECTION_ID)))
}

/** The events of the days to come, of the caller unless another calendar is meant. */
function nearest ({ params, token: { portal, user } }: RestCall): Row[] {
  const isOwn = params.TYPE === undefined || params.OWNERID === undefined ||
    !['false', 'N', '0'].includes(String(params.FORCURRENTUSER ?? true))
  const now = Date.now()
  const last = now + (Number(text(params.DAYS)) || 60) * DAY
  return portal.content.list('event').filter(entry => {
    const { type, ownerId } = calendarOf(entry)
    if (isOwn ? type !== 'user' || ownerId !== String(user.id) : type !== text(params.TYPE)) return false
    return momentOf(entry.fields.DATE_TO) >= now && momentOf(entry.fields.DATE_FROM) < last
  }).sort((a, b) => momentOf(a.fields.DATE_FROM) - momentOf(b.fields.DATE_FROM))
    .slice(0, Number(text(params.MAXEVENTSCOUNT)) || undefined)
    .map(entry => eventRow(portal, entry))
}

function update (call: RestCall): number {
  const { params, token: { portal, user } } = call
  require('calendar.event.update', { id: text(params.ID) })
  const entry = find(call)
  if (!entry) throw new RestError('', 'An error occurred while updating the event')
  const [from, to] = [momentIn(call, 'FROM'), momentIn(call, 'TO')]
  const given = {
    SKIP_TIME: params.SKIP_TIME,
    DATE_FROM: from || undefined,
    DATE_TO: to || undefined
  }
  portal.content.update({
    ...entry,
    title: params.NAME === undefined ? entry.title : text(params.NAME),
    text: params.DESCRIPTION === undefined ? entry.text : text(params.DESCRIPTION),
    fields: {
      ...entry.fields,
      ...kept(call),
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    }
  })
  queueEvent(portal, 'ONCALENDARENTRYUPDATE', entry.id, user)
  return entry.id
}

function remove (call: RestCall): true {
  const { portal, user } = call.token
  if (!text(call.params.ID)) throw new RestError('', 'Event id is not set')
  const entry = find(call)
  if (!entry) throw new RestError('', 'An error occurred while deleting the event')
  portal.content.remove(entry)
  queueEvent(portal, 'ONCALENDARENTRYDELETE', entry.id, user)
  return true
}

function getById (call: RestCall): Row | null {
  require('calendar.event.getbyid', { id: text(call.params.ID) })
  const entry = find(call)
  return entry ? eventRow(call.token.portal, entry) : null
}

/** The calendar: calendar.event.add, .get, .get.nearest, .getbyid, .update, .delete. */
export const calendarMethods: RestMethods = {
  'calendar.event.add': { scopes, run: add },
  'calendar.event.get': { scopes, run: get },
  'calendar.event.get.nearest': { scopes, run: nearest },
  'calendar.event.getbyid': { scopes, run: getById },
  'calendar.event.update': { scopes, run: update },
  'calendar.event.delete': { scopes, run: remove }
}
