import type { Entry } from '../../content.ts'
import { describeField } from '../crm/describe-field.ts'
import { firstStage, isPipeline } from '../crm/directories.ts'
import { statusRow } from '../crm/kept-directories.ts'
import { TYPES } from '../crm/types.ts'
import { page } from '../page.ts'
import { textError } from '../rest-error.ts'
import { map, mapParameter, scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { filterRows, orderRows } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'

const FIELDS: Row = {
  ID: describeField('integer', 'ID', 'read'),
  ENTITY_ID: describeField('string', 'Entity ID', 'owner'),
  STATUS_ID: describeField('string', 'Status', 'owner'),
  SORT: describeField('integer', 'Sorting'),
  NAME: describeField('string', 'Name', 'required'),
  NAME_INIT: describeField('string', 'Default Name', 'read'),
  SYSTEM: describeField('char', 'System', 'read'),
  CATEGORY_ID: describeField('integer', 'CATEGORY_ID', 'immutable'),
  COLOR: describeField('string', 'COLOR'),
  SEMANTICS: describeField('char', 'SEMANTICS', 'immutable'),
  EXTRA: describeField('crm_status_extra', 'Additional Fields')
}

function requireAdmin ({ token: { user } }: RestCall): void {
  if (!user.admin) throw textError('Access denied.')
}

function find ({ params, token: { portal } }: RestCall): Entry {
  const id = Number(text(params.ID))
  if (!(id > 0)) throw textError('Invalid identifier.')
  const entry = portal.content.find('status', id)
  if (!entry) throw textError('Status is not found.')
  return entry
}

/** A list says of stages which group they are in. */
function listed (entry: Entry, lang: string): Row {
  const row = statusRow(entry, lang)
  const { SEMANTICS, SYSTEM, COLOR } = row
  const ends: Row = { S: 'success', F: SYSTEM === 'Y' ? 'failure' : 'apology' }
  return isPipeline(entry.parent)
    ? { ...row, EXTRA: { SEMANTICS: ends[String(SEMANTICS)] ?? 'process', COLOR } }
    : row
}

/** What a call writes of a value that is there already. */
const changesIn = ({ SORT, COLOR }: Row): Row => ({
  ...(SORT !== undefined && { SORT: String(Number(text(SORT)) || 10) }),
  ...(COLOR !== undefined && { COLOR: text(COLOR) })
})

/** The code of a new stage has the prefix of its pipeline. */
function newCode (directory: string, given: string): string {
  const [prefix = ''] = /^.*:/.exec(firstStage(directory) ?? '') ?? []
  const code = given.startsWith(prefix) ? given : prefix + given
  const isRight = isPipeline(directory)
    ? /^[\w-]+$/.test(code.slice(prefix.length)) && code.length <= (directory === 'STATUS' ? 21 : 22)
    : code.length <= 50
  if (!isRight) throw textError('Error on creating status.')
  return code
}

function add (call: RestCall): number {
  requireAdmin(call)
  const { portal, user } = call.token
  const given = mapParameter(call, 'fields', true)
  const [directory, code, title] = [given.ENTITY_ID, given.STATUS_ID, given.NAME].map(text)
  for (const [name, value] of Object.entries({ ENTITY_ID: directory, STATUS_ID: code })) {
    if (!value) throw textError(`The field ${name} is required.`)
  }
  const others = portal.content.list('status', directory)
  const [first] = others
  if (!first) throw textError('Specified entity type is not supported.')
  if (!title) throw textError('The required field "Title" is not filled')
  const STATUS_ID = newCode(first.parent, String(code))
  if (others.some(({ fields }) => fields.STATUS_ID === STATUS_ID)) throw textError('Duplicate STATUS_ID.')
  const { CATEGORY_ID } = first.fields
  const SEMANTICS = ['S', 'F'].find(end => end === given.SEMANTICS) ?? null
  return portal.content.add({
    kind: 'status',
    authorId: user.id,
    parent: first.parent,
    title,
    fields: {
      STATUS_ID, NAME_INIT: '', SORT: '10', SYSTEM: 'N', COLOR: '', CATEGORY_ID, SEMANTICS, ...changesIn(given)
    }
  }).id
}

function update (call: RestCall): true {
  requireAdmin(call)
  const entry = find(call)
  const given = mapParameter(call, 'fields', true)
  const title = text(given.NAME) || entry.title
  call.token.portal.content.update({ ...entry, title, fields: { ...entry.fields, ...changesIn(given) } })
  return true
}

/** Whether an item is at this stage. */
const isUsed = ({ token: { portal } }: RestCall, { parent, fields: { STATUS_ID } }: Entry): boolean =>
  TYPES.some(({ kind, stages, category = 0 }) => portal.content.list(kind).some(({ fields }) =>
    fields.STAGE_ID === STATUS_ID && stages?.(Number(fields.CATEGORY_ID ?? category)) === parent))

function remove (call: RestCall): true {
  requireAdmin(call)
  const entry = find(call)
  if (entry.fields.SYSTEM === 'Y' && text(map(call.params.PARAMS).FORCED) !== 'Y') {
    throw textError('CRM System Status can be deleted only if parameter FORCED is specified and equal to "Y".')
  }
  if (isUsed(call, entry)) throw textError('There are active items in this status.')
  call.token.portal.content.remove(entry)
  return true
}

/** The values of directories, such as stages: crm.status.list, .get, .fields, .add, .update, .delete. */
export const statusMethods: RestMethods = scoped(['crm'], {
  'crm.status.list': ({ params, token: { portal, lang } }) => {
    const rows = portal.content.list('status').map(entry => listed(entry, lang))
    return page(orderRows(filterRows(rows, params.FILTER), params.ORDER), params.START)
  },
  'crm.status.get': call => statusRow(find(call), call.token.lang),
  'crm.status.fields': () => FIELDS,
  'crm.status.add': add,
  'crm.status.update': update,
  'crm.status.delete': remove
})
