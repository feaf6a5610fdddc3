import { all, keep, type Row } from './documented.ts'

const task = (id: number) => keep({ kind: 'task', id, authorId: 1, title: 'Task', fields: { RESPONSIBLE_ID: '2' } })
const item = (id: number, parent: string, fields = {}) => keep({
  kind: 'task-checklist',
  id,
  authorId: 1,
  parent,
  title: 'Item',
  fields: {
    PARENT_ID: 0,
    SORT_INDEX: 0,
    IS_COMPLETE: 'N',
    IS_IMPORTANT: 'N',
    TOGGLED_BY: null,
    TOGGLED_DATE: '',
    MEMBERS: { 2: { TYPE: 'A' } },
    ...fields
  }
})
const below = { PARENT_ID: 431, TOGGLED_BY: '1', TOGGLED_DATE: '2025-11-10T15:02:30+02:00' }
const elapsed = (id: number, parent = '691') =>
  keep({ kind: 'task-elapsed', id, authorId: 1, parent, text: '1', fields: { SECONDS: 3600 } })
const comment = (id: number) => keep({ kind: 'task-comment', id, authorId: 2, parent: '8017', text: 'Done' })

/** The rights of the example are those of its people. */
const ACCESS = ['D114', 'G2', 'U2'].map(name => `.result.ACCESS.${name}: missing`)
const section = (id: number) => keep({ kind: 'calendar-section', id, authorId: 1, parent: 'user:2', title: 'Section' })

/** What belongs to tasks, checklists, time and comments, and to calendars. */
export const taskItemRows: Row[] = [
  { name: 'task.checklistitem.add', seed: task(13) },
  {
    name: 'task.checklistitem.getlist',
    seed: all(task(8017), item(431, '8017'), item(477, '8017', below), item(433, '8017', below)),
    params: { ORDER: { IS_COMPLETE: 'ASC', ID: 'ASC' } }
  },
  { name: 'task.checklistitem.get', seed: item(479, '8017', { PARENT_ID: 457 }) },
  { name: 'task.checklistitem.update', seed: item(475, '13'), own: [] },
  { name: 'task.checklistitem.moveafteritem', seed: all(item(475, '13'), item(447, '13')), own: [] },
  { name: 'task.checklistitem.delete', seed: item(475, '13'), own: [] },
  { name: 'task.checklistitem.complete', seed: item(433, '8017'), own: [] },
  { name: 'task.checklistitem.renew', seed: item(433, '8017'), own: [] },
  { name: 'task.checklistitem.isactionallowed', seed: item(475, '8017'), own: [] },
  { name: 'task.elapseditem.add', seed: task(691) },
  // The table of the page says that it is an object, as the example of no other such method is a list.
  { name: 'task.elapseditem.get', seed: elapsed(1), differs: ['.result: not a list as documented'] },
  { name: 'task.elapseditem.getlist', seed: elapsed(1, '1') },
  { name: 'task.elapseditem.update', seed: elapsed(5), own: [] },
  { name: 'task.elapseditem.isactionallowed', seed: elapsed(5), own: [] },
  { name: 'task.elapseditem.delete', seed: elapsed(5), own: [] },
  { name: 'task.commentitem.get', seed: comment(3157) },
  { name: 'task.commentitem.getlist', seed: comment(3157), params: { FILTER: { AUTHOR_ID: 2 } } },
  { name: 'task.commentitem.update', seed: comment(3167), own: [] },
  { name: 'task.commentitem.delete', seed: comment(3155), own: [] },
  { name: 'task.commentitem.isactionallowed', seed: comment(3157), own: [] },
  { name: 'calendar.section.add' },
  { name: 'calendar.section.get', params: { ownerId: 1 }, differs: ACCESS },
  { name: 'calendar.section.update', seed: section(325) },
  { name: 'calendar.section.delete', seed: section(521), own: [] }
]
