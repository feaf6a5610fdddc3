import type { Entry } from '../../content.ts'
import type { Portal } from '../../portal.ts'
import { map, numbers, text as textOf, texts } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { calendarDate, calendarTime, formatted, momentOf } from './moments.ts'
import { describeRule, ruleOf } from './recurrence.ts'
import type { Rule } from './recurrence.ts'

/** Whose calendar an event stands in. One that was written on the pages stands in that of who wrote it. */
export const calendarOf = ({ authorId, fields }: Entry): { type: string, ownerId: string } => ({
  type: String(fields.TYPE ?? 'user'), ownerId: String(fields.OWNER_ID ?? authorId)
})

/** The rule of a series in the portal's form, with the last day in three ways. */
function shownRule (rule: Rule | undefined): Row | '' {
  const end = momentOf(rule?.UNTIL)
  if (!rule) return ''
  if (Number.isNaN(end)) return { ...rule }
  const until = calendarDate(end)
  return { ...rule, UNTIL: until, '~UNTIL': until, UNTIL_TS: end / 1000 }
}

/** When an event is. A day of a series has times of its own in these fields, and in no other. */
const timesOf = (from: number, to: number): Row => ({
  DATE_FROM: calendarTime(from),
  DATE_TO: calendarTime(to),
  DATE_FROM_FORMATTED: formatted(from),
  DATE_TO_FORMATTED: formatted(to)
})

/** Who leads a meeting. */
const hostOf = ({ authorId, fields }: Entry): number => Number(textOf(fields.HOST)) || authorId

/** Whether a person takes part in a meeting: H leads it, Q was asked and has not answered Y or N. */
export function statusOf (entry: Entry, user: number): unknown {
  const { IS_MEETING, ATTENDEES, STATUSES } = entry.fields
  if (IS_MEETING !== 'Y' || !numbers(ATTENDEES).includes(user)) return undefined
  return map(STATUSES)[user] ?? (user === hostOf(entry) ? 'H' : 'Q')
}

/** An event as calendar.event.get shows it; a list shows each day of a series on which it is. */
export function eventRow (portal: Portal, entry: Entry, times?: [from: number, to: number]): Row {
  const { id, title, text, authorId, at, fields } = entry
  const [from, to] = [momentOf(fields.DATE_FROM), momentOf(fields.DATE_TO)]
  const { type, ownerId } = calendarOf(entry)
  const isMeeting = fields.IS_MEETING === 'Y'
  const host = hostOf(entry)
  const hostUser = portal.user(host)
  const attendees = isMeeting ? numbers(fields.ATTENDEES) : [authorId]
  const meeting = map(fields.MEETING)
  const rule = ruleOf(fields.RRULE)
  const section = textOf(fields.SECTION) || ownerId || '0'
  return {
    ID: String(id),
    PARENT_ID: String(id),
    DELETED: 'N',
    CAL_TYPE: type,
    OWNER_ID: ownerId,
    NAME: title,
    ...timesOf(...times ?? [from, to]),
    ORIGINAL_DATE_FROM: fields.ORIGINAL_DATE_FROM ?? null,
    TZ_FROM: 'UTC',
    TZ_TO: 'UTC',
    TZ_OFFSET_FROM: '0',
    TZ_OFFSET_TO: '0',
    DATE_FROM_TS_UTC: String(from / 1000 || 0),
    DATE_TO_TS_UTC: String(to / 1000 || 0),
    DT_SKIP_TIME: fields.SKIP_TIME ?? 'N',
    DT_LENGTH: (to - from) / 1000 || 0,
    EVENT_TYPE: null,
    CREATED_BY: String(authorId),
    DATE_CREATE: calendarTime(at),
    TIMESTAMP_X: calendarTime(at),
    DESCRIPTION: text,
    PRIVATE_EVENT: fields.PRIVATE_EVENT === 'Y' ? '1' : '',
    ACCESSIBILITY: fields.ACCESSIBILITY ?? 'busy',
    IMPORTANCE: fields.IMPORTANCE ?? 'normal',
    IS_MEETING: isMeeting,
    MEETING_STATUS: isMeeting ? 'H' : null,
    MEETING_HOST: String(host),
    MEETING: {
      HOST_NAME: hostUser ? `${hostUser.name} ${hostUser.lastName}` : '',
      NOTIFY: meeting.notify ?? false,
      REINVITE: meeting.reinvite ?? false,
      ALLOW_INVITE: meeting.allow_invite ?? false,
      HIDE_GUESTS: meeting.hide_guests ?? false,
      MEETING_CREATOR: host,
      LANGUAGE_ID: 'en',
      MAIL_FROM: ''
    },
    LOCATION: fields.LOCATION ?? '',
    REMIND: fields.REMIND ?? [],
    COLOR: fields.COLOR ?? '',
    RRULE: shownRule(rule),
    EXDATE: texts(fields.EXDATE).join(';'),
    DAV_XML_ID: `${textOf(fields.RECURRENCE_ID) || id}@${portal.memberId}`,
    G_EVENT_ID: '',
    DAV_EXCH_LABEL: '',
    CAL_DAV_LABEL: '',
    VERSION: '1',
    ATTENDEES_CODES: attendees.map(user => `U${user}`),
    RECURRENCE_ID: fields.RECURRENCE_ID ?? null,
    RELATIONS: fields.RELATIONS ?? null,
    SECTION_ID: section,
    SYNC_STATUS: null,
    UF_CRM_CAL_EVENT: fields.CRM_FIELDS ?? false,
    UF_WEBDAV_CAL_EVENT: false,
    SECTION_DAV_XML_ID: null,
    SECT_ID: section,
    ATTENDEE_LIST: isMeeting
      ? attendees.map(user => ({ id: user, entryId: String(id), status: statusOf(entry, user) }))
      : [],
    COLLAB_ID: null,
    '~RRULE_DESCRIPTION': rule ? describeRule(rule, from) : '',
    attendeesEntityList: attendees.map(user => ({ entityId: 'user', id: user })),
    '~DESCRIPTION': text,
    '~USER_OFFSET_FROM': 0,
    '~USER_OFFSET_TO': 0
  }
}
