import type { Entry } from '../../content.ts'
import { updateItem } from '../crm/kept-items.ts'
import { productRowFields, WRITABLE } from '../crm/product-row-fields.ts'
import { hasProductRows, ownerOfRow, ownerType, productRowsOf, writtenRows } from '../crm/product-rows.ts'
import { typeOf } from '../crm/types.ts'
import { rename, toCamelCase, toFieldName } from '../field-names.ts'
import { newPage } from '../page.ts'
import type { Page } from '../page.ts'
import { missingError, RestError } from '../rest-error.ts'
import { map, scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { filterRows, orderRows, splitKey } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'

/** A row under the names of these methods. */
const show = (row: Row): Row => rename(row, toCamelCase)
/** The same for those who read it. */
const showRead = (row: Row): Row => ({ ...show(row), storeId: null })

/** What of the given fields can be written. */
const writable = (given: unknown): Row => Object.fromEntries(Object.entries(map(given))
  .map(([name, value]): [string, unknown] => [toFieldName(name), value])
  .filter(([name]) => WRITABLE.includes(name)))

/** A parameter that must be there: a map or a list, unless it is a text. */
function required ({ params }: RestCall, name: string, isText = false): unknown {
  const value = params[name.toUpperCase()]
  if (isText ? text(value) === '' : typeof value !== 'object' || value === null) throw missingError(name)
  return value
}

/** The item with this number, of the type with this short name. */
function ownerOf ({ token: { portal } }: RestCall, name: unknown, id: unknown, isWritten = false): Entry {
  const type = ownerType(text(name))
  if (!type || (isWritten && !hasProductRows(type))) {
    throw new RestError('ENTITY_TYPE_NOT_SUPPORTED', `Entity type ${type?.name ?? ''} is not supported`)
  }
  const entry = portal.content.find(type.kind, Number(text(id)))
  if (!entry) throw new RestError('OWNER_NOT_FOUND', 'Owner was not found')
  return entry
}

/** The row that a call names, and its item. */
function find (call: RestCall): { owner: Entry, row: Row } {
  const id = Number(text(required(call, 'id', true)))
  const owner = ownerOfRow(call.token.portal, id)
  const row = owner && productRowsOf(owner).find(({ ID }) => ID === id)
  if (!row) throw new RestError('NOT_FOUND', 'Item not found')
  return { owner, row }
}

/** Keeps the rows of an item, and gives them as they are then. */
export function saveRows (call: RestCall, owner: Entry, rows: Row[], isOld = false): Row[] {
  // Names, prices and units of its products have to be given.
  if (rows.some(row => Number(text(row.PRODUCT_ID)) > 0)) call.note('the catalogue of products is not in the sandbox')
  const PRODUCT_ROWS = writtenRows(call.token.portal, owner, rows, isOld)
  return productRowsOf(updateItem(call.token, typeOf(owner.kind), owner, {}, { PRODUCT_ROWS }))
}

function add (call: RestCall): Row {
  const given = required(call, 'fields')
  const { ownerType: name, ownerId: id } = map(given)
  const owner = ownerOf(call, name, id, true)
  const before = productRowsOf(owner)
  const rows = saveRows(call, owner, [...before, writable(given)])
  const added = rows.find(row => !before.some(({ ID }) => ID === row.ID))
  return { productRow: show(map(added)) }
}

function update (call: RestCall): Row | null {
  const { owner, row } = find(call)
  const given = map(required(call, 'fields'))
  const [first] = Object.keys(given)
  if (first === undefined) return null
  const written = writable(given)
  if (Object.keys(written).length === 0) {
    throw new RestError('INVALID_ARG_VALUE', `Field '${first}' not available for update`)
  }
  const isOther = 'PRODUCT_ID' in written && Number(text(written.PRODUCT_ID)) !== row.PRODUCT_ID
  const changed = { ...row, ...isOther && { PRODUCT_NAME: '' }, ...written }
  const rows = saveRows(call, owner, productRowsOf(owner).map(other => other.ID === row.ID ? changed : other))
  return { productRow: show(map(rows.find(({ ID }) => ID === row.ID))) }
}

function remove (call: RestCall): null {
  const { owner, row } = find(call)
  saveRows(call, owner, productRowsOf(owner).filter(({ ID }) => ID !== row.ID))
  return null
}

function set (call: RestCall): Row {
  const owner = ownerOf(call, required(call, 'ownerType', true), required(call, 'ownerId', true), true)
  const rows = Object.values(map(required(call, 'productRows')))
  return { productRows: saveRows(call, owner, rows.map(row => ({ ...writable(row), ID: map(row).id }))).map(show) }
}

function available (call: RestCall): Row {
  const owner = ownerOf(call, required(call, 'ownerType', true), required(call, 'ownerId', true))
  return { productRows: productRowsOf(owner).map(show) }
}

/** Only numbers of rows and products are indexed, and lists only serve for the former: a portal drops the rest. */
const isCondition = ([key, value]: [string, unknown]): boolean =>
  ['id', 'productId'].includes(splitKey(key)[1]) && (typeof value !== 'object' || key === '@id')

function list (call: RestCall): Page {
  const filter = map(call.params.FILTER)
  for (const key of ['=ownerType', '=ownerId']) {
    if (text(filter[key]) === '') throw new RestError('REQUIRED_ARG_MISSING', `Argument '${key}' is required`)
  }
  const odd = Object.entries(filter).find(([key, value]) => /[<>]/.test(key) && typeof value === 'object')?.[0]
  if (odd !== undefined) {
    const name = splitKey(odd).with(1, toFieldName(splitKey(odd)[1])).join('')
    throw new RestError('INVALID_ARG_VALUE', `Value for filter key '${name}' should be either string or number`)
  }
  const type = ownerType(text(filter['=ownerType']))
  const owner = type && call.token.portal.content.find(type.kind, Number(text(filter['=ownerId'])))
  if (!owner) throw new RestError('ACCESS_DENIED', 'Access denied')
  const conditions = Object.fromEntries(Object.entries(filter).filter(isCondition))
  const order = Object.entries(map(call.params.ORDER)).filter(([name]) => ['id', 'sort'].includes(name))
  const rows = filterRows(productRowsOf(owner).map(showRead), conditions)
  return newPage(orderRows(rows, Object.fromEntries(order)), call.params.START, productRows => ({ productRows }))
}

/** What items sell: crm.item.productrow.* */
export const productRowMethods: RestMethods = scoped(['crm'], {
  'crm.item.productrow.fields': () => ({ fields: productRowFields }),
  'crm.item.productrow.get': call => ({ productRow: showRead(find(call).row) }),
  'crm.item.productrow.list': list,
  'crm.item.productrow.add': add,
  'crm.item.productrow.update': update,
  'crm.item.productrow.delete': remove,
  'crm.item.productrow.set': set,
  'crm.item.productrow.getavailableforpayment': available
})
