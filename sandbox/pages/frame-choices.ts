import type { Entry } from '../content.ts'
import type { Portal, SandboxUser } from '../portal.ts'
import { map, text } from '../request-params.ts'
import { momentOf } from '../rest/calendar/moments.ts'
import { END, occurrencesOf } from '../rest/calendar/recurrence.ts'
import { itemRow } from '../rest/crm/item-row.ts'
import { typeByName } from '../rest/crm/types.ts'
import { photoPath, positionOf } from '../rest/people/user-row.ts'
import { isoTime } from '../rest/timing.ts'

// What the portal's dialogs offer to the application's page, in the form in which the page receives what was chosen.

/** The answer of selectUser for each employee; `sub` and `sup` tell how they stand to `viewer`. */
export function employees (portal: Portal, viewer: SandboxUser) {
  return portal.people.map(user => ({
    id: String(user.id),
    name: `${user.name} ${user.lastName}`,
    photo: photoPath(user),
    position: positionOf(user),
    url: `/company/personal/user/${user.id}/`,
    sub: viewer.admin && !user.admin,
    sup: user.admin && !viewer.admin
  }))
}

/** The answer of selectAccess for each right that can be chosen. */
export function accessGroups (portal: Portal) {
  return [
    { id: 'AU', name: 'All authorized users' },
    { id: 'D1', name: 'Head office: all employees' },
    { id: 'DR1', name: 'Head office: all employees with subdepartments' },
    { id: 'SG10', name: 'Group: Logistics' },
    ...portal.people.map(({ id, name, lastName }) => ({ id: `U${id}`, name: `${name} ${lastName}` }))
  ]
}

/** What selectCRM can choose: the letters before the number of each type, and what stands below its name. */
const CRM_TYPES: Record<string, { prefix: string, note: (fields: Entry['fields']) => unknown[] }> = {
  lead: { prefix: 'L', note: ({ NAME, LAST_NAME }) => [NAME, LAST_NAME] },
  contact: { prefix: 'C', note: ({ POST }) => [POST] },
  company: { prefix: 'CO', note: () => [] },
  deal: { prefix: 'D', note: ({ OPPORTUNITY, CURRENCY_ID }) => [OPPORTUNITY, CURRENCY_ID] },
  quote: { prefix: 'Q', note: ({ OPPORTUNITY, CURRENCY_ID }) => [OPPORTUNITY, CURRENCY_ID] }
}

/** The answer of selectCRM for each entity of the types that the page asks for. */
export function crmEntities (portal: Portal, types: unknown) {
  return Object.values(map(types)).flatMap(name => {
    const [type, known] = [typeByName(text(name)), CRM_TYPES[text(name)]]
    if (!type || !known) return []
    return portal.content.list(type.kind).map(entry => {
      const { id, fields } = entry
      const row = itemRow(type, entry)
      return {
        id: `${known.prefix}_${id}`,
        type: type.kind,
        place: type.kind,
        title: String(row.title ?? [row.name, row.lastName].filter(Boolean).join(' ')),
        desc: known.note(fields).filter(Boolean).join(' '),
        url: `/crm/${type.kind}/details/${id}/`
      }
    })
  })
}

/** The day of a moment in the form in which a view of the calendar tells recurring events apart. */
const dayOf = (moment: number): string => new Date(moment).toISOString().slice(0, 10).split('-').reverse().join('.')

/**
 * The answer of getEvents in a view of the calendar: the events from `dateFrom` to `dateTo`, and those that have no
 * date.
 */
export function calendarEvents (portal: Portal, { dateFrom, dateTo }: Record<string, unknown> = {}) {
  const [from, to] = [Date.parse(text(dateFrom)) || 0, Date.parse(text(dateTo)) || END]
  return portal.content.list('event').flatMap(entry => {
    const { id, title, text, fields } = entry
    const shown = { ID: String(id), NAME: title, DESCRIPTION: text, ...fields }
    if (Number.isNaN(momentOf(fields.DATE_FROM))) return [{ ...shown, UID: String(id) }]
    return occurrencesOf(entry, from, to).map(([begin, end]) =>
      ({ ...shown, UID: `${id}|${dayOf(begin)}`, DATE_FROM: isoTime(begin), DATE_TO: isoTime(end) }))
  })
}
