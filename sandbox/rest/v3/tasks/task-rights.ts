import type { Row } from '../../select-rows.ts'
import { ALLOWED_IN, statusOf } from '../../tasks/allowed-actions.ts'
import { dto } from '../dto.ts'

const ALWAYS = `read watch mute createSubtask createResult edit remove deadline datePlan changeResponsible
  changeAccomplices mark changeStatus reminder addAuditors elapsedTime favorite checklistAdd checklistEdit checklistSave
  checklistToggle automate completeResult copy saveAsTemplate attachFile detachFile detachParent
  createGanttDependence`.split(/\s+/)
const NEVER = 'take changeDirector timeTracking resultEdit removeResult resultRead sort'.split(' ')

/** What may be done with a task with these fields: here everybody may change everything. */
export const taskRights = (fields: Row, isAdmin: boolean): Record<string, boolean> => ({
  ...Object.fromEntries(ALWAYS.map(name => [name, true])),
  ...Object.fromEntries(NEVER.map(name => [name, false])),
  ...Object.fromEntries(Object.entries(ALLOWED_IN).map(([name, states]) =>
    [name.toLowerCase(), states.includes(statusOf(fields))])),
  admin: isAdmin
})

/** What tasks.task.access.get tells. */
export const ACCESS = dto('AccessDto',
  ['id:int', ...Object.keys(taskRights({}, false)).map(right => `${right}:bool`)].join(' '),
  { filterable: 'id', sortable: 'id' })
