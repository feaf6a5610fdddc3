import type { Entry } from '../../content.ts'
import { describeField } from '../crm/describe-field.ts'
import { statusesOf } from '../crm/directories.ts'
import { categoriesOf, categoryRow } from '../crm/kept-directories.ts'
import { itemType } from '../crm/types.ts'
import type { ItemType } from '../crm/types.ts'
import { toCamelCase } from '../field-names.ts'
import { greatest } from '../greatest.ts'
import { Page } from '../page.ts'
import { missingError, RestError } from '../rest-error.ts'
import { isTrue, map, scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'

const DEAL = 2

/** @throws RestError for a type without pipelines */
function typeWithPipelines (call: RestCall): ItemType {
  const type = itemType(call)
  if (type.category !== undefined) return type
  throw new RestError('ENTITY_TYPE_NOT_SUPPORTED', `Entity type \`${type.title}\` is not supported`)
}

function find (call: RestCall, { id: typeId }: ItemType): Entry {
  const found = categoriesOf(call.token.portal, typeId).find(({ fields }) => String(fields.id) === text(call.params.ID))
  if (!found) throw new RestError('NOT_FOUND', 'Element not found')
  return found
}

const show = (call: RestCall, entry: Entry): { category: Row } => ({ category: categoryRow(entry, call.token.lang) })

function fields (call: RestCall): { fields: Row } {
  const isDeal = typeWithPipelines(call).id === DEAL
  const described: Row = {
    ID: describeField('integer', 'ID', 'read'),
    NAME: describeField('string', 'NAME'),
    SORT: describeField('integer', 'SORT'),
    ENTITY_TYPE_ID: { ...describeField('integer', 'ENTITY_TYPE_ID', 'read'), isRequired: true },
    IS_DEFAULT: describeField('boolean', 'IS_DEFAULT', isDeal ? 'read' : undefined),
    ...(isDeal && {
      ORIGIN_ID: describeField('string', 'ORIGIN_ID'), ORIGINATOR_ID: describeField('string', 'ORIGINATOR_ID')
    })
  }
  return {
    fields: Object.fromEntries(Object.entries(described).map(([upperName, field]) =>
      [toCamelCase(upperName), { ...map(field), upperName }]))
  }
}

/** The fields that a call writes into a pipeline, by administrators alone. */
function written (call: RestCall, { id: typeId }: ItemType): { title: string, fields: Row } {
  if (!call.token.user.admin) throw new RestError('ACCESS_DENIED', 'Access denied')
  if (typeof call.params.FIELDS !== 'object') throw missingError('fields')
  const { name, sort, isDefault, originId, originatorId } = map(call.params.FIELDS)
  if (isTrue(isDefault) && (typeId === 3 || typeId === 4)) {
    throw new RestError('0', 'Default client category does not support updating default state')
  }
  return {
    title: text(name),
    fields: {
      ...(sort !== undefined && { sort: Math.max(0, Math.trunc(Number(text(sort))) || 0) }),
      // The first pipeline of deals stays the default one.
      ...(isTrue(isDefault) && typeId !== DEAL && { isDefault: 'Y' }),
      ...(typeId === DEAL && originId !== undefined && { originId: text(originId) }),
      ...(typeId === DEAL && originatorId !== undefined && { originatorId: text(originatorId) })
    }
  }
}

/** There is one default pipeline of each type. */
function keep ({ token: { portal: { content } } }: RestCall, entry: Entry): void {
  for (const other of entry.fields.isDefault === 'Y' ? content.list('category', entry.parent) : []) {
    content.update({ ...other, fields: { ...other.fields, isDefault: 'N' } })
  }
  content.update(entry)
}

function add (call: RestCall): { category: Row } {
  const type = typeWithPipelines(call)
  const { title, fields } = written(call, type)
  if (!title) throw new RestError('0', "Field 'NAME' is required")
  const { portal: { content }, user } = call.token
  const ids = content.list('category').map(({ fields: { id } }) => Number(id))
  const id = greatest(ids, 0) + 1
  const entry = content.add({
    kind: 'category',
    authorId: user.id,
    parent: String(type.id),
    title,
    fields: {
      id, sort: 500, isDefault: 'N', ...(type.id === DEAL && { originId: '', originatorId: '' }), ...fields
    }
  })
  keep(call, entry)
  if (type.stages) statusesOf(type.stages(id)).forEach(status => content.add(status))
  return show(call, entry)
}

function update (call: RestCall): { category: Row } {
  const type = typeWithPipelines(call)
  const before = find(call, type)
  const { title, fields } = written(call, type)
  const entry = { ...before, title: title || before.title, fields: { ...before.fields, ...fields } }
  keep(call, entry)
  return show(call, entry)
}

function remove (call: RestCall): null {
  const type = typeWithPipelines(call)
  const entry = find(call, type)
  if (!call.token.user.admin) throw new RestError('ACCESS_DENIED', 'Access denied')
  const { content } = call.token.portal
  const { id, isDefault } = entry.fields
  const isDeal = type.id === DEAL
  const code = isDeal ? '0' : 'BX_ERROR'
  if (isDefault === 'Y') {
    throw new RestError(code, isDeal ? 'Default deal category cannot be deleted' : 'This funnel is the default funnel')
  }
  if (content.list(type.kind).some(({ fields }) => (fields.CATEGORY_ID ?? type.category) === id)) {
    throw new RestError(code,
      isDeal ? `Deals related to the funnel ${entry.title} found` : 'Elements related to the funnel found')
  }
  content.remove(entry)
  for (const status of type.stages ? content.list('status', type.stages(Number(id))) : []) content.remove(status)
  return null
}

function list (call: RestCall): Page {
  const categories = categoriesOf(call.token.portal, typeWithPipelines(call).id)
  return new Page({ categories: categories.map(entry => show(call, entry).category) }, categories.length, undefined)
}

/** The pipelines of a type of items: crm.category.list, .get, .fields, .add, .update, .delete. */
export const categoryMethods: RestMethods = scoped(['crm'], {
  'crm.category.list': list,
  'crm.category.get': call => show(call, find(call, typeWithPipelines(call))),
  'crm.category.fields': fields,
  'crm.category.add': add,
  'crm.category.update': update,
  'crm.category.delete': remove
})
