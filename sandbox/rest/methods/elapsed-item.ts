import type { Entry } from '../../content.ts'
import { page, type Page } from '../page.ts'
import { map, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { filterRows, orderRows, pickFields } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'
import { coreError } from '../tasks/check-task.ts'
import { findOfTask, methodsOfClass } from '../tasks/task-arguments.ts'
import type { Arguments } from '../tasks/task-arguments.ts'
import { isoTime } from '../timing.ts'

const KEYS = ['ID', 'USER_ID', 'MINUTES', 'SECONDS', 'CREATED_DATE', 'DATE_START', 'DATE_STOP']

function row ({ id, parent, authorId, text: COMMENT_TEXT, at, fields: { SECONDS } }: Entry): Row {
  const created = isoTime(at)
  return {
    ID: String(id),
    TASK_ID: parent,
    USER_ID: String(authorId),
    COMMENT_TEXT,
    SECONDS: String(SECONDS),
    MINUTES: String(Math.floor(Number(SECONDS) / 60)),
    // Written by hand, and not by a running timer.
    SOURCE: '2',
    CREATED_DATE: created,
    DATE_START: created,
    DATE_STOP: created
  }
}

function find (call: RestCall, args: Arguments): Entry {
  const entry = findOfTask(call, 'task-elapsed', args)
  if (!entry) throw coreError('ACTION_NOT_ALLOWED')
  return entry
}

function secondsOf ({ SECONDS }: Row): number {
  const seconds = Math.trunc(Number(text(SECONDS)))
  if (!(seconds > 0)) throw coreError('ACTION_NOT_ALLOWED')
  return seconds
}

function add ({ token: { portal, user } }: RestCall, args: Arguments): number {
  const parent = String(args.id(0, 'taskId'))
  const fields = args.fields(1, 'arFields')
  if (!portal.content.find('task', Number(parent))) throw coreError('Task not found')
  const authorId = portal.user(Number(text(fields.USER_ID)))?.id ?? user.id
  return portal.content.add({
    kind: 'task-elapsed', parent, authorId, text: text(fields.COMMENT_TEXT), fields: { SECONDS: secondsOf(fields) }
  }).id
}

function update (call: RestCall, args: Arguments): null {
  const entry = find(call, args)
  const { COMMENT_TEXT = entry.text, ...fields } = args.fields(2, 'arFields')
  const SECONDS = fields.SECONDS === undefined ? entry.fields.SECONDS : secondsOf(fields)
  call.token.portal.content.update({ ...entry, text: text(COMMENT_TEXT), fields: { SECONDS } })
  return null
}

function remove (call: RestCall, args: Arguments): null {
  call.token.portal.content.remove(find(call, args))
  return null
}

/** The records of a task, or of all tasks when the first parameter is an order. */
function list (call: RestCall, args: Arguments): Page {
  const values = Object.values(call.sent)
  const first = typeof values[0] === 'object' || values.length === 0 ? 0 : 1
  const parent = first === 1 ? String(args.id(0, 'taskId')) : undefined
  const order = args.keys(first, 'arOrder', KEYS)
  const filter = args.keys(first + 1, 'arFilter', KEYS)
  const { nPageSize = 50, iNumPage = 1 } = map(map(values[first + 3]).NAV_PARAMS)
  const size = Math.min(50, Math.max(1, Number(text(nPageSize)) || 50))
  const rows = filterRows(call.token.portal.content.list('task-elapsed', parent).map(row), filter)
  const found = orderRows(rows, Object.keys(order).length > 0 ? order : { ID: 'ASC' })
    .map(item => pickFields(item, values[first + 2]))
  const start = (Math.max(1, Number(text(iNumPage)) || 1) - 1) * size
  const { total } = page(found, 0)
  return Object.assign(page(found.slice(start, start + size), 0), { total })
}

/** Whether there is such a record; everybody may add one. */
function isAllowed (call: RestCall, args: Arguments): boolean {
  const entry = findOfTask(call, 'task-elapsed', args)
  return entry !== undefined && args.id(2, 'actionId') <= 3
}

const RUN = {
  add,
  get: (call: RestCall, args: Arguments) => row(find(call, args)),
  getlist: list,
  update,
  delete: remove,
  isactionallowed: isAllowed
}

/** The time spent on tasks: task.elapseditem.add, .get, .getlist, .update, .delete, .isactionallowed. */
export const elapsedItemMethods: RestMethods = methodsOfClass('elapseditem', RUN)
