import type { Entry } from '../../content.ts'
import type { Portal } from '../../portal.ts'
import { map, text } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'
import { COMPLETED, PENDING, statusOf, SUPPOSEDLY_COMPLETED } from './kept-tasks.ts'

/** The field of a task that keeps when each of those who have opened its page did so last, by their numbers. */
export const VIEWED_BY = 'VIEWED_BY'

const DAY = 86_400_000

/** Somebody opens the page of a task. */
export function viewTask ({ content }: Portal, task: Entry, userId: number): void {
  const views = { ...map(task.fields[VIEWED_BY]), [userId]: isoTime(Date.now()) }
  content.update({ ...task, fields: { ...task.fields, [VIEWED_BY]: views } })
}

/**
 * What depends on who looks at a task, and when: a task is almost overdue on its last day, and nobody but its author
 * knows it without having opened it. `META_STATUS` says so in place of its status.
 */
export function viewOf ({ authorId, fields }: Entry, userId: number): Row {
  const status = statusOf(fields)
  const { [userId]: viewedAt = null } = map(fields[VIEWED_BY])
  const left = [SUPPOSEDLY_COMPLETED, COMPLETED].some(done => done === status)
    ? Infinity
    : Date.parse(text(fields.DEADLINE)) - Date.now()
  const isNew = viewedAt === null && authorId !== userId && status === PENDING
  return {
    VIEWED_DATE: viewedAt,
    NOT_VIEWED: isNew ? 'Y' : 'N',
    META_STATUS: left < 0 ? '-1' : left < DAY ? '-3' : isNew ? '-2' : status
  }
}
