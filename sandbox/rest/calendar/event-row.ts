import type { Entry } from '../../content.ts'
import type { Portal } from '../../portal.ts'
import type { Row } from '../select-rows.ts'

/** A moment as the calendar writes it: 12/11/2024 05:59:00 pm; empty for one that nobody has entered. */
function calendarTime (moment: number): string {
  if (Number.isNaN(moment)) return ''
  const date = new Date(moment)
  const two = (value: number): string => String(value).padStart(2, '0')
  const hours = date.getUTCHours()
  return `${two(date.getUTCMonth() + 1)}/${two(date.getUTCDate())}/${date.getUTCFullYear()} ` +
    `${two(hours % 12 || 12)}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} ${hours < 12 ? 'am' : 'pm'}`
}

/** A kept moment in Unix milliseconds. One without a time zone is in that of the portal, which is UTC. */
export function momentOf (value: unknown): number {
  const text = String(value)
  return Date.parse(/T.*(Z|[+-]\d\d:?\d\d)$/.test(text) || !text.includes('T') ? text : `${text}Z`)
}

/** Whose calendar an event stands in. One that was written on the pages stands in that of who wrote it. */
export const calendarOf = ({ authorId, fields }: Entry): { type: string, ownerId: string } => ({
  type: String(fields.TYPE ?? 'user'), ownerId: String(fields.OWNER_ID ?? authorId)
})

/** An event as calendar.event.get shows it. */
export function eventRow (portal: Portal, entry: Entry): Row {
  const { id, title, text, authorId, at, fields } = entry
  const [from, to] = [momentOf(fields.DATE_FROM), momentOf(fields.DATE_TO)]
  const { type, ownerId } = calendarOf(entry)
  const author = portal.user(authorId)
  return {
    ID: String(id),
    PARENT_ID: String(id),
    DELETED: 'N',
    CAL_TYPE: type,
    OWNER_ID: ownerId,
    NAME: title,
    DATE_FROM: calendarTime(from),
    DATE_TO: calendarTime(to),
    ORIGINAL_DATE_FROM: null,
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
    PRIVATE_EVENT: '',
    ACCESSIBILITY: 'busy',
    IMPORTANCE: 'normal',
    IS_MEETING: false,
    MEETING_STATUS: null,
    MEETING_HOST: String(authorId),
    MEETING: { HOST_NAME: author ? `${author.name} ${author.lastName}` : '', MEETING_CREATOR: authorId },
    LOCATION: fields.LOCATION ?? '',
    REMIND: [],
    COLOR: '',
    RRULE: '',
    EXDATE: '',
    VERSION: '1',
    ATTENDEES_CODES: [`U${authorId}`],
    SECTION_ID: ownerId || '0',
    SECT_ID: ownerId || '0',
    UF_CRM_CAL_EVENT: false,
    UF_WEBDAV_CAL_EVENT: false,
    ATTENDEE_LIST: [],
    '~DESCRIPTION': text
  }
}
