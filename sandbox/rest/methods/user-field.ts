import type { Entry } from '../../content.ts'
import { queueEvent } from '../../event-delivery.ts'
import { typeOf } from '../crm/types.ts'
import { enumerationFields, settingsFields, userFieldFields } from '../crm/user-field-fields.ts'
import { namedUserField, userFieldTypes } from '../crm/user-field-types.ts'
import { entityOf } from '../crm/user-fields.ts'
import { LABELS, writtenUserField } from '../crm/write-user-field.ts'
import { page } from '../page.ts'
import type { Page } from '../page.ts'
import { RestError, textError } from '../rest-error.ts'
import { map, mapParameter, scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { filterRows, orderRows } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'

/** Custom fields of these items have methods, and events under these names. */
const NAMES = {
  lead: 'LEAD', deal: 'DEAL', contact: 'CONTACT', company: 'COMPANY', quote: 'QUOTE', invoice: 'TYPE', item: 'TYPE'
} as const
type Kind = keyof typeof NAMES

/** What the fields belong to, and what their names begin with. People are no items. */
export interface Owner { entity: string, prefix: string, kind?: Kind }

function ownerOf (kind: Kind): Owner {
  const entity = entityOf(typeOf(kind))
  return { entity, prefix: NAMES[kind] === 'TYPE' ? entity : 'CRM', kind }
}

/** All whose fields userfieldconfig.* knows. */
export const owners: readonly Owner[] = Object.keys(NAMES).map(kind => ownerOf(kind as Kind)) // the keys of NAMES

function requireAdmin ({ token: { user } }: RestCall): void {
  if (!user.admin) throw textError('Access denied.')
}

function find ({ params, token: { portal } }: RestCall, { entity, kind }: Owner): Entry {
  const id = Number(text(params.ID))
  if (!Number.isInteger(id) || id <= 0) throw textError('ID is not defined or invalid.')
  const field = portal.content.find('user-field', id)
  if (!field && kind) throw new RestError('ERROR_NOT_FOUND', `The entity with ID '${id}' is not found`)
  if (field?.parent !== entity) throw textError('Access denied.')
  return field
}

/** Tells the application what has become of a custom field of an item. */
function tell (
  { token: { portal, user } }: RestCall, { kind }: Owner, change: 'ADD' | 'UPDATE' | 'DELETE', field: Entry
): void {
  if (!kind) return
  const others = { ENTITY_ID: field.parent, FIELD_NAME: field.title }
  queueEvent(portal, `ONCRM${NAMES[kind]}USERFIELD${change}`, field.id, user, others)
  if (change !== 'DELETE' && field.fields.LIST !== undefined) {
    queueEvent(portal, `ONCRM${NAMES[kind]}USERFIELDSETENUMVALUES`, field.id, user, others)
  }
}

/** A field as the older methods show it. */
export const rowOf = ({ id, parent, title, fields }: Entry): Row =>
  ({ ID: String(id), ENTITY_ID: parent, FIELD_NAME: title, ...fields })

export function add (call: RestCall, owner: Owner): number {
  requireAdmin(call)
  const { portal, user } = call.token
  const given = mapParameter(call, 'fields', true)
  const { entity: parent, prefix } = owner
  const { title, type } = namedUserField(portal, prefix, given)
  if (portal.content.list('user-field', parent).some(field => field.title === title)) {
    throw new RestError('ERROR_CORE', `The field ${title} for the ${parent} object already exists.`)
  }
  const fields = writtenUserField(portal, type, given)
  const field = portal.content.add({ kind: 'user-field', authorId: user.id, parent, title, fields })
  tell(call, owner, 'ADD', field)
  return field.id
}

export function update (call: RestCall, owner: Owner): true {
  requireAdmin(call)
  const { portal } = call.token
  const before = find(call, owner)
  const given = mapParameter(call, 'fields', true)
  const fields = writtenUserField(portal, String(before.fields.USER_TYPE_ID), given, before.fields)
  portal.content.update({ ...before, fields })
  tell(call, owner, 'UPDATE', { ...before, fields })
  return true
}

/** Removes a field, and its values from all items. */
export function remove (call: RestCall, owner: Owner): true {
  requireAdmin(call)
  const { content } = call.token.portal
  const field = find(call, owner)
  content.remove(field)
  for (const { fields: { [field.title]: value, ...fields }, ...item } of owner.kind ? content.list(owner.kind) : []) {
    if (value !== undefined) content.update({ ...item, fields })
  }
  tell(call, owner, 'DELETE', field)
  return true
}

/** The fields that a filter lets through, with texts in the language that it names. */
function list (call: RestCall, owner: Owner): Page {
  requireAdmin(call)
  const { LANG, ...filter } = mapParameter(call, 'filter')
  const order = call.params.ORDER === undefined ? { SORT: 'ASC' } : mapParameter(call, 'order')
  const lang = text(LANG)
  const rows = call.token.portal.content.list('user-field', owner.entity).map((field): Row =>
    Object.fromEntries(Object.entries(rowOf(field)).flatMap(([name, value]) => {
      if (!LABELS.includes(name)) return [[name, value]]
      return lang === '' ? [] : [[name, map(value)[lang] || null]]
    })))
  return page(orderRows(filterRows(rows, filter), order), call.params.START)
}

type Run = (call: RestCall, owner: Owner) => unknown

const RUN: Record<string, Run> = { add, update, delete: remove, list }
const get: Run = (call, owner) => rowOf(find(call, owner))

const methodsOf = (name: string, scope: string, owner: Owner, runs: Record<string, Run>): RestMethods =>
  scoped([scope], Object.fromEntries(Object.entries(runs).map(([action, run]) =>
    [`${name}.userfield.${action}`, (call: RestCall) => run(call, owner)])))

const ofItems = (kind: Kind): RestMethods =>
  methodsOf(`crm.${kind}`, 'crm', ownerOf(kind), { ...RUN, get })

/** The settings that the type has. */
function settings ({ params }: RestCall): Row {
  const type = text(params.TYPE)
  if (type === '') throw textError("Parameter 'type' is not specified or empty.")
  return settingsFields(type)
}

/** Custom fields, crm.deal.userfield.* and its like, user.userfield.*, and what they can be: crm.userfield.*. */
export const userFieldMethods: RestMethods = {
  ...ofItems('lead'),
  ...ofItems('deal'),
  ...ofItems('contact'),
  ...ofItems('company'),
  ...ofItems('quote'),
  ...methodsOf('user', 'user.userfield', { entity: 'USER', prefix: 'USR' }, RUN),
  ...scoped(['crm'], {
    'crm.userfield.types': call => userFieldTypes(call.token.portal),
    'crm.userfield.fields': () => userFieldFields,
    'crm.userfield.enumeration.fields': () => enumerationFields,
    'crm.userfield.settings.fields': settings
  })
}
