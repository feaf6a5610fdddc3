import { missingError, RestError, typeError } from '../rest-error.ts'
import { map, text, texts } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { attached, fileOf, FILES } from '../tasks/attachments.ts'
import { coreError } from '../tasks/check-task.ts'
import { historyRows } from '../tasks/history.ts'
import { changeTask, findTask } from '../tasks/kept-tasks.ts'
import { allowedActions, isFavorite, noActions, STARRED_BY } from '../tasks/task-access.ts'
import { TASK_FIELDS } from '../tasks/task-fields.ts'

const scopes = ['task']

/** What the users, or the caller, may do; nothing when there is no such task. */
function access (call: RestCall): { allowedActions: Row } {
  const { params, token: { portal, user } } = call
  const task = findTask(call)
  const ids: unknown = params.USERS ?? [user.id]
  if (typeof ids !== 'object' || ids === null) throw typeError('users', ids)
  const rows = texts(ids).map(id =>
    [id, task && portal.user(Number(id)) ? allowedActions(task.fields, Number(id)) : noActions()])
  return { allowedActions: task ? Object.fromEntries(rows) : {} }
}

/** Puts a task among the favorites of the caller, or takes it out. Tells whether it was the other way before. */
const favoriteMethod = (name: string, isAdded: boolean): RestMethods => ({
  [`tasks.task.favorite.${name}`]: {
    scopes,
    run (call) {
      const { portal, user } = call.token
      const task = findTask(call)
      if (!task || isFavorite(task.fields, user.id) === isAdded) return false
      const others = Object.values(Object(task.fields[STARRED_BY])).filter(id => id !== user.id)
      portal.content.update({
        ...task, fields: { ...task.fields, [STARRED_BY]: isAdded ? [...others, user.id] : others }
      })
      return true
    }
  }
})

function history (call: RestCall): { list: Row[] } {
  const task = findTask(call)
  return { list: task ? historyRows(call.token.portal, task, call.params) : [] }
}

function attachFile (call: RestCall): { attachmentId: number } {
  const { params: { FILEID }, token: { portal, user } } = call
  const task = findTask(call)
  if (FILEID === undefined) throw missingError('fileId')
  if (!/^\d+$/.test(text(FILEID))) throw typeError('fileId', FILEID, 'int')
  if (!task) throw new RestError('0', 'Access denied (internal error)')
  const file = fileOf(call, FILEID)
  if (!file) throw coreError('Insufficient permissions.')
  const attachmentId = attached(call, file)
  changeTask(portal, task, { fields: { [FILES]: [...Object.values(map(task.fields[FILES])), attachmentId] } }, user)
  return { attachmentId }
}

/** More about tasks: tasks.task.getaccess, .getfields, .favorite.add and .remove, .history.list, .files.attach. */
export const taskDetailMethods: RestMethods = {
  'tasks.task.getaccess': { scopes, run: access },
  'tasks.task.getfields': { scopes, run: () => ({ fields: TASK_FIELDS }) },
  ...favoriteMethod('add', true),
  ...favoriteMethod('remove', false),
  'tasks.task.history.list': { scopes, run: history },
  'tasks.task.files.attach': { scopes, run: attachFile }
}
