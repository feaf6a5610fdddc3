import type { Entry } from '../../content.ts'
import type { Portal } from '../../portal.ts'
import { rename, toCamelCase, toFieldName } from '../field-names.ts'
import { page } from '../page.ts'
import { RestError } from '../rest-error.ts'
import { map, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { filterRows, orderRows, pickFields } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'

const scopes = ['crm']

/** The smart process of the sandbox. */
const ENTITY_TYPE_ID = 183

function checkType ({ params }: RestCall): void {
  const type = text(params.ENTITYTYPEID)
  if (!type) throw new RestError('100', 'Could not find value for parameter {entityTypeId} (internal error)')
  if (Number(type) !== ENTITY_TYPE_ID) throw new RestError('NOT_FOUND', 'SPA not found')
}

function itemOf ({ id, title, authorId, at, fields }: Entry): Row {
  return {
    assignedById: authorId,
    categoryId: 1,
    stageId: `DT${ENTITY_TYPE_ID}_1:NEW`,
    currencyId: 'EUR',
    ...rename(fields, toCamelCase),
    // What the portal says itself, whatever was written under these names.
    id,
    title,
    opportunity: Number(fields.OPPORTUNITY ?? 0),
    createdBy: authorId,
    updatedBy: authorId,
    createdTime: isoTime(at),
    updatedTime: isoTime(at),
    entityTypeId: ENTITY_TYPE_ID
  }
}

function itemFields ({ params }: RestCall): Row {
  if (typeof params.FIELDS !== 'object') {
    throw new RestError('100', 'Could not find value for parameter {fields} (internal error)')
  }
  return rename(map(params.FIELDS), toFieldName)
}

function find ({ params }: RestCall, portal: Portal): Entry {
  const entry = portal.content.find('item', Number(text(params.ID)))
  if (!entry) throw new RestError('NOT_FOUND', 'Item not found')
  return entry
}

function add (call: RestCall): { item: Row } {
  checkType(call)
  const { TITLE, ...fields } = itemFields(call)
  const { portal, user } = call.token
  return { item: itemOf(portal.content.add({ kind: 'item', authorId: user.id, title: text(TITLE), fields })) }
}

function update (call: RestCall): { item: Row } {
  checkType(call)
  const { portal } = call.token
  const entry = find(call, portal)
  const { TITLE = entry.title, ...fields } = itemFields(call)
  const changed = { ...entry, title: text(TITLE), fields: { ...entry.fields, ...fields } }
  portal.content.update(changed)
  return { item: itemOf(changed) }
}

/** Its fields: type, title, and what nobody can write. */
const FIELDS: ReadonlyArray<[name: string, type: string, title: string, isReadOnly?: boolean]> = [
  ['id', 'integer', 'ID', true],
  ['title', 'string', 'Title'],
  ['createdBy', 'user', 'Created by', true],
  ['updatedBy', 'user', 'Modified by', true],
  ['assignedById', 'user', 'Responsible person'],
  ['createdTime', 'datetime', 'Created on', true],
  ['updatedTime', 'datetime', 'Modified on', true],
  ['categoryId', 'crm_category', 'Pipeline'],
  ['stageId', 'crm_status', 'Stage'],
  ['currencyId', 'crm_currency', 'Currency'],
  ['opportunity', 'double', 'Amount']
]

const fieldInfo = ([name, type, title, isReadOnly = false]: (typeof FIELDS)[number]) => [name, {
  type,
  isRequired: false,
  isReadOnly,
  isImmutable: false,
  isMultiple: false,
  isDynamic: false,
  title,
  upperName: toFieldName(name)
}]

/**
 * Items of the smart process 183: crm.item.get, crm.item.list, crm.item.fields, crm.item.add, crm.item.update,
 * crm.item.delete.
 */
export const itemMethods: RestMethods = {
  'crm.item.get': {
    scopes,
    run (call) {
      checkType(call)
      return { item: itemOf(find(call, call.token.portal)) }
    }
  },
  'crm.item.list': {
    scopes,
    run (call) {
      checkType(call)
      const { params, token: { portal } } = call
      const rows = filterRows(portal.content.list('item').map(itemOf), params.FILTER)
      return page(orderRows(rows, params.ORDER), params.START, found =>
        ({ items: found.map(row => pickFields(row, params.SELECT)) }))
    }
  },
  'crm.item.fields': {
    scopes,
    run (call) {
      checkType(call)
      return { fields: Object.fromEntries(FIELDS.map(fieldInfo)) }
    }
  },
  'crm.item.delete': {
    scopes,
    run (call) {
      checkType(call)
      const { portal } = call.token
      portal.content.remove(find(call, portal))
      return []
    }
  },
  'crm.item.add': { scopes, run: add },
  'crm.item.update': { scopes, run: update }
}
