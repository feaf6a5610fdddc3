import type { Entry } from '../../content.ts'
import { page, type Page } from '../page.ts'
import { departmentRow, departmentsAbove, departmentsOf } from '../people/departments.ts'
import { RestError } from '../rest-error.ts'
import { scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { filterRows, orderRows } from '../select-rows.ts'

const refusal = (description: string): RestError => new RestError('ERROR_CORE', description)

/** All parameters are conditions but SORT, which names the field to sort by although departments have a field SORT. */
function get ({ params: { SORT, ORDER, START, ...conditions }, token: { portal } }: RestCall): Page {
  const rows = filterRows(departmentsOf(portal).map(departmentRow), conditions)
  return page(orderRows(rows, { [text(SORT) || 'ID']: ORDER }), START)
}

function requireRights ({ token }: RestCall): void {
  if (!token.user.admin) throw refusal('Access denied')
}

function find ({ params, token }: RestCall): Entry {
  const entry = token.portal.content.find('department', Number(text(params.ID)))
  if (!entry) throw refusal('Department not found')
  return entry
}

/** What the call makes of a department, or of a new one. @throws RestError without a name, or below nothing */
function written ({ params, token: { portal } }: RestCall, before?: Entry): Pick<Entry, 'title' | 'parent' | 'fields'> {
  const {
    NAME = before?.title, PARENT = before?.parent, SORT = before?.fields.SORT ?? 500, UF_HEAD = before?.fields.UF_HEAD
  } = params
  const [title, parent] = [text(NAME), text(PARENT)]
  if (title === '') throw refusal('The department name is not provided.<br>')
  const isTop = before?.parent === '' && parent === ''
  const above = departmentsAbove(portal, Number(parent))
  if (!isTop && (above.length === 0 || above.some(({ id }) => id === before?.id))) {
    throw refusal('There can only be one top-level department in the company structure')
  }
  return { title, parent, fields: { SORT: Number(text(SORT)) || 0, UF_HEAD: text(UF_HEAD) || undefined } }
}

function add (call: RestCall): number {
  requireRights(call)
  const { portal: { content }, user } = call.token
  return content.add({ kind: 'department', authorId: user.id, ...written(call) }).id
}

function update (call: RestCall): true {
  requireRights(call)
  const before = find(call)
  call.token.portal.content.update({ ...before, ...written(call, before) })
  return true
}

/** What was below a department that is gone belongs to the one above it. */
function remove (call: RestCall): true {
  requireRights(call)
  const { content } = call.token.portal
  const department = find(call)
  for (const below of content.list('department', String(department.id))) {
    content.update({ ...below, parent: department.parent })
  }
  content.remove(department)
  return true
}

/** The structure of the company: department.get, .fields, .add, .update, .delete. */
export const departmentMethods: RestMethods = scoped(['department'], {
  'department.get': get,
  'department.fields': () => ({
    ID: 'ID', NAME: 'Department Name', SORT: 'Sorting Order', PARENT: 'Parent Department', UF_HEAD: 'Manager'
  }),
  'department.add': add,
  'department.update': update,
  'department.delete': remove
})
