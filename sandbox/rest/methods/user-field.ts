import type { Entry } from '../../content.ts'
import { queueEvent } from '../../event-delivery.ts'
import { typeOf } from '../crm/types.ts'
import { enumerationFields, settingsFields, userFieldFields } from '../crm/user-field-fields.ts'
import { typeName, userFieldTypes } from '../crm/user-field-types.ts'
import { entityOf, userFieldsOf } from '../crm/user-fields.ts'
import { LABELS, writtenUserField } from '../crm/write-user-field.ts'
import { page } from '../page.ts'
import type { Page } from '../page.ts'
import { RestError, textError } from '../rest-error.ts'
import { map, mapParameter, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { filterRows, orderRows } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'

const scopes = ['crm']

/** Custom fields of these items have methods, and events under these names. */
const NAMES = { lead: 'LEAD', deal: 'DEAL', contact: 'CONTACT', company: 'COMPANY', quote: 'QUOTE' } as const
type Kind = keyof typeof NAMES

function requireAdmin ({ token: { user } }: RestCall): void {
  if (!user.admin) throw textError('Access denied.')
}

/** The name with its prefix, as portals complete it. */
const fullName = (name: string): string => `UF_CRM_${name.toUpperCase().replace(/^UF_(CRM_)?/, '')}`

/** The name of the type of a new field. @throws RestError for a field that cannot be added */
function checkedType (call: RestCall, name: string, given: string): string {
  const missing = Object.entries({ USER_TYPE_ID: given, FIELD_NAME: name }).filter(([, value]) => value === '')
  if (missing.length > 0) throw textError(missing.map(([key]) => `The '${key}' field is not found.`).join('\n'))
  const wrong = fullName(name).length > 50
    ? 'Field name is too long (more than 50 characters).'
    : !/^[A-Z0-9_]+$/.test(fullName(name))
        ? 'Field name contains invalid characters. Allowed characters are: A-Z, 0-9, and _.'
        : undefined
  const type = typeName(call.token.portal, given)
  if (wrong !== undefined) throw new RestError('ERROR_CORE', wrong)
  if (type === undefined) throw new RestError('ERROR_CORE', 'Invalid custom type specified')
  return type
}

function find ({ params, token: { portal } }: RestCall, kind: Kind): Entry {
  const id = Number(text(params.ID))
  if (!Number.isInteger(id) || id <= 0) throw textError('ID is not defined or invalid.')
  const field = portal.content.find('user-field', id)
  if (!field) throw new RestError('ERROR_NOT_FOUND', `The entity with ID '${id}' is not found`)
  if (field.parent !== entityOf(typeOf(kind))) throw textError('Access denied.')
  return field
}

/** Tells the application what has become of a custom field. */
function tell ({ token: { portal, user } }: RestCall, kind: Kind, change: 'ADD' | 'UPDATE' | 'DELETE', field: Entry) {
  const others = { ENTITY_ID: field.parent, FIELD_NAME: field.title }
  queueEvent(portal, `ONCRM${NAMES[kind]}USERFIELD${change}`, field.id, user, others)
  if (change !== 'DELETE' && field.fields.LIST !== undefined) {
    queueEvent(portal, `ONCRM${NAMES[kind]}USERFIELDSETENUMVALUES`, field.id, user, others)
  }
}

const rowOf = ({ id, parent, title, fields }: Entry): Row =>
  ({ ID: String(id), ENTITY_ID: parent, FIELD_NAME: title, ...fields })

function add (call: RestCall, kind: Kind): number {
  requireAdmin(call)
  const { portal, user } = call.token
  const given = mapParameter(call, 'fields', true)
  const name = text(given.FIELD_NAME)
  const type = checkedType(call, name, text(given.USER_TYPE_ID))
  const title = fullName(name)
  const parent = entityOf(typeOf(kind))
  if (userFieldsOf(portal, typeOf(kind)).some(field => field.title === title)) {
    throw new RestError('ERROR_CORE', `The field ${title} for the ${parent} object already exists.`)
  }
  const fields = writtenUserField(portal, type, given)
  const field = portal.content.add({ kind: 'user-field', authorId: user.id, parent, title, fields })
  tell(call, kind, 'ADD', field)
  return field.id
}

function update (call: RestCall, kind: Kind): true {
  requireAdmin(call)
  const { portal } = call.token
  const before = find(call, kind)
  const given = mapParameter(call, 'fields', true)
  const fields = writtenUserField(portal, String(before.fields.USER_TYPE_ID), given, before.fields)
  portal.content.update({ ...before, fields })
  tell(call, kind, 'UPDATE', { ...before, fields })
  return true
}

/** Removes a field, and its values from all items. */
function remove (call: RestCall, kind: Kind): true {
  requireAdmin(call)
  const { content } = call.token.portal
  const field = find(call, kind)
  content.remove(field)
  for (const { fields: { [field.title]: value, ...fields }, ...item } of content.list(kind)) {
    if (value !== undefined) content.update({ ...item, fields })
  }
  tell(call, kind, 'DELETE', field)
  return true
}

/** The fields that a filter lets through, with texts in the language that it names. */
function list (call: RestCall, kind: Kind): Page {
  requireAdmin(call)
  const { LANG, ...filter } = mapParameter(call, 'filter')
  const order = call.params.ORDER === undefined ? { SORT: 'ASC' } : mapParameter(call, 'order')
  const lang = text(LANG)
  const rows = userFieldsOf(call.token.portal, typeOf(kind)).map((field): Row =>
    Object.fromEntries(Object.entries(rowOf(field)).flatMap(([name, value]) => {
      if (!LABELS.includes(name)) return [[name, value]]
      return lang === '' ? [] : [[name, map(value)[lang] || null]]
    })))
  return page(orderRows(filterRows(rows, filter), order), call.params.START)
}

const RUN = { add, update, delete: remove, list, get: (call: RestCall, kind: Kind) => rowOf(find(call, kind)) }

const methodsOf = (kind: Kind): RestMethods => Object.fromEntries(Object.entries(RUN).map(([name, run]) =>
  [`crm.${kind}.userfield.${name}`, { scopes, run: (call: RestCall) => run(call, kind) }]))

/** The settings that the type has. */
function settings ({ params }: RestCall): Row {
  const type = text(params.TYPE)
  if (type === '') throw textError("Parameter 'type' is not specified or empty.")
  return settingsFields(type)
}

/** Custom fields: crm.deal.userfield.* and its like; and what can be said of custom fields, crm.userfield.*. */
export const userFieldMethods: RestMethods = {
  ...methodsOf('lead'),
  ...methodsOf('deal'),
  ...methodsOf('contact'),
  ...methodsOf('company'),
  ...methodsOf('quote'),
  'crm.userfield.types': { scopes, run: call => userFieldTypes(call.token.portal) },
  'crm.userfield.fields': { scopes, run: () => userFieldFields },
  'crm.userfield.enumeration.fields': { scopes, run: () => enumerationFields },
  'crm.userfield.settings.fields': { scopes, run: settings }
}
