import { dto } from '../dto.ts'

const ALWAYS = `read watch mute createSubtask createResult edit remove delegate deadline datePlan changeResponsible
  changeAccomplices mark changeStatus reminder addAuditors elapsedTime favorite checklistAdd checklistEdit checklistSave
  checklistToggle automate completeResult copy saveAsTemplate attachFile detachFile detachParent
  createGanttDependence`.split(/\s+/)
const NEVER = 'approve disapprove take changeDirector timeTracking resultEdit removeResult resultRead sort'.split(' ')

/** What a user may do with a task in this status: here everybody may change everything. */
export function taskRights (status: unknown, isAdmin: boolean): Record<string, boolean> {
  const isOpen = status === 'pending' || status === 'in_progress'
  return {
    ...Object.fromEntries(ALWAYS.map(name => [name, true])),
    ...Object.fromEntries(NEVER.map(name => [name, false])),
    complete: status !== 'completed',
    start: status === 'pending',
    pause: status === 'in_progress',
    defer: isOpen,
    renew: !isOpen,
    admin: isAdmin
  }
}

/** What tasks.task.access.get tells. */
export const ACCESS = dto('AccessDto',
  ['id:int', ...Object.keys(taskRights('', false)).map(right => `${right}:bool`)].join(' '),
  { filterable: 'id', sortable: 'id' })
