import type { Entry } from '../../content.ts'
import { queueEvent } from '../../event-delivery.ts'
import type { Portal, SandboxUser } from '../../portal.ts'
import { RestError } from '../rest-error.ts'
import { text } from '../rest-method.ts'
import type { RestCall } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'
import { withHistory } from './history.ts'

/** Values of STATUS. */
export const STATUSES = ['2', '3', '4', '5', '6'] as const
export const [PENDING, IN_PROGRESS, SUPPOSEDLY_COMPLETED, COMPLETED, DEFERRED] = STATUSES

/** In which states of a task people may do something with it, by the name of the action. */
export const ALLOWED_IN: Readonly<Record<string, readonly string[]>> = {
  start: [PENDING],
  pause: [IN_PROGRESS],
  complete: [PENDING, IN_PROGRESS, DEFERRED],
  defer: [PENDING],
  renew: [SUPPOSEDLY_COMPLETED, COMPLETED, DEFERRED],
  approve: [SUPPOSEDLY_COMPLETED],
  disapprove: [SUPPOSEDLY_COMPLETED],
  delegate: [PENDING, IN_PROGRESS, DEFERRED]
}

/** The state of a task with these fields. */
export const statusOf = ({ STATUS }: Row): string => text(STATUS) || PENDING

/**
 * The task that taskId names, or id, as portals take it as well; undefined when there is none.
 *
 * @throws RestError when the parameter is missing or no number
 */
export function findTask ({ params, token: { portal } }: RestCall): Entry | undefined {
  const id = text(params.TASKID ?? params.ID)
  if (!id) {
    throw new RestError('100', 'CTaskItem All parameters in the constructor must have real class type (internal error)')
  }
  if (!(Number(id) > 0)) throw new RestError('0', 'wrong task id')
  return portal.content.find('task', Number(id))
}

/** What is known of a task whose status was set: who has set it and closed the task, and when. */
function closing (status: unknown, { id }: SandboxUser, now: string): Row {
  if (status === undefined) return {}
  const isClosed = text(status) === COMPLETED
  return {
    STATUS_CHANGED_BY: id,
    STATUS_CHANGED_DATE: now,
    CLOSED_BY: isClosed ? id : '0',
    CLOSED_DATE: isClosed ? now : null
  }
}

/** Changes a task on behalf of `user`, and tells the application. */
export function changeTask (
  portal: Portal, before: Entry,
  { fields = {}, ...changes }: Partial<Pick<Entry, 'authorId' | 'title' | 'text' | 'fields'>>, user: SandboxUser
): Entry {
  const at = Date.now()
  const now = isoTime(at)
  const { fields: known, ...entry } = withHistory(
    before, { ...before, ...changes, fields: { ...before.fields, ...fields } }, user.id, at)
  const changed = { ...known, ...closing(fields.STATUS, user, now), CHANGED_BY: user.id, CHANGED_DATE: now }
  const task = { ...entry, fields: changed }
  portal.content.update(task)
  queueEvent(portal, 'ONTASKUPDATE', task.id, user)
  return task
}

/** Removes a task on behalf of `user`, and tells the application. */
export function removeTask (portal: Portal, entry: Entry, user: SandboxUser): void {
  portal.content.remove(entry)
  queueEvent(portal, 'ONTASKDELETE', entry.id, user)
}

/** Keeps a comment on a task, which newer portals show in the chat of the task, and tells the application. */
export function commentTask (portal: Portal, task: Entry, message: string, author: SandboxUser): Entry {
  const comment = portal.content.add({
    kind: 'task-comment', authorId: author.id, parent: String(task.id), text: message
  })
  queueEvent(portal, 'ONTASKCOMMENTADD', comment.id, author,
    { MESSAGE_ID: String(comment.id), TASK_ID: String(task.id) })
  return comment
}
