import type { Entry } from '../../../content.ts'
import type { Portal, SandboxUser } from '../../../portal.ts'
import { emailOf, photoPath } from '../../people/user-row.ts'
import { text } from '../../rest-method.ts'
import type { Row } from '../../select-rows.ts'
import { ALLOWED_IN, statusOf } from '../../tasks/kept-tasks.ts'
import { guidOf } from '../../tasks/task-row.ts'
import { isoTime } from '../../timing.ts'
import { KEPT } from './task-fields.ts'

/** A person as a task and a result show him or her. */
function personOf (portal: Portal, id: unknown): Row | null {
  const user = portal.user(Number(id))
  return user
    ? {
        id: user.id,
        name: `${user.name} ${user.lastName}`,
        role: user.admin ? 'admin' : 'employee',
        image: { src: portal.url + photoPath(user) },
        gender: null,
        email: emailOf(user),
        externalAuthId: null,
        rights: []
      }
    : null
}

/** What the sandbox never has; further fields that it does not know are null. */
const NOTHING: Row = {
  checklist: [],
  containsChecklist: false,
  containsRelatedTasks: false,
  containsGanttLinks: false,
  containsResults: false,
  numberOfReminders: 0,
  plannedDuration: 0,
  actualDuration: 0,
  durationType: 'days',
  outlookVersion: 1,
  siteId: 's1',
  inFavorite: [],
  inPin: [],
  inGroupPin: [],
  inMute: [],
  scenarios: ['default']
}

const ALWAYS = `read watch mute createSubtask createResult edit remove deadline datePlan changeResponsible
  changeAccomplices mark changeStatus reminder addAuditors elapsedTime favorite checklistAdd checklistEdit checklistSave
  checklistToggle automate completeResult copy saveAsTemplate attachFile detachFile detachParent
  createGanttDependence`.split(/\s+/)
const NEVER = 'take changeDirector timeTracking resultEdit removeResult resultRead sort'.split(' ')

/** What may be done with a task with these fields: here everybody may change everything. */
const taskRights = (fields: Row, isAdmin: boolean): Record<string, boolean> => ({
  ...Object.fromEntries(ALWAYS.map(name => [name, true])),
  ...Object.fromEntries(NEVER.map(name => [name, false])),
  ...Object.fromEntries(Object.entries(ALLOWED_IN).map(([name, states]) =>
    [name, states.includes(statusOf(fields))])),
  admin: isAdmin
})

/** The chats of tasks have numbers above those of other chats. */
const FIRST_CHAT = 100_000

/** A task with all that REST 3.0 knows of it, as `viewer` sees it. */
export function taskItem (portal: Portal, entry: Entry, viewer: SandboxUser): Row {
  const { id, title, text: description, authorId, at, fields } = entry
  const kept = Object.fromEntries(Object.entries(KEPT).map(([name, { name: key, read }]) => [name, read(fields[key])]))
  const { accomplices, auditors, ...others } = kept
  const people = (ids: unknown): unknown[] => Array.isArray(ids) ? ids.map(user => personOf(portal, user)) : []
  const tasks = portal.content.list('task')
  const parent = tasks.find(task => task.id === others.parentId)
  const changedById = Number(text(fields.CHANGED_BY)) || authorId
  const changed = fields.CHANGED_DATE ?? isoTime(at)
  return {
    ...NOTHING,
    ...others,
    id,
    title,
    description,
    creatorId: authorId,
    creator: personOf(portal, authorId),
    created: isoTime(at),
    responsible: personOf(portal, others.responsibleId),
    accomplices: people(accomplices),
    auditors: people(auditors),
    parent: parent ? { id: parent.id, title: parent.title, description: parent.text } : null,
    containsSubTasks: tasks.some(task => text(task.fields.PARENT_ID) === String(id)),
    containsPlacements: portal.placements.some(({ placement }) => placement.startsWith('TASK_VIEW_')),
    chatId: FIRST_CHAT + id,
    chat: { id: FIRST_CHAT + id, entityId: id, entityType: 'TASKS_TASK' },
    changed,
    changedById,
    changedBy: personOf(portal, changedById),
    closedById: Number(text(fields.CLOSED_BY)) || null,
    closedBy: personOf(portal, fields.CLOSED_BY),
    closed: fields.CLOSED_DATE ?? null,
    activity: changed,
    guid: guidOf(entry),
    link: `/company/personal/user/${String(others.responsibleId)}/tasks/task/view/${id}/`,
    rights: taskRights(fields, viewer.admin),
    archiveLink: `/bitrix/tools/disk/uf.php?entityId=${id}&entity=TASKS_TASK&fieldName=UF_TASK_WEBDAV_FILES` +
      '&action=downloadArchiveByEntity&ncc=1'
  }
}
