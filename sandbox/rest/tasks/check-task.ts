import type { Portal } from '../../portal.ts'
import { momentOf } from '../calendar/moments.ts'
import { RestError } from '../rest-error.ts'
import { map, text } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { STATUSES } from './kept-tasks.ts'
import { TASK_FIELDS } from './task-fields.ts'

const MOMENTS = Object.keys(TASK_FIELDS).filter(name => map(TASK_FIELDS[name]).type === 'datetime')

/** Texts of the old task classes end with a line break for pages. */
export const coreError = (description: string): RestError => new RestError('ERROR_CORE', `${description}<br>`)

/** Refuses a parent that does not exist, or that is the task with this number or a part of it. */
function checkParent (portal: Portal, parent: unknown, id: number | undefined): void {
  const tasks = new Map(portal.content.list('task').map(task => [task.id, Number(text(task.fields.PARENT_ID))]))
  const first = Number(text(parent))
  if (!tasks.has(first)) throw coreError('Task specified in the "Parent task" field not found')
  if (first === id) throw coreError('Cannot bind the node to itself')
  // Each task is passed once, as the kept tasks may already go round in a circle.
  let next = first
  while (tasks.has(next)) {
    const above = Number(tasks.get(next))
    if (above === id) throw coreError('Creating cyclic links in tasks is prohibited')
    tasks.delete(next)
    next = above
  }
}

/**
 * Refuses what nobody can write into a task: `changes`, into one with the number `id` and the fields `before`.
 *
 * @throws RestError with the text of the old task classes
 */
export function checkTask (portal: Portal, changes: Row, before: Row = {}, id?: number): void {
  const { RESPONSIBLE_ID: responsible, STATUS: status, PARENT_ID: parent } = changes
  if (responsible !== undefined && !portal.user(Number(text(responsible)))) {
    throw coreError('User specified in the "Assignee" field not found')
  }
  if (status !== undefined && !STATUSES.some(known => known === text(status))) throw coreError('Invalid status')
  if (Number(text(parent)) > 0) checkParent(portal, parent, id)
  const { START_DATE_PLAN: start, END_DATE_PLAN: end } = { ...before, ...changes }
  if (Date.parse(text(end)) < Date.parse(text(start))) {
    throw coreError('In deadline planning, the end date is earlier than the start date')
  }
  // The docs name no error for a date that is none: this is what the source of Bitrix24 throws.
  const isWrong = (value: unknown): boolean => Boolean(value) && Number.isNaN(momentOf(text(value)))
  if (MOMENTS.some(name => isWrong(changes[name]))) throw coreError('Incorrect date/time')
}
