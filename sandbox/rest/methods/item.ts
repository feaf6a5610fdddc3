import type { Entry } from '../../content.ts'
import { toItemName, toKept, withOriginalNames } from '../crm/field-names.ts'
import { FIELDS } from '../crm/fields.ts'
import { describeFields } from '../crm/item-fields.ts'
import { itemRow } from '../crm/item-row.ts'
import { categoriesOf } from '../crm/kept-directories.ts'
import { addItem, removeItem, updateItem } from '../crm/kept-items.ts'
import { queryItems } from '../crm/query-items.ts'
import { itemType } from '../crm/types.ts'
import type { ItemType } from '../crm/types.ts'
import { describeUserFields, withUserFields } from '../crm/user-fields.ts'
import type { Page } from '../page.ts'
import { missingError, RestError } from '../rest-error.ts'
import { isTrue, map, scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'

/** An item with its custom fields under the names that the call asks for. */
function show ({ params, token: { portal } }: RestCall, type: ItemType, entry: Entry): Row {
  const row = itemRow(type, withUserFields(portal, type)(entry))
  return isTrue(params.USEORIGINALUFNAMES) ? withOriginalNames(row) : row
}

/** A kind of contact information; of an entry that is there already nobody has to say it. */
const isContact = (typeId: string): boolean => ['', 'PHONE', 'EMAIL', 'WEB', 'IM', 'LINK'].includes(typeId)

/** @throws RestError for a value that the type cannot have: one in place of several, or a pipeline of another type */
function fieldsOf ({ params, token: { portal } }: RestCall, { id, fields }: ItemType): Row {
  if (typeof params.FIELDS !== 'object') throw missingError('fields')
  const given = map(params.FIELDS)
  for (const [name, value] of Object.entries(given)) {
    const itemName = toItemName(toKept(name))
    const field = fields.includes(itemName) ? FIELDS[itemName] : undefined
    if (field?.isMultiple && field.type !== 'crm_multifield' && typeof value !== 'object') {
      const type = typeof value === 'number' ? 'integer' : typeof value
      throw new RestError('100', `Expected iterable value for multiple field, but got ${type} instead`)
    }
    const isWrong = field?.type === 'crm_category'
      ? !categoriesOf(portal, id).some(({ fields }) => String(fields.id) === text(value))
      : field?.type === 'crm_multifield' && Object.values(map(value)).some(item => !isContact(text(map(item).typeId)))
    if (isWrong) throw new RestError('CRM_FIELD_ERROR_VALUE_NOT_VALID', `Invalid value for field "${field?.title}"`)
  }
  return given
}

function find ({ params, token: { portal } }: RestCall, { kind }: ItemType): Entry {
  const entry = portal.content.find(kind, Number(text(params.ID)))
  if (!entry) throw new RestError('NOT_FOUND', 'Item not found')
  return entry
}

function get (call: RestCall): { item: Row } {
  const type = itemType(call)
  return { item: show(call, type, find(call, type)) }
}

function list (call: RestCall): Page {
  const type = itemType(call)
  return queryItems(type, call.token.portal.content.list(type.kind).map(entry => show(call, type, entry)), call)
}

function fields (call: RestCall): { fields: Row } {
  const type = itemType(call)
  const described = describeFields(type, describeUserFields(call.token.portal, type, call.token.lang))
  return { fields: isTrue(call.params.USEORIGINALUFNAMES) ? withOriginalNames(described) : described }
}

function add (call: RestCall): { item: Row } {
  const type = itemType(call)
  return { item: show(call, type, addItem(call.token, type, fieldsOf(call, type))) }
}

function update (call: RestCall): { item: Row } {
  const type = itemType(call)
  const before = find(call, type)
  const written = fieldsOf(call, type)
  if ('id' in written) {
    throw new RestError('100', 'Setting value for Primary ID is not allowed, it is read-only field')
  }
  return { item: show(call, type, updateItem(call.token, type, before, written)) }
}

function remove (call: RestCall): [] {
  const type = itemType(call)
  removeItem(call.token, type, find(call, type))
  return []
}

/** Items of every type: crm.item.get, .list, .fields, .add, .update, .delete. */
export const itemMethods: RestMethods = scoped(['crm'], {
  'crm.item.get': get,
  'crm.item.list': list,
  'crm.item.fields': fields,
  'crm.item.add': add,
  'crm.item.update': update,
  'crm.item.delete': remove
})
