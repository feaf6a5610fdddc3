import type { Entry } from '../../content.ts'
import type { Portal, SandboxUser } from '../../portal.ts'
import { rename, toCamelCase } from '../field-names.ts'
import { map } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { CHECKLIST, itemRow } from './checklist.ts'

/** Everybody may do everything with an item. */
const ACTION = { modify: true, remove: true, toggle: true, add: true, addAccomplice: true }

/** An item under the names of the newer methods, also of those who watch it. */
function shownItem (portal: Portal, entry: Entry): Row {
  const { MEMBERS, TOGGLED_DATE, ...row } = itemRow(portal, entry)
  const members = Object.values(map(MEMBERS)).map(member => rename(map(member), toCamelCase))
  return {
    ...rename(row, toCamelCase),
    toggledDate: TOGGLED_DATE || null,
    ufChecklistFiles: false,
    members,
    entityId: entry.parent,
    action: ACTION
  }
}

const isComplete = ({ fields }: Entry): boolean => fields.IS_COMPLETE === 'Y'

/** An item in its place below another one. */
interface Place { item: Entry, index: number, number: string }

/** A node of the tree; the first one stands for the task. Portals count nodes anew below each of them. */
function node (portal: Portal, items: Entry[], userId: number, nodeId: number, place?: Place): Row {
  const { item, index, number } = place ?? {}
  const below = items.filter(({ fields }) => Number(fields.PARENT_ID) === (item?.id ?? 0))
  const numberOf = (position: number): string =>
    number === undefined ? '' : number === '' ? String(position) : `${number}.${position}`
  return {
    nodeId,
    fields: {
      id: item?.id ?? null,
      copiedId: null,
      entityId: item ? Number(item.parent) : null,
      userId,
      createdBy: item?.authorId ?? null,
      parentId: item ? Number(item.fields.PARENT_ID) : null,
      title: item?.title ?? '',
      sortIndex: index ?? null,
      displaySortIndex: number ?? '',
      isComplete: item !== undefined && isComplete(item),
      isImportant: item?.fields.IS_IMPORTANT === 'Y',
      completedCount: below.filter(isComplete).length,
      members: item ? shownItem(portal, item).members : [],
      attachments: [],
      nodeId: null
    },
    action: item ? ACTION : [],
    descendants: below.map((part, position) => node(portal, items, userId, nodeId + position + 1,
      { item: part, index: position, number: numberOf(position + 1) }))
  }
}

/** The checklists of a task as its items by their numbers, and as a tree. */
export function checklists (portal: Portal, task: Entry, viewer: SandboxUser): Row {
  const items = portal.content.list(CHECKLIST, String(task.id)).toSorted((one, other) =>
    Number(one.fields.SORT_INDEX) - Number(other.fields.SORT_INDEX) || other.id - one.id)
  return {
    // A Map keeps the order of its keys.
    checklist: new Map(items.map(item => [String(item.id), shownItem(portal, item)])),
    checkListTree: node(portal, items, viewer.id, 0),
    checkListCanAdd: true
  }
}
