import type { Entry } from '../../content.ts'
import { text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { orderRows } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'
import { addItem, CHECKLIST, itemRow, toggled, written } from '../tasks/checklist.ts'
import { findOfTask, methodsOfClass, taskError } from '../tasks/task-arguments.ts'
import type { Arguments } from '../tasks/task-arguments.ts'

const failed = (description: string): Error => taskError(8, description, 'ACTION_FAILED_TO_BE_PROCESSED')

const SORTED =
  'ID PARENT_ID CREATED_BY TITLE SORT_INDEX IS_COMPLETE IS_IMPORTANT TOGGLED_BY TOGGLED_DATE'.split(' ')

/** Adds an item to the list that it names, or to the first one of the task; one that names none is a list itself. */
function add (call: RestCall, args: Arguments): number {
  const { content } = call.token.portal
  const taskId = args.id(0, 'taskId')
  const given = args.fields(1, 'arFields')
  const title = text(given.TITLE)
  if (!content.find('task', taskId)) throw failed('Adding item: action not allowed')
  if (!title) throw failed('Item name not specified')
  const parent = String(taskId)
  const items = content.list(CHECKLIST, parent)
  const first = (): number => (items.find(({ fields }) => fields.PARENT_ID === 0) ??
    addItem(call.token, parent, 'BX_CHECKLIST_1', 0, {})).id
  const wanted = Number(text(given.PARENT_ID))
  const list = given.PARENT_ID === undefined ? first() : items.some(({ id }) => id === wanted) ? wanted : 0
  return addItem(call.token, parent, title, list, given).id
}

function find (call: RestCall, args: Arguments, error: Error): Entry {
  const entry = findOfTask(call, CHECKLIST, args)
  if (!entry) throw error
  return entry
}

function get (call: RestCall, args: Arguments): Row {
  const missing = taskError(512, 'Check listitem not found or not accessible', 'ITEM_NOT_FOUND_OR_NOT_ACCESSIBLE')
  return itemRow(call.token.portal, find(call, args, missing))
}

function list ({ token: { portal } }: RestCall, args: Arguments): Row[] {
  const taskId = args.id(0, 'taskId')
  const order = args.keys(1, 'arOrder', SORTED)
  if (!portal.content.find('task', taskId)) throw failed('Action failed')
  const rows = portal.content.list(CHECKLIST, String(taskId)).map(entry => itemRow(portal, entry))
  return orderRows(rows, Object.keys(order).length > 0 ? order : { ID: 'DESC' })
}

function update (call: RestCall, args: Arguments): null {
  const entry = find(call, args, taskError(4, 'No access to edit the task', 'ACTION_NOT_ALLOWED'))
  const { TITLE = entry.title, PARENT_ID, ...given } = args.fields(2, 'arFields')
  const { portal: { content }, user } = call.token
  const fields = written(given, entry.fields, user)
  const list = PARENT_ID === undefined ? fields.PARENT_ID : Number(text(PARENT_ID)) || 0
  content.update({ ...entry, title: text(TITLE), fields: { ...fields, PARENT_ID: list } })
  return null
}

/** Removes an item, and what stands below it. */
function remove (call: RestCall, args: Arguments): true {
  const { content } = call.token.portal
  const gone = [find(call, args, failed('Deleting item: action not allowed'))]
  for (const entry of gone) {
    content.remove(entry)
    for (const item of content.list(CHECKLIST, entry.parent)) if (item.fields.PARENT_ID === entry.id) gone.push(item)
  }
  return true
}

/** Marks an item. Whether the task has it does not matter. */
function mark (call: RestCall, args: Arguments, isComplete: boolean): boolean {
  const { portal: { content }, user } = call.token
  args.id(0, 'taskId')
  const entry = content.find(CHECKLIST, args.id(1, 'itemId'))
  if (!entry) return false
  content.update({ ...entry, fields: { ...entry.fields, ...toggled(isComplete, entry.fields, user) } })
  return true
}

function move (call: RestCall, args: Arguments): null {
  const { content } = call.token.portal
  const denied = failed('Moving item: action not allowed')
  const entry = find(call, args, denied)
  const afterId = args.id(2, 'afterItemId')
  const items = content.list(CHECKLIST, entry.parent)
  const after = items.find(({ id }) => id === afterId)
  if (!after) throw denied
  const { PARENT_ID, SORT_INDEX } = after.fields
  for (const item of items) {
    const index = Number(item.fields.SORT_INDEX)
    if (item.fields.PARENT_ID === PARENT_ID && index > Number(SORT_INDEX)) {
      content.update({ ...item, fields: { ...item.fields, SORT_INDEX: index + 1 } })
    }
  }
  content.update({ ...entry, fields: { ...entry.fields, PARENT_ID, SORT_INDEX: Number(SORT_INDEX) + 1 } })
  return null
}

const RUN = {
  add,
  get,
  getlist: list,
  update,
  delete: remove,
  complete: (call: RestCall, args: Arguments) => mark(call, args, true),
  renew: (call: RestCall, args: Arguments) => mark(call, args, false),
  moveafteritem: move,
  isactionallowed: (call: RestCall, args: Arguments) => {
    const entry = findOfTask(call, CHECKLIST, args)
    return args.id(2, 'actionId') <= 5 && entry !== undefined
  }
}

/** Checklists of tasks: task.checklistitem.add, .get, .getlist, .update, .delete, .complete, .renew, and others. */
export const checklistItemMethods: RestMethods = methodsOfClass('checklistitem', RUN)
