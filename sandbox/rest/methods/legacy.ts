import type { Entry } from '../../content.ts'
import { isCustom } from '../crm/field-names.ts'
import { addItem, removeItem, updateItem } from '../crm/kept-items.ts'
import { describeLegacy, isContactKind, olderFieldsIn, toItemFields } from '../crm/legacy-fields.ts'
import { legacyRow } from '../crm/legacy-row.ts'
import { typeOf } from '../crm/types.ts'
import type { ItemType } from '../crm/types.ts'
import { describeUserFields, withUserFields } from '../crm/user-fields.ts'
import { page } from '../page.ts'
import type { Page } from '../page.ts'
import { RestError, textError } from '../rest-error.ts'
import { map, mapParameter, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { filterRows, orderRows } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'

const scopes = ['crm']

function find ({ params, token: { portal } }: RestCall, { kind }: ItemType, missing = textError('Not found')): Entry {
  const id = Number(text(params.ID))
  if (!Number.isInteger(id) || id <= 0) throw textError('ID is not defined or invalid')
  const entry = portal.content.find(kind, id)
  if (!entry) throw missing
  return entry
}

/**
 * The fields that a call writes, and those of them that crm.item.* does not have. Its other parameters say what is told
 * of it in the feed and the history.
 */
function fieldsOf (call: RestCall, type: ItemType, isNew: boolean): [fields: Row, others: Row] {
  mapParameter(call, 'params')
  const fields = mapParameter(call, 'fields', true)
  return [toItemFields(type, fields, isNew), olderFieldsIn(type, fields)]
}

const filled = ({ token: { portal } }: RestCall, type: ItemType): (entry: Entry) => Entry =>
  withUserFields(portal, type, { Y: '1', N: '0' })

/** Items with the fields that were asked for. Contact information is shown to those who name its kind, with the ID. */
function list (call: RestCall, type: ItemType): Page {
  const given = Object.values(map(call.params.SELECT)).map(text)
  const names = given.length === 0 ? ['*', 'UF_*'] : given.some(isContactKind) ? ['ID', ...given] : given
  const isSelected = (name: string): boolean => names.includes(name) || names.includes(isCustom(name) ? 'UF_*' : '*')
  const rows = call.token.portal.content.list(type.kind).map(filled(call, type)).map((entry): Row => {
    const { row, multiple } = legacyRow(type, entry)
    const values = Object.entries(multiple).map(([kind, contacts]) => [kind, contacts.map(({ VALUE }) => VALUE)])
    const shown = [...Object.entries(row).filter(([name]) => isSelected(name)),
      ...Object.entries(multiple).filter(([kind]) => names.includes(kind))]
    return { ...row, ...Object.fromEntries(values), shown: Object.fromEntries(shown) }
  })
  const found = filterRows(rows, mapParameter(call, 'filter'))
  return page(orderRows(found, mapParameter(call, 'order')), call.params.START, rows => rows.map(({ shown }) => shown))
}

function methodsOf (kind: 'lead' | 'deal' | 'contact' | 'company' | 'quote'): RestMethods {
  const type = typeOf(kind)
  const missing = textError(kind === 'lead' || kind === 'deal' ? 'Not found' : `${type.title} is not found`)
  const method = (name: string, run: (call: RestCall) => unknown): RestMethods =>
    ({ [`crm.${kind}.${name}`]: { scopes, run } })
  return {
    ...method('get', call => {
      const { row, multiple } = legacyRow(type, filled(call, type)(find(call, type)))
      return { ...row, ...multiple }
    }),
    ...method('list', call => list(call, type)),
    ...method('fields', ({ token: { portal, lang } }) =>
      describeLegacy(type, describeUserFields(portal, type, lang))),
    ...method('add', call => addItem(call.token, type, ...fieldsOf(call, type, true)).id),
    ...method('update', call => {
      const entry = find(call, type, missing)
      updateItem(call.token, type, entry, ...fieldsOf(call, type, false))
      return true
    }),
    ...method('delete', call => {
      const entry = find(call, type, kind === 'quote' ? new RestError('ERROR_CORE', 'Element not found') : missing)
      removeItem(call.token, type, entry)
      return true
    })
  }
}

/** The methods from before crm.item.*, still widely used: crm.deal.*, and those of leads, customers and quotes. */
export const legacyMethods: RestMethods = {
  ...methodsOf('lead'), ...methodsOf('deal'), ...methodsOf('contact'), ...methodsOf('company'), ...methodsOf('quote')
}
