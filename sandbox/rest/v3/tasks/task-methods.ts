import type { Entry } from '../../../content.ts'
import { queueEvent } from '../../../event-delivery.ts'
import { map, text } from '../../rest-method.ts'
import type { RestCall } from '../../rest-method.ts'
import { attached, fileOf, FILES } from '../../tasks/attachments.ts'
import { changeTask, commentTask, removeTask } from '../../tasks/kept-tasks.ts'
import { fieldMethods } from '../field-methods.ts'
import type { V3Methods } from '../field-methods.ts'
import { queryRows } from '../query.ts'
import { selectFields } from '../select.ts'
import { accessDenied, requestError, V3Error, violationError } from '../v3-error.ts'
import { CHAT_MESSAGE, TASK, TASK_FILE } from './task-dto.ts'
import { taskItem } from './task-item.ts'
import { numberOf, writtenTask } from './write-task.ts'

/** The task that a parameter names; undefined when there is none. */
const find = (call: RestCall, name = 'id'): Entry | undefined =>
  call.token.portal.content.find('task', numberOf(call, name))

/** @throws V3Error when there is no such task */
function taskWith ({ token: { portal } }: RestCall, id: unknown): Entry {
  const task = portal.content.find('task', Number(id))
  if (!task) throw accessDenied()
  return task
}

function add (call: RestCall): object {
  const { portal, user } = call.token
  const written = writtenTask(call)
  const entry = portal.content.add({ kind: 'task', authorId: user.id, ...written })
  queueEvent(portal, 'ONTASKADD', entry.id, user)
  return { item: selectFields(TASK, undefined)(taskItem(portal, entry, user)) }
}

function get (call: RestCall): object {
  const { params, token: { portal, user } } = call
  const show = selectFields(TASK, params.SELECT)
  const entry = find(call)
  if (!entry) throw new V3Error('ENTITYNOTFOUND', `Record with ID = \`${text(params.ID)}\` not found`)
  return { item: show(taskItem(portal, entry, user)) }
}

function list ({ params, token: { portal, user } }: RestCall): object {
  const show = selectFields(TASK, params.SELECT, ['id'])
  const rows = portal.content.list('task').map(entry => taskItem(portal, entry, user))
  return { items: queryRows(TASK, rows, params).map(show) }
}

function update (call: RestCall): object {
  const { portal, user } = call.token
  const entry = find(call)
  const written = writtenTask(call, entry?.fields, numberOf(call, 'id'))
  if (!entry) throw accessDenied()
  changeTask(portal, entry, written, user)
  return { result: true }
}

function remove (call: RestCall): object {
  const { portal, user } = call.token
  removeTask(portal, taskWith(call, numberOf(call, 'id')), user)
  return { result: true }
}

function access (call: RestCall): object {
  const { portal, user } = call.token
  return map(taskItem(portal, taskWith(call, numberOf(call, 'id')), user).rights)
}

function send (call: RestCall): object {
  const { params, token: { portal, user } } = call
  if (typeof params.FIELDS !== 'object') throw requestError('fields')
  const { taskId, text: message } = map(params.FIELDS)
  const missing = Object.entries({ taskId, text: message }).flatMap(([name, value]) => text(value) === '' ? [name] : [])
  if (missing.length > 0) throw requestError(...missing)
  commentTask(portal, taskWith(call, taskId), text(message), user)
  return { result: true }
}

function attach (call: RestCall): object {
  const { params, token: { portal, user } } = call
  const entry = find(call, 'taskId')
  if (!Array.isArray(params.FILEIDS)) throw requestError('fileIds')
  const files = params.FILEIDS.flatMap(id => fileOf(call, id) ?? [])
  if (!entry || files.length < params.FILEIDS.length) {
    throw violationError([{ message: 'Insufficient permissions' }])
  }
  const ids = files.map(file => attached(call, file))
  changeTask(portal, entry, { fields: { [FILES]: [...Object.values(map(entry.fields[FILES])), ...ids] } }, user)
  return { result: true }
}

/** Tasks: tasks.task.* */
export const taskMethods: V3Methods = {
  'tasks.task.add': add,
  'tasks.task.get': get,
  'tasks.task.list': list,
  'tasks.task.update': update,
  'tasks.task.delete': remove,
  'tasks.task.access.get': access,
  'tasks.task.chat.message.send': send,
  'tasks.task.file.attach': attach,
  ...fieldMethods('tasks.task', TASK),
  ...fieldMethods('tasks.task.file', TASK_FILE),
  ...fieldMethods('tasks.task.chat.message', CHAT_MESSAGE)
}
