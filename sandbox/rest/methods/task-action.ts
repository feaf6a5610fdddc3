import type { Entry } from '../../content.ts'
import { missingError, RestError } from '../rest-error.ts'
import { text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import {
  ALLOWED_IN, changeTask, COMPLETED, DEFERRED, findTask, IN_PROGRESS, PENDING, statusOf, SUPPOSEDLY_COMPLETED
} from '../tasks/kept-tasks.ts'
import { taskOf } from '../tasks/task-row.ts'

const scopes = ['task']

/** Portals refuse some of the actions with one code, and others with another. */
const refusal = (action: string): RestError => new RestError(
  ['start', 'complete', 'delegate'].includes(action) ? '0' : '1048582', 'Action on the task is not allowed')

/** @throws RestError when the task does not exist, or is in a state in which nobody may do it */
function taskFor (call: RestCall, action: string): Entry {
  const task = findTask(call)
  if (!task || !ALLOWED_IN[action]?.includes(statusOf(task.fields))) throw refusal(action)
  return task
}

/** The method `tasks.task.<action>`, which gives the task another state. */
const stateMethod = (action: string, stateOf: (task: Entry, call: RestCall) => string): RestMethods => ({
  [`tasks.task.${action}`]: {
    scopes,
    run (call) {
      const { portal, user } = call.token
      const task = taskFor(call, action)
      return { task: taskOf(portal, changeTask(portal, task, { fields: { STATUS: stateOf(task, call) } }, user), user) }
    }
  }
})

function delegate (call: RestCall): { task: Row } {
  const { params, token: { portal, user } } = call
  const userId = text(params.USERID)
  if (!userId) throw missingError('userId')
  const task = taskFor(call, 'delegate')
  if (!portal.user(Number(userId))) throw refusal('delegate')
  return { task: taskOf(portal, changeTask(portal, task, { fields: { RESPONSIBLE_ID: userId } }, user), user) }
}

/** What people do with tasks: tasks.task.start, .pause, .complete, .defer, .renew, .approve, .disapprove, .delegate. */
export const taskActionMethods: RestMethods = {
  ...stateMethod('start', () => IN_PROGRESS),
  ...stateMethod('pause', () => PENDING),
  // A task that its author accepts is not completed by others.
  ...stateMethod('complete', ({ authorId, fields }, { token: { user } }) =>
    fields.TASK_CONTROL === 'Y' && authorId !== user.id ? SUPPOSEDLY_COMPLETED : COMPLETED),
  ...stateMethod('defer', () => DEFERRED),
  ...stateMethod('renew', () => PENDING),
  ...stateMethod('approve', () => COMPLETED),
  ...stateMethod('disapprove', () => PENDING),
  'tasks.task.delegate': { scopes, run: delegate }
}
