import type { Entry } from '../../content.ts'
import { queueEvent } from '../../event-delivery.ts'
import type { Portal } from '../../portal.ts'
import { emailOf } from '../people/user-row.ts'
import { text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { filterRows, orderRows } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'
import { coreError } from '../tasks/check-task.ts'
import { findOfTask, methodsOfClass, taskError } from '../tasks/task-arguments.ts'
import type { Arguments } from '../tasks/task-arguments.ts'
import { isoTime } from '../timing.ts'

function row (portal: Portal, { id, authorId, at, text: POST_MESSAGE }: Entry): Row {
  const author = portal.user(authorId)
  return {
    POST_MESSAGE_HTML: null,
    ID: String(id),
    AUTHOR_ID: String(authorId),
    AUTHOR_NAME: author ? `${author.name} ${author.lastName}` : '',
    AUTHOR_EMAIL: author ? emailOf(author) : '',
    POST_DATE: isoTime(at),
    POST_MESSAGE,
    ATTACHED_OBJECTS: {}
  }
}

const FILTERED = ['ID', 'AUTHOR_ID', 'AUTHOR_NAME', 'POST_DATE']

function list (call: RestCall, args: Arguments): Row[] {
  const { portal } = call.token
  const taskId = args.id(0, 'taskId')
  const order = args.keys(1, 'arOrder', [...FILTERED, 'AUTHOR_EMAIL'])
  const filter = args.keys(2, 'arFilter', FILTERED)
  if (!portal.content.find('task', taskId)) throw taskError(8, 'Action failed', 'ACTION_FAILED_TO_BE_PROCESSED')
  const rows = portal.content.list('task-comment', String(taskId)).map(entry => row(portal, entry))
  return orderRows(filterRows(rows, filter), Object.keys(order).length > 0 ? order : { ID: 'DESC' })
}

function get (call: RestCall, args: Arguments): Row {
  const entry = findOfTask(call, 'task-comment', args)
  if (!entry) {
    throw taskError(512, 'Check listitem not found or not accessible', 'ITEM_NOT_FOUND_OR_NOT_ACCESSIBLE')
  }
  return row(call.token.portal, entry)
}

/** Comments are changed by those who have written them, and by administrators. */
const mayChange = ({ token: { user } }: RestCall, { authorId }: Entry): boolean => user.admin || authorId === user.id

function own (call: RestCall, args: Arguments): Entry {
  const entry = findOfTask(call, 'task-comment', args)
  if (entry && mayChange(call, entry)) return entry
  throw taskError(4, 'Action is not allowed', 'ACTION_NOT_ALLOWED')
}

function tell ({ token: { portal, user } }: RestCall, change: 'UPDATE' | 'DELETE', { id, parent }: Entry): true {
  queueEvent(portal, `ONTASKCOMMENT${change}`, id, user, { MESSAGE_ID: String(id), TASK_ID: parent })
  return true
}

function update (call: RestCall, args: Arguments): true {
  const entry = own(call, args)
  const message = text(args.fields(2, 'arFields').POST_MESSAGE)
  if (!message) throw coreError('Comment text not specified.')
  call.token.portal.content.update({ ...entry, text: message })
  return tell(call, 'UPDATE', entry)
}

function remove (call: RestCall, args: Arguments): true {
  const entry = own(call, args)
  call.token.portal.content.remove(entry)
  return tell(call, 'DELETE', entry)
}

function isAllowed (call: RestCall, args: Arguments): boolean {
  const entry = findOfTask(call, 'task-comment', args)
  const action = args.id(2, 'actionId')
  return entry !== undefined && (action === 1 || (action <= 3 && mayChange(call, entry)))
}

const RUN = { get, getlist: list, update, delete: remove, isactionallowed: isAllowed }

/** Comments on tasks: task.commentitem.get, .getlist, .update, .delete, .isactionallowed. */
export const taskCommentMethods: RestMethods = methodsOfClass('commentitem', RUN)
