import type { Entry } from '../../../content.ts'
import type { Portal } from '../../../portal.ts'
import { map, text } from '../../rest-method.ts'
import type { RestCall } from '../../rest-method.ts'
import type { Row } from '../../select-rows.ts'
import { isoTime } from '../../timing.ts'
import { checkField } from '../dto.ts'
import { queryRows } from '../query.ts'
import { selectFields } from '../select.ts'
import { accessDenied, invalid, requestError, V3Error } from '../v3-error.ts'
import type { V3Methods } from '../v3-method.ts'
import { RESULT } from './task-dto.ts'
import { personOf } from './task-item.ts'
import { numberOf } from './write-task.ts'

const resultItem = (portal: Portal, { id, parent, text, authorId, at, fields }: Entry): Row => ({
  id,
  taskId: Number(parent),
  text,
  authorId,
  author: personOf(portal, authorId),
  createdAt: isoTime(at),
  updatedAt: fields.UPDATED_AT ?? null,
  status: 'open',
  fileIds: [],
  rights: { edit: true, remove: true },
  messageId: null
})

const show = ({ token: { portal } }: RestCall, entry: Entry): object =>
  ({ item: selectFields(RESULT, undefined)(resultItem(portal, entry)) })

/** The parameter `fields`, with the text that every result has. */
function fieldsOf ({ params }: RestCall): { taskId: unknown, text: string } {
  if (typeof params.FIELDS !== 'object' || params.FIELDS === null) throw requestError('fields')
  const fields = map(params.FIELDS)
  for (const field of Object.keys(fields)) checkField(RESULT, field)
  const message = text(fields.text)
  const missing = [
    ...(params.ID === undefined && fields.taskId === undefined ? ['taskId'] : []), ...(message === '' ? ['text'] : [])
  ]
  if (missing.length > 0) {
    throw new V3Error('VALIDATION_DTOVALIDATION', 'Object validation error', 400,
      missing.map(field => ({ field, message: `The required field "${field}" is not filled` })))
  }
  return { taskId: fields.taskId, text: message }
}

function add (call: RestCall): object {
  const { portal, user } = call.token
  const { taskId, text } = fieldsOf(call)
  if (!Number.isInteger(taskId)) {
    throw invalid('taskId', 'The `taskId` field requires an `int` data type for this request')
  }
  const task = portal.content.find('task', Number(taskId))
  if (!task) throw invalid('taskId', 'Task not found')
  return show(call, portal.content.add({ kind: 'task-result', authorId: user.id, parent: String(task.id), text }))
}

/** @throws V3Error when there is no such result */
function find (call: RestCall): Entry {
  const entry = call.token.portal.content.find('task-result', numberOf(call, 'id'))
  if (!entry) throw accessDenied()
  return entry
}

function update (call: RestCall): object {
  const before = find(call)
  const entry = {
    ...before, text: fieldsOf(call).text, fields: { ...before.fields, UPDATED_AT: isoTime(Date.now()) }
  }
  call.token.portal.content.update(entry)
  return show(call, entry)
}

function remove (call: RestCall): object {
  call.token.portal.content.remove(find(call))
  return { result: true }
}

function list ({ params, token: { portal } }: RestCall): object {
  const { FILTER, SELECT } = params
  if (!Array.isArray(FILTER) || FILTER.length === 0) throw invalid('filter', 'The field value cannot be empty')
  if (!FILTER.some((condition: unknown) => Array.isArray(condition) && condition[0] === 'taskId')) {
    throw new V3Error('VALIDATION_REQUESTFILTERVALIDATION', 'Request filter validation error', 400,
      [{ field: 'filter.taskId', message: 'A filter for the required field `taskId` must be specified' }])
  }
  const rows = portal.content.list('task-result').map(entry => resultItem(portal, entry))
  return { items: queryRows(RESULT, rows, params).map(selectFields(RESULT, SELECT)) }
}

/** Results of tasks: tasks.task.result.add, .update, .delete, .list. */
export const resultMethods: V3Methods = {
  'tasks.task.result.add': add,
  'tasks.task.result.update': update,
  'tasks.task.result.delete': remove,
  'tasks.task.result.list': list
}
