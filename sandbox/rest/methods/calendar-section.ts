import type { Entry } from '../../content.ts'
import { queueEvent } from '../../event-delivery.ts'
import { calendarTime } from '../calendar/moments.ts'
import { requireParams } from '../calendar/write-event.ts'
import { textError } from '../rest-error.ts'
import { isTrue, map, scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'

const kind = 'calendar-section'
/** The numbers below are those of users, whose first calendars have them. */
const FIRST = 101

/** The calendars of this type and owner; those of the caller when a user is not named. */
function ownerOf ({ params, token: { user } }: RestCall, method: string): { type: string, ownerId: string } {
  const type = text(params.TYPE)
  const given = params.OWNERID ?? (type === 'user' ? user.id : undefined)
  requireParams(method, { type, ownerId: given })
  return { type, ownerId: text(given) }
}

function row ({ id, parent, title, text: DESCRIPTION, authorId, at, fields }: Entry): Row {
  const [type = '', ownerId = ''] = parent.split(':')
  const { COLOR = '#9cbe1c', TEXT_COLOR = '', EXPORT = { ALLOW: true } } = fields
  const created = calendarTime(at)
  return {
    ID: String(id),
    NAME: title,
    GAPI_CALENDAR_ID: null,
    DESCRIPTION,
    COLOR,
    TEXT_COLOR,
    EXPORT,
    CAL_TYPE: type,
    OWNER_ID: ownerId,
    CREATED_BY: String(authorId),
    DATE_CREATE: created,
    TIMESTAMP_X: created,
    CAL_DAV_CON: null,
    SYNC_TOKEN: null,
    PAGE_TOKEN: null,
    EXTERNAL_TYPE: 'local',
    ACCESS: { [`U${authorId}`]: 19 },
    IS_COLLAB: false,
    PERM: Object.fromEntries(['view_time', 'view_title', 'view_full', 'add', 'edit', 'edit_section', 'access']
      .map(name => [name, true]))
  }
}

/** The calendar in which the events of a user stand that name none. */
function firstOf ({ token: { portal } }: RestCall, type: string, ownerId: string): Entry[] {
  const owner = type === 'user' ? portal.user(Number(ownerId)) : undefined
  return owner
    ? [{
        id: owner.id,
        kind,
        parent: `${type}:${ownerId}`,
        authorId: owner.id,
        title: `${owner.name} ${owner.lastName}`,
        text: '',
        at: Date.UTC(2024, 0),
        fields: {}
      }]
    : []
}

function get (call: RestCall): Row[] {
  const { type, ownerId } = ownerOf(call, 'calendar.section.get')
  const kept = call.token.portal.content.list(kind, `${type}:${ownerId}`)
  return [...firstOf(call, type, ownerId), ...kept].map(row)
}

function checkTexts ({ params }: RestCall, ...names: string[]): void {
  for (const name of names) {
    const { [name.toUpperCase()]: value } = params
    if (typeof value === 'object' || (name === 'name' && value !== undefined && text(value) === '')) {
      throw textError(`Invalid value for the "${name}" parameter`)
    }
  }
}

const written = ({ COLOR, TEXT_COLOR, EXPORT }: Row): Row => ({
  ...(COLOR !== undefined && { COLOR: text(COLOR) }),
  ...(TEXT_COLOR !== undefined && { TEXT_COLOR: text(TEXT_COLOR) }),
  ...(EXPORT !== undefined && { EXPORT: { ALLOW: isTrue(map(EXPORT).ALLOW) } })
})

function add (call: RestCall): number {
  const { params, token: { portal, user } } = call
  const { type, ownerId } = ownerOf(call, 'calendar.section.add')
  checkTexts(call, 'name', 'description')
  requireParams('calendar.section.add', { name: params.NAME })
  const isFirst = portal.content.list(kind).length === 0
  const { id } = portal.content.add({
    ...(isFirst && { id: FIRST }),
    kind,
    authorId: user.id,
    parent: `${type}:${ownerId}`,
    title: text(params.NAME),
    text: text(params.DESCRIPTION),
    fields: written(params)
  })
  queueEvent(portal, 'ONCALENDARSECTIONADD', id, user)
  return id
}

function find (call: RestCall, method: string): Entry {
  const { type, ownerId } = ownerOf(call, method)
  const id = text(call.params.ID)
  if (!id) throw textError('Section ID is not set')
  const entry = call.token.portal.content.find(kind, Number(id))
  if (entry?.parent !== `${type}:${ownerId}`) throw textError('Access denied')
  return entry
}

function update (call: RestCall): number {
  const { params, token: { portal, user } } = call
  const entry = find(call, 'calendar.section.update')
  checkTexts(call, 'name', 'description')
  const { NAME = entry.title, DESCRIPTION = entry.text } = params
  portal.content.update(
    { ...entry, title: text(NAME), text: text(DESCRIPTION), fields: { ...entry.fields, ...written(params) } })
  queueEvent(portal, 'ONCALENDARSECTIONUPDATE', entry.id, user)
  return entry.id
}

function remove (call: RestCall): true {
  const { portal, user } = call.token
  const entry = find(call, 'calendar.section.delete')
  portal.content.remove(entry)
  queueEvent(portal, 'ONCALENDARSECTIONDELETE', entry.id, user)
  return true
}

/** The calendars of somebody: calendar.section.get, .add, .update, .delete. */
export const calendarSectionMethods: RestMethods = scoped(['calendar'], {
  'calendar.section.get': get,
  'calendar.section.add': add,
  'calendar.section.update': update,
  'calendar.section.delete': remove
})
