import type { Entry } from '../../content.ts'
import { RestError } from '../rest-error.ts'
import { map, text } from '../rest-method.ts'
import type { RestCall, RestMethod, RestMethods } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import {
  ALLOWED_IN, allowedActions, COMPLETED, DEFERRED, IN_PROGRESS, PENDING, statusOf, SUPPOSEDLY_COMPLETED
} from '../tasks/allowed-actions.ts'
import { changeTask } from '../tasks/change-task.ts'
import { findTask } from '../tasks/find-task.ts'
import { taskOf } from '../tasks/task-row.ts'

const scopes = ['task']

/** @throws RestError when the task does not exist, or is in a state in which nobody may do it */
function taskFor (call: RestCall, action: string): Entry {
  const task = findTask(call)
  if (!task || !ALLOWED_IN[action]?.includes(statusOf(task.fields))) {
    throw new RestError('0', 'Action on the task is not allowed')
  }
  return task
}

/** A method that gives the task another state. */
const stateMethod = (action: string, stateOf: (task: Entry, call: RestCall) => string): RestMethod => ({
  scopes,
  run (call) {
    const { portal, user } = call.token
    const task = taskFor(call, action)
    return { task: taskOf(portal, changeTask(portal, task, { fields: { STATUS: stateOf(task, call) } }, user)) }
  }
})

function delegate (call: RestCall): { task: Row } {
  const { params, token: { portal, user } } = call
  const userId = text(params.USERID)
  if (!userId) throw new RestError('100', 'Could not find value for parameter {userId} (internal error)')
  const task = taskFor(call, 'DELEGATE')
  if (!portal.user(Number(userId))) throw new RestError('0', 'Action on the task is not allowed')
  return { task: taskOf(portal, changeTask(portal, task, { fields: { RESPONSIBLE_ID: userId } }, user)) }
}

function access (call: RestCall): { allowedActions: Row | [] } {
  const { params, token: { portal, user } } = call
  if (params.USERS !== undefined && typeof params.USERS !== 'object') {
    throw new RestError('100',
      'Invalid value {} to match with parameter {users}. Should be value of type array. (internal error)')
  }
  const task = findTask(call)
  const users = Object.values(map(params.USERS ?? [user.id])).map(text)
  return {
    allowedActions: task
      ? Object.fromEntries(users.map(id => [id, allowedActions(task.fields, portal.user(Number(id)) !== undefined)]))
      : []
  }
}

/** A method that puts a task among the favorites, or takes it away. */
const favoriteMethod = (FAVORITE: 'Y' | 'N'): RestMethod => ({
  scopes,
  run (call) {
    const task = findTask(call)
    if (!task) throw new RestError('1', 'Task not found or not accessible')
    call.token.portal.content.update({ ...task, fields: { ...task.fields, FAVORITE } })
    return true
  }
})

/** What people do with tasks: tasks.task.start, .pause, .complete and so on; .getaccess; .favorite.* */
export const taskActionMethods: RestMethods = {
  'tasks.task.start': stateMethod('START', () => IN_PROGRESS),
  'tasks.task.pause': stateMethod('PAUSE', () => PENDING),
  // Whose work somebody else has to accept does not complete it alone.
  'tasks.task.complete': stateMethod('COMPLETE', ({ authorId, fields }, { token: { user } }) =>
    fields.TASK_CONTROL === 'Y' && authorId !== user.id ? SUPPOSEDLY_COMPLETED : COMPLETED),
  'tasks.task.defer': stateMethod('DEFER', () => DEFERRED),
  'tasks.task.renew': stateMethod('RENEW', () => PENDING),
  'tasks.task.approve': stateMethod('APPROVE', () => COMPLETED),
  'tasks.task.disapprove': stateMethod('DISAPPROVE', () => PENDING),
  'tasks.task.delegate': { scopes, run: delegate },
  'tasks.task.getaccess': { scopes, run: access },
  'tasks.task.favorite.add': favoriteMethod('Y'),
  'tasks.task.favorite.remove': favoriteMethod('N')
}
