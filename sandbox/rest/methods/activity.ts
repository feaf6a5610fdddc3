import type { Entry } from '../../content.ts'
import { activityFields } from '../crm/activity-fields.ts'
import { isBoundTo } from '../crm/activity-bindings.ts'
import { addActivity, changeActivity } from '../crm/kept-activities.ts'
import { removeEntry } from '../crm/remove-entry.ts'
import { hasItem, typeById } from '../crm/types.ts'
import { page, type Page } from '../page.ts'
import { textError } from '../rest-error.ts'
import { map, mapParameter, scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { filterRows, orderRows, pickFields, type Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'

/** The values of fields of an activity that nobody has written. */
const DEFAULTS: Row = {
  PROVIDER_ID: '',
  PROVIDER_TYPE_ID: '',
  PROVIDER_GROUP_ID: null,
  ASSOCIATED_ENTITY_ID: '0',
  START_TIME: null,
  END_TIME: null,
  DEADLINE: null,
  COMPLETED: 'N',
  PRIORITY: '2',
  NOTIFY_TYPE: '0',
  NOTIFY_VALUE: '0',
  DESCRIPTION_TYPE: '1',
  DIRECTION: '0',
  LOCATION: '',
  SETTINGS: [],
  ORIGINATOR_ID: null,
  ORIGIN_ID: null,
  PROVIDER_PARAMS: [],
  PROVIDER_DATA: null,
  RESULT_MARK: '0',
  RESULT_VALUE: null,
  RESULT_SUM: null,
  RESULT_CURRENCY_ID: null,
  RESULT_STATUS: '0',
  RESULT_STREAM: '0',
  RESULT_SOURCE_ID: null,
  AUTOCOMPLETE_RULE: '0'
}

function activityRow ({ id, title, text, authorId, at, fields }: Entry): Row {
  const kept = Object.entries(fields).map(([name, value]) => [name, typeof value === 'number' ? String(value) : value])
  const row: Row = { ...DEFAULTS, ...Object.fromEntries(kept) }
  return {
    ...row,
    // What the portal says itself, whatever was written under these names.
    ID: String(id),
    SUBJECT: title,
    DESCRIPTION: text,
    DEADLINE: row.DEADLINE ?? row.END_TIME,
    STATUS: row.COMPLETED === 'Y' ? '2' : '1',
    CREATED: isoTime(at),
    AUTHOR_ID: String(authorId)
  }
}

/** COMMUNICATIONS are shown to those alone who select them. */
function withoutCommunications ({ COMMUNICATIONS: _hidden, ...row }: Row): Row {
  return row
}

function find ({ params, token: { portal } }: RestCall): Entry {
  const entry = portal.content.find('activity', Number(text(params.ID)))
  if (!entry) throw textError('Activity is not found.')
  return entry
}

const REQUIRED = { SUBJECT: 'empty', RESPONSIBLE_ID: 'invalid', TYPE_ID: 'invalid', COMMUNICATIONS: 'invalid' }
/** Types of activities that somebody has with one person: meetings and calls. */
const WITH_ONE = ['1', '2']

/** The fields of a call: those that an activity needs may be left out only when it has them. */
function checkFields ({ params }: RestCall, isNew: boolean): Row {
  const fields = map(params.FIELDS)
  for (const [name, problem] of Object.entries(REQUIRED)) {
    const { [name]: value } = fields
    const isGiven = name === 'COMMUNICATIONS' ? Object.keys(map(value)).length > 0 : text(value) !== ''
    if (!isGiven && (isNew || value !== undefined)) throw textError(`The field ${name} is not defined or ${problem}.`)
  }
  if (WITH_ONE.includes(text(fields.TYPE_ID)) && Object.keys(map(fields.COMMUNICATIONS)).length > 1) {
    throw textError('The only one communication is allowed for activity of specified type.')
  }
  return fields
}

/** The fields of a new activity, whose owner must exist. */
function checked (call: RestCall): Row {
  const { portal } = call.token
  const fields = checkFields(call, true)
  if (text(fields.TYPE_ID) === '6' && text(fields.PROVIDER_ID) === '') {
    throw textError('The custom activity without provider is not supported in current context.')
  }
  if (!(Number(text(fields.OWNER_TYPE_ID)) > 0 && Number(text(fields.OWNER_ID)) > 0)) {
    throw textError('Could not build binding. Please ensure that owner info and communications are defined correctly.')
  }
  const owner = typeById(Number(text(fields.OWNER_TYPE_ID)))
  if (!owner || !hasItem(portal, owner, fields.OWNER_ID)) throw textError('Access denied.')
  return fields
}

function add (call: RestCall): number {
  const { SUBJECT, DESCRIPTION, ...fields } = checked(call)
  return addActivity(call.token, { title: text(SUBJECT), text: text(DESCRIPTION), fields })
}

function update (call: RestCall): true {
  const entry = find(call)
  const { SUBJECT = entry.title, DESCRIPTION = entry.text, ...fields } = checkFields(call, false)
  changeActivity(call.token, entry, { title: text(SUBJECT), text: text(DESCRIPTION), fields })
  return true
}

/** An activity is listed once for each of the BINDINGS that it has; the earliest first without an order. */
function list (call: RestCall): Page {
  const { params, token: { portal } } = call
  const { BINDINGS, ...filter } = mapParameter(call, 'filter')
  const order = mapParameter(call, 'order')
  const all = filterRows(portal.content.list('activity').map(activityRow), filter)
  const rows = BINDINGS === undefined
    ? all
    : Object.values(map(BINDINGS)).flatMap(wanted => all.filter(row => isBoundTo(row, wanted)))
  const isShown = Object.values(map(params.SELECT)).includes('COMMUNICATIONS')
  const show = (row: Row): Row => {
    const picked = pickFields(row, params.SELECT)
    return isShown ? picked : withoutCommunications(picked)
  }
  const sorted = orderRows(rows, Object.keys(order).length > 0 ? order : { START_TIME: 'ASC' })
  return page(sorted, params.START, found => found.map(show))
}

/** Activities of items: crm.activity.add, .fields, .get, .list, .update, .delete. */
export const activityMethods: RestMethods = scoped(['crm'], {
  'crm.activity.add': add,
  'crm.activity.fields': () => activityFields,
  'crm.activity.get': call => withoutCommunications(activityRow(find(call))),
  'crm.activity.list': list,
  'crm.activity.update': update,
  'crm.activity.delete': call => removeEntry(call, find(call), 'ONCRMACTIVITYDELETE')
})
