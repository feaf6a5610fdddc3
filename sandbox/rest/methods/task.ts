import { queueEvent } from '../../event-delivery.ts'
import type { Portal, SandboxUser } from '../../portal.ts'
import { rename } from '../field-names.ts'
import { newPage, type Page } from '../page.ts'
import { missingError, requireArrays, RestError } from '../rest-error.ts'
import { map, scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { filterRows, orderRows, withPatterns } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'
import { withAttachments } from '../tasks/attachments.ts'
import { checkTask, coreError } from '../tasks/check-task.ts'
import { changeTask, commentTask, findTask, removeTask } from '../tasks/kept-tasks.ts'
import { listedTask, searchedTask, taskOf } from '../tasks/task-row.ts'

const fieldsOf = ({ FIELDS }: Row): Row => rename(map(FIELDS), name => name.toUpperCase())

/** @throws RestError without fields */
function requiredFields (params: Row): Row {
  if (params.FIELDS === undefined) throw missingError('fields')
  requireArrays(params, 'fields')
  return fieldsOf(params)
}

/** Who wrote it: the one whose id is given, else the caller. */
function authorOf (portal: Portal, caller: SandboxUser, given: unknown): SandboxUser {
  const author = given === undefined ? caller : portal.user(Number(text(given)))
  if (!author) throw coreError('User specified in the "Created by" field not found')
  return author
}

function titleOf (given: unknown): string {
  const title = text(given)
  if (!title) throw coreError('Task title not specified')
  return title
}

function add (call: RestCall): { task: Row } {
  const { params, token: { portal, user } } = call
  const { TITLE, DESCRIPTION, CREATED_BY, ...others } = requiredFields(params)
  const title = titleOf(TITLE)
  const responsible = text(others.RESPONSIBLE_ID)
  if (!responsible) throw coreError('Assignee not specified')
  checkTask(portal, others)
  const task = portal.content.add({
    kind: 'task',
    authorId: authorOf(portal, user, CREATED_BY).id,
    title,
    text: text(DESCRIPTION),
    fields: { ...withAttachments(call, others), RESPONSIBLE_ID: responsible }
  })
  queueEvent(portal, 'ONTASKADD', task.id, user)
  return { task: taskOf(portal, task, user) }
}

function get (call: RestCall): { task: Row } | [] {
  const { portal, user } = call.token
  const entry = findTask(call)
  requireArrays(call.params, 'select')
  return entry ? { task: taskOf(portal, entry, user, call.params.SELECT) } : []
}

function update (call: RestCall): { task: Row } {
  const { portal, user } = call.token
  const { TITLE, DESCRIPTION, CREATED_BY, ...others } = requiredFields(call.params)
  const before = findTask(call)
  if (!before) throw new RestError('0', 'Action on the task is not allowed (internal error)')
  checkTask(portal, others, before.fields, before.id)
  const entry = changeTask(portal, before, {
    ...(CREATED_BY !== undefined && { authorId: authorOf(portal, user, CREATED_BY).id }),
    ...(TITLE !== undefined && { title: titleOf(TITLE) }),
    ...(DESCRIPTION !== undefined && { text: text(DESCRIPTION) }),
    fields: withAttachments(call, others)
  }, user)
  return { task: taskOf(portal, entry, user) }
}

function remove (call: RestCall): { task: true } {
  const { portal, user } = call.token
  const entry = findTask(call)
  if (!entry) throw new RestError('1048582', 'No access to delete the task')
  removeTask(portal, entry, user)
  return { task: true }
}

/** What a list may be sorted by. */
const SORTED = ('ID TITLE TIME_SPENT_IN_LOGS DATE_START CREATED_DATE CHANGED_DATE CLOSED_DATE ACTIVITY_DATE ' +
  'START_DATE_PLAN END_DATE_PLAN DEADLINE STATUS REAL_STATUS STATUS_COMPLETE PRIORITY MARK CREATED_BY_LAST_NAME ' +
  'RESPONSIBLE_LAST_NAME GROUP_ID TIME_ESTIMATE ALLOW_CHANGE_DEADLINE ALLOW_TIME_TRACKING MATCH_WORK_TIME FAVORITE ' +
  'SORTING IS_PINNED IS_PINNED_IN_GROUP').split(' ')

/** Tasks are searched and sorted by names in capitals, and shown under others; the latest first without an order. */
function list ({ params, token: { portal, user } }: RestCall): Page {
  requireArrays(params, 'filter', 'select', 'order')
  const rows = portal.content.list('task').map(entry => ({ ...searchedTask(portal, entry, user), entry }))
  const order = rename(map(params.ORDER ?? { ID: 'DESC' }), name => name.toUpperCase())
  if (Object.keys(order).some(name => !SORTED.includes(name))) {
    throw new RestError('0', 'Invalid sorting key (internal error)')
  }
  const { '::SUBFILTER-PARAMS': others, ...filter } = map(params.FILTER)
  return newPage(orderRows(filterRows(rows, withPatterns({ ...filter, ...map(others) })), order), params.START,
    found => ({ tasks: found.map(({ entry }) => listedTask(portal, entry, user, params.SELECT)) }))
}

function comment ({ params, token: { portal, user } }: RestCall): number {
  const { POST_MESSAGE, AUTHOR_ID } = fieldsOf(params)
  const task = portal.content.find('task', Number(text(params.TASKID)))
  if (!task) throw coreError('Insufficient permissions to add a comment.')
  const message = text(POST_MESSAGE)
  if (!message) throw coreError('Comment text not specified')
  return commentTask(portal, task, message, authorOf(portal, user, AUTHOR_ID)).id
}

/** Tasks: tasks.task.add, .get, .list, .update, .delete; task.commentitem.add. */
export const taskMethods: RestMethods = scoped(['task'], {
  'tasks.task.add': add,
  'tasks.task.get': get,
  'tasks.task.list': list,
  'tasks.task.update': update,
  'tasks.task.delete': remove,
  'task.commentitem.add': comment
})
