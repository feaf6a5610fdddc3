import type { Entry } from '../../content.ts'
import { languages } from '../../pages/languages.ts'
import { typeName, userFieldTypes } from '../crm/user-field-types.ts'
import { LABELS } from '../crm/write-user-field.ts'
import { rename, toCamelCase, toFieldName } from '../field-names.ts'
import { page } from '../page.ts'
import type { Page } from '../page.ts'
import { requireParameters, textError } from '../rest-error.ts'
import { map, scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethod, RestMethods } from '../rest-method.ts'
import { filterRows, orderRows } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'
import { add, owners, remove, rowOf, update } from './user-field.ts'
import type { Owner } from './user-field.ts'

// The custom fields of the older methods under newer names, with those of smart processes and invoices.

/** What these methods do not write. */
const IGNORED = ['showInList', 'listColumnLabel', 'listFilterLabel', 'errorMessage', 'label', 'enum']

const ownerOf = (entity: unknown): Owner | undefined => owners.find(owner => owner.entity === entity)

/** The call as the older methods read it. A name in capitals is none of those that these methods take. */
function olderCall (call: RestCall): RestCall {
  const given = map(call.params.FIELD)
  const known = Object.entries(given).filter(([name]) => !IGNORED.includes(name) && /[a-z]/.test(name))
  const FIELDS = rename(Object.fromEntries(known), toFieldName)
  if (given.userTypeId === 'enumeration') {
    FIELDS.LIST = Object.values(map(given.enum)).map(value => rename(map(value), toFieldName))
  }
  return { ...call, params: { ID: call.params.ID, FIELDS } }
}

/** The field that `id` names, and what it belongs to. */
function find ({ params, token: { portal } }: RestCall, refusal: string, isAllowed = true): [Entry, Owner] {
  const field = portal.content.find('user-field', Number(text(params.ID)))
  const owner = ownerOf(field?.parent)
  if (!field || !owner || !isAllowed) throw textError(refusal)
  return [field, owner]
}

/** A text in each language, null where there is none. */
const textsOf = (label: unknown): Row =>
  Object.fromEntries(Object.entries(map(label)).map(([lang, value]) => [lang, value || null]))

function shown (field: Entry): { field: Row } {
  const { LIST, ...row } = rowOf(field)
  const labels = LABELS.map(name => [name, textsOf(row[name])])
  return {
    field: {
      ...rename({ ...row, ...Object.fromEntries(labels) }, toCamelCase),
      languageId: Object.fromEntries([...languages.keys()].map(lang => [lang, lang])),
      ...(Array.isArray(LIST) && {
        enum: LIST.map(value => ({ userFieldId: String(field.id), ...rename(map(value), toCamelCase) }))
      })
    }
  }
}

const get = (call: RestCall): { field: Row } =>
  shown(find(call, 'You do not have permission to view user field settings')[0])

function addOne (call: RestCall): { field: Row } {
  const older = olderCall(call)
  const { ENTITY_ID, FIELD_NAME } = map(older.params.FIELDS)
  const owner = ownerOf(ENTITY_ID)
  const name = text(FIELD_NAME)
  if (!owner || (name !== '' && !name.startsWith(`UF_${owner.prefix}_`))) {
    throw textError('You cannot create custom fields')
  }
  return get({ ...call, params: { ID: add(older, owner) } })
}

function updateOne (call: RestCall): { field: Row } {
  const [, owner] = find(call, 'You cannot change the settings of the user field', call.token.user.admin)
  update(olderCall(call), owner)
  return get(call)
}

function removeOne (call: RestCall): null {
  remove(call, find(call, 'You cannot delete the user field', call.token.user.admin)[1])
  return null
}

/** The fields that a filter lets through, with their texts in the language that `select` names. */
function list ({ params, token: { portal } }: RestCall): Page {
  const { language, ...names } = map(params.SELECT)
  const lang = text(language)
  const wanted = Object.values(names)
  const rows = portal.content.list('user-field').filter(({ parent }) => ownerOf(parent)).map((field): Row => {
    const { LIST: _list, ...row } = rowOf(field)
    const labels = LABELS.map(name => {
      const { [lang]: label } = map(row[name])
      return [toCamelCase(name), label ? { [lang]: label } : null]
    })
    const others = Object.entries(row).filter(([name]) => !LABELS.includes(name))
    return {
      ...rename(Object.fromEntries(others), toCamelCase),
      ...(lang !== '' && { languageId: { [lang]: lang }, ...Object.fromEntries(labels) })
    }
  })
  const found = orderRows(filterRows(rows, params.FILTER), params.ORDER ?? { sort: 'ASC', id: 'ASC' })
  return page(found, params.START, fields => ({
    fields: wanted.length === 0 || wanted.includes('*')
      ? fields
      : fields.map(row => Object.fromEntries(Object.entries(row).filter(([name]) => wanted.includes(name))))
  }))
}

function types ({ token: { portal } }: RestCall): { types: Row } {
  const all = userFieldTypes(portal).map(({ ID, title }) => [typeName(portal, text(ID)), title])
  return {
    types: Object.fromEntries(all.map(([userTypeId, description]) => [userTypeId, { userTypeId, description }]))
  }
}

/** A method of the module that moduleId names; its errors have no code. */
const ofModule = (run: RestMethod['run'], ...required: string[]): RestMethod['run'] => call => {
  requireParameters(call.params, 'moduleId', ...required)
  if (call.params.MODULEID !== 'crm') throw textError('No settings for UserFieldAccess')
  if (!call.token.portal.scope.includes('crm')) throw textError('The current method required more scopes. (crm)')
  try {
    return run(call)
  } catch (error) {
    throw Object.assign(Object(error), { code: '' })
  }
}

/** Custom fields of the CRM, those of smart processes as well: userfieldconfig.*. */
export const userFieldConfigMethods: RestMethods = scoped(['userfieldconfig'], {
  'userfieldconfig.add': ofModule(addOne, 'field'),
  'userfieldconfig.get': ofModule(get, 'id'),
  'userfieldconfig.update': ofModule(updateOne, 'id'),
  'userfieldconfig.delete': ofModule(removeOne, 'id'),
  'userfieldconfig.list': ofModule(list),
  'userfieldconfig.gettypes': ofModule(types)
})
