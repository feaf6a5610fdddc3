import type { Entry } from '../../content.ts'
import { queueEvent } from '../../event-delivery.ts'
import { calendarOf, eventRow, statusOf } from '../calendar/event-row.ts'
import { DAY, momentOf } from '../calendar/moments.ts'
import { END, occurrencesOf } from '../calendar/recurrence.ts'
import { addEvent, findEvent, requireParams, updateEvent } from '../calendar/write-event.ts'
import { textError } from '../rest-error.ts'
import { map, numbers, scoped, text, texts } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { pickFields, type Row } from '../select-rows.ts'

/** How many of the nearest events a list has, unless it was asked for another number. */
const NEAREST = 75

/** The events of a calendar from a month ago to three months ahead, or from and until the days of the parameters. */
function get ({ params, token: { portal } }: RestCall): Row[] {
  const type = text(params.TYPE)
  requireParams('calendar.event.get', { type, ownerId: params.OWNERID })
  const ownerId = text(params.OWNERID)
  const isCompany = type === 'company_calendar'
  const now = Date.now()
  const from = params.FROM === undefined ? now - 30 * DAY : momentOf(text(params.FROM))
  const usual = params.FROM === undefined ? now + 90 * DAY : END
  const to = params.TO === undefined ? usual : momentOf(text(params.TO)) + DAY
  const { SECTION = [] } = params
  const sections = typeof SECTION === 'object' ? texts(SECTION) : [text(SECTION)]
  return portal.content.list('event').filter(entry => {
    const calendar = calendarOf(entry)
    return calendar.type === type && (isCompany || calendar.ownerId === ownerId)
  }).flatMap(entry => occurrencesOf(entry, from, to).map(times => eventRow(portal, entry, times)))
    .filter(({ SECTION_ID }) => sections.length === 0 || sections.includes(String(SECTION_ID)))
}

const isFalse = (value: unknown): boolean => value === false || ['false', 'N', '0'].includes(text(value))

/** The events of the days to come, of the caller unless another calendar is meant. */
function nearest ({ params, token: { portal, user } }: RestCall): Row[] {
  const isOwn = params.TYPE === undefined || params.OWNERID === undefined ||
    !isFalse(params.FORCURRENTUSER)
  const now = Date.now()
  const last = now + (Number(text(params.DAYS)) || 60) * DAY
  return portal.content.list('event').filter(entry => {
    const { type, ownerId } = calendarOf(entry)
    return isOwn ? type === 'user' && ownerId === String(user.id) : type === text(params.TYPE)
  }).flatMap(entry => occurrencesOf(entry, now, last).map(times => ({ entry, times })))
    .sort((a, b) => a.times[0] - b.times[0])
    .slice(0, Number(text(params.MAXEVENTSCOUNT)) || NEAREST)
    .map(({ entry, times }) => eventRow(portal, entry, times))
}

/** What accessibility says of an event. */
const BUSY = ['ID', 'NAME', 'DATE_FROM', 'DATE_TO', 'DATE_FROM_TS_UTC', 'DATE_TO_TS_UTC', '~USER_OFFSET_FROM',
  '~USER_OFFSET_TO', 'DT_SKIP_TIME', 'TZ_FROM', 'TZ_TO', 'ACCESSIBILITY', 'IMPORTANCE', 'EVENT_TYPE']

const isOf = (entry: Entry, user: number): boolean => {
  const { type, ownerId } = calendarOf(entry)
  const guests = entry.fields.IS_MEETING === 'Y' ? numbers(entry.fields.ATTENDEES) : []
  return (type === 'user' && ownerId === String(user)) || guests.includes(user)
}

/** For each user, the events of the days from and until the days of the parameters: own ones and meetings. */
function accessibility ({ params, token: { portal } }: RestCall): Record<string, Row[]> {
  const { USERS: users, FROM, TO } = params
  requireParams('calendar.accessibility.get', { from: FROM, to: TO, users })
  const [from, to] = [momentOf(text(FROM)), momentOf(text(TO)) + DAY]
  const events = portal.content.list('event')
  return Object.fromEntries(numbers(users).filter(user => user > 0).map(user => [user, events
    .filter(entry => isOf(entry, user))
    .flatMap(entry => occurrencesOf(entry, from, to).map(times => pickFields(eventRow(portal, entry, times), BUSY)))]))
}

function remove (call: RestCall): true {
  const { portal, user } = call.token
  if (!text(call.params.ID)) throw textError('Event id is not set')
  const entry = findEvent(call)
  if (!entry) throw textError('An error occurred while deleting the event')
  portal.content.remove(entry)
  queueEvent(portal, 'ONCALENDARENTRYDELETE', entry.id, user)
  return true
}

function getById (call: RestCall): Row | null {
  requireParams('calendar.event.getbyid', { id: text(call.params.ID) })
  const entry = findEvent(call)
  return entry ? eventRow(call.token.portal, entry) : null
}

const meetingOf = ({ params, token: { portal } }: RestCall): Entry | undefined =>
  portal.content.find('event', Number(text(params.EVENTID)))

function getStatus (call: RestCall): unknown {
  requireParams('calendar.meeting.status.get', { eventId: text(call.params.EVENTID) })
  const meeting = meetingOf(call)
  const status = meeting && statusOf(meeting, call.token.user.id)
  if (status === undefined) throw textError('An error occurred while retrieving the status')
  return status
}

/** Whoever was not invited has nothing to answer, which is no error. */
function setStatus (call: RestCall): true {
  const { params, token: { portal, user } } = call
  const status = text(params.STATUS).toUpperCase()
  requireParams('calendar.meeting.status.set', { eventId: text(params.EVENTID), status })
  if (!['Y', 'N', 'Q'].includes(status)) throw textError('Invalid value for parameter "status"')
  const meeting = meetingOf(call)
  if (meeting && statusOf(meeting, user.id) !== undefined) {
    const STATUSES = { ...map(meeting.fields.STATUSES), [user.id]: status }
    portal.content.update({ ...meeting, fields: { ...meeting.fields, STATUSES } })
  }
  return true
}

/** The calendar: calendar.event.*, calendar.accessibility.get, calendar.meeting.status.*. */
export const calendarMethods: RestMethods = scoped(['calendar'], {
  'calendar.event.add': addEvent,
  'calendar.event.get': get,
  'calendar.event.get.nearest': nearest,
  'calendar.event.getbyid': getById,
  'calendar.event.update': updateEvent,
  'calendar.event.delete': remove,
  'calendar.accessibility.get': accessibility,
  'calendar.meeting.status.get': getStatus,
  'calendar.meeting.status.set': setStatus
})
