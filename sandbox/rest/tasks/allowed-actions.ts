import { text } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'

/** Values of STATUS. */
export const [PENDING, IN_PROGRESS, SUPPOSEDLY_COMPLETED, COMPLETED, DEFERRED] = ['2', '3', '4', '5', '6'] as const

/** In which states of a task people may do something with it, by the name of the action. */
export const ALLOWED_IN: Readonly<Record<string, readonly string[]>> = {
  START: [PENDING],
  PAUSE: [IN_PROGRESS],
  COMPLETE: [PENDING, IN_PROGRESS, DEFERRED],
  DEFER: [PENDING, IN_PROGRESS],
  RENEW: [SUPPOSEDLY_COMPLETED, COMPLETED, DEFERRED],
  APPROVE: [SUPPOSEDLY_COMPLETED],
  DISAPPROVE: [SUPPOSEDLY_COMPLETED],
  DELEGATE: [PENDING, IN_PROGRESS, DEFERRED]
}

const ALWAYS = ['REMOVE', 'EDIT', 'CREATE', 'CHANGE_DEADLINE', 'CHECKLIST_ADD_ITEMS', 'RATE', 'CHECKLIST.REORDER',
  'ELAPSEDTIME.ADD', 'EDIT.PLAN', 'CHECKLIST.ADD']
const NEVER = ['ACCEPT', 'DECLINE', 'TAKE', 'EDIT.ORIGINATOR', 'DAYPLAN.TIMER.TOGGLE']

/** The state of a task with these fields. */
export const statusOf = ({ STATUS }: Row): string => text(STATUS) || PENDING

/** What tasks.task.getaccess tells of a task with these fields: here everybody may change everything. */
export function allowedActions (fields: Row, isKnown: boolean): Record<string, boolean> {
  const isFavorite = fields.FAVORITE === 'Y'
  const actions: Array<[name: string, isAllowed: boolean]> = [
    ...Object.entries(ALLOWED_IN).map(([name, states]): [string, boolean] => [name, states.includes(statusOf(fields))]),
    ...ALWAYS.map((name): [string, boolean] => [name, true]),
    ...NEVER.map((name): [string, boolean] => [name, false]),
    ['ADD_FAVORITE', !isFavorite], ['DELETE_FAVORITE', isFavorite],
    ['FAVORITE.ADD', !isFavorite], ['FAVORITE.DELETE', isFavorite]
  ]
  return Object.fromEntries(actions.map(([name, isAllowed]) => [name, isKnown && isAllowed]))
}
