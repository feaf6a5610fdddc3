import type { Row } from '../select-rows.ts'
import { ALLOWED_IN, COMPLETED, statusOf } from './kept-tasks.ts'

const ACTIONS = ('ACCEPT DECLINE COMPLETE APPROVE DISAPPROVE START PAUSE DELEGATE REMOVE EDIT DEFER RENEW CREATE ' +
  'CHANGE_DEADLINE CHECKLIST_ADD_ITEMS ADD_FAVORITE DELETE_FAVORITE RATE TAKE EDIT.ORIGINATOR CHECKLIST.REORDER ' +
  'ELAPSEDTIME.ADD DAYPLAN.TIMER.TOGGLE EDIT.PLAN CHECKLIST.ADD FAVORITE.ADD FAVORITE.DELETE').split(' ')
const NEVER = ['ACCEPT', 'DECLINE', 'TAKE', 'EDIT.ORIGINATOR']

/** The field of a task that keeps the numbers of those who have it among their favorites. */
export const STARRED_BY = 'STARRED_BY'

/** Whether a task with these fields is a favorite of the user with this number. */
export const isFavorite = ({ [STARRED_BY]: ids }: Row, userId: number): boolean =>
  Array.isArray(ids) && ids.includes(userId)

/** What somebody may do with a task with these fields: here everybody may change everything. */
export function allowedActions (fields: Row, userId: number): Record<string, boolean> {
  const isStarred = isFavorite(fields, userId)
  return Object.fromEntries(ACTIONS.map(name => {
    if (name.includes('FAVORITE')) return [name, name.includes('ADD') !== isStarred]
    if (name === 'DAYPLAN.TIMER.TOGGLE') {
      return [name, fields.ALLOW_TIME_TRACKING === 'Y' && statusOf(fields) !== COMPLETED]
    }
    return [name, ALLOWED_IN[name.toLowerCase()]?.includes(statusOf(fields)) ?? !NEVER.includes(name)]
  }))
}

/** Nothing may be done by somebody who does not exist. */
export const noActions = (): Record<string, boolean> => Object.fromEntries(ACTIONS.map(name => [name, false]))
