import { all, exampleOf, keep, type Row } from './documented.ts'

const task = (id: number, fields: object = {}) => keep({
  kind: 'task', id, authorId: 1, title: 'Example task', fields: { RESPONSIBLE_ID: '2', AUDITORS: ['3'], ...fields }
})
const file = (id: number) => keep({ kind: 'file', id, authorId: 1, fields: { TYPE: 'file', STORAGE_ID: 1 } })

/** A checklist of the task 8017, or an item of one. */
const listItem = (id: number, PARENT_ID: number) => keep({
  kind: 'task-checklist',
  id,
  authorId: 1,
  parent: '8017',
  title: String(id),
  fields: { PARENT_ID, SORT_INDEX: id, IS_COMPLETE: 'N', IS_IMPORTANT: 'N', TOGGLED_BY: null, TOGGLED_DATE: '' }
})

/** The tasks of most examples are favorites, and their time is tracked. */
const TRACKED = { STARRED_BY: [1], ALLOW_TIME_TRACKING: 'Y' }
const UNKNOWN = ['.result.task.sprintId: not documented', '.result.task.backlogId: not documented']
/** Fields of a new task with people and items of the sandbox. The author of a task cannot be changed later on. */
const { creatorId: _author, ...changes } = Object(exampleOf('v3.tasks.task.update').params.fields)
const fields = { ...changes, crmItemIds: ['L_250'] }

// Numbers of people are those of the sandbox.
export const taskRows: Row[] = [
  {
    name: 'tasks.task.add',
    params: { fields: { TITLE: 'Task title', CREATED_BY: 2, RESPONSIBLE_ID: 3 } },
    differs: ['.result.task.action.take: not documented', '.result.task.checkListTree.fields.nodeId: not documented',
      ...UNKNOWN]
  },
  { name: 'tasks.task.get', seed: task(8017, { UF_CRM_TASK: ['C_5'], UF_TASK_WEBDAV_FILES: [1065], ...TRACKED }) },
  {
    name: 'tasks.task.update',
    seed: task(11),
    params: { fields: { UF_CRM_TASK: ['L_4'], RESPONSIBLE_ID: 3 } }
  },
  {
    name: 'tasks.task.list',
    seed: task(434, { STATUS: '3', STARRED_BY: [1] }),
    params: { filter: { ID: 434 } },
    differs: [...UNKNOWN.map(text => text.replace('task', 'tasks')), '.total: not documented']
  },
  {
    name: 'tasks.task.list.select',
    seed: task(8017, { TAGS: ['house'] }),
    params: { filter: { ID: 8017 } },
    // What its parameter `params` and COUNTERS ask for is not in the sandbox.
    differs: ['lengthDeadline', 'taskRequireResult', 'taskHasOpenResult', 'taskHasResult', 'timeElapsed',
      'timerIsRunningForCurrentUser', 'parsedDescription', 'counter'].map(name => `.result.tasks.${name}: missing`)
  },
  { name: 'tasks.task.delete', seed: task(8131), own: [] },
  { name: 'tasks.task.start', seed: task(8017, TRACKED) },
  { name: 'tasks.task.pause', seed: task(1, { STATUS: '3', ...TRACKED }) },
  { name: 'tasks.task.complete', seed: task(1, { TASK_CONTROL: 'Y', ...TRACKED }) },
  { name: 'tasks.task.defer', seed: task(1, TRACKED) },
  { name: 'tasks.task.renew', seed: task(1, { STATUS: '5', ...TRACKED }) },
  { name: 'tasks.task.approve', seed: task(8017, { STATUS: '4', TASK_CONTROL: 'Y', ...TRACKED }) },
  { name: 'tasks.task.disapprove', seed: task(8017, { STATUS: '4', TASK_CONTROL: 'Y', ...TRACKED }) },
  {
    name: 'tasks.task.delegate',
    seed: all(task(8017, TRACKED), listItem(431, 0), listItem(433, 431), listItem(435, 431)),
    params: { userId: 3 }
  },
  { name: 'tasks.task.getaccess', seed: task(8017), params: { users: [2, 3] } },
  { name: 'tasks.task.getfields' },
  { name: 'tasks.task.files.attach', seed: all(task(8017), file(1065)) },
  { name: 'tasks.task.favorite.add', seed: task(119), own: [] },
  { name: 'tasks.task.favorite.remove', seed: task(119, { STARRED_BY: [1] }), own: [] },
  {
    name: 'tasks.task.history.list',
    seed (portal) {
      task(8137)(portal)
      portal.content.add({ kind: 'task-comment', authorId: 2, parent: '8137', text: 'Done' })
    }
  },
  {
    name: 'task.commentitem.add',
    seed: task(8017),
    params: { FIELDS: { POST_MESSAGE: 'Text of the new comment to the task', AUTHOR_ID: 3 } }
  },
  { name: 'v3.tasks.task.get', seed: task(8017) },
  { name: 'v3.tasks.task.list', seed: task(3835) },
  {
    name: 'v3.tasks.task.add',
    params: { fields: { ...fields, creatorId: 3 } },
    own: ['id', 'deadline', 'containsPlacements', 'chatId', 'changed', 'activity', 'guid', 'link', 'archiveLink',
      'crmItemIds', 'admin']
  },
  { name: 'v3.tasks.task.update', seed: task(11), params: { fields }, own: [] },
  { name: 'v3.tasks.task.delete', seed: task(8131), own: [] },
  { name: 'v3.tasks.task.access.get', seed: task(8017) },
  {
    name: 'v3.tasks.task.file.attach',
    seed (portal) {
      task(8017)(portal)
      file(1065)(portal)
      file(1077)(portal)
    },
    own: []
  },
  { name: 'v3.tasks.task.chat.message.send', seed: task(51), own: [] },
  { name: 'v3.tasks.task.field.get' },
  { name: 'v3.tasks.task.field.list' },
  ...['file', 'chat.message'].flatMap(name => [
    { name: `v3.tasks.task.${name}.field.get`, own: [] }, { name: `v3.tasks.task.${name}.field.list`, own: [] }
  ])
]
