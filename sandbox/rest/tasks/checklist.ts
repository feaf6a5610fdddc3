import type { Entry } from '../../content.ts'
import type { Portal, SandboxUser } from '../../portal.ts'
import type { Token } from '../../tokens.ts'
import { greatest } from '../greatest.ts'
import { genderOf, photoPath } from '../people/user-row.ts'
import { isTrue, map, text } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'

/** The kind under which items of checklists are kept. */
export const CHECKLIST = 'task-checklist'

/** Those who watch or take part in an item, by their roles. */
const membersOf = (portal: Portal, given: unknown): Row[] => Object.entries(map(given)).flatMap(([id, role]) => {
  const user = portal.user(Number(id))
  return user
    ? [{
        ID: id,
        TYPE: map(role).TYPE,
        NAME: `${user.name} ${user.lastName}`,
        PERSONAL_PHOTO: id,
        PERSONAL_GENDER: genderOf(user),
        IMAGE: portal.url + photoPath(user),
        IS_COLLABER: false
      }]
    : []
})

/** A list is an item without a parent: its number is a number then, and not a text. */
export const itemRow = (
  portal: Portal, { id, parent, authorId, title, fields: { MEMBERS, PARENT_ID, ...fields } }: Entry
): Row => ({
  ID: String(id),
  TASK_ID: parent,
  PARENT_ID: Number(PARENT_ID) > 0 ? String(PARENT_ID) : 0,
  CREATED_BY: String(authorId),
  TITLE: title,
  ...fields,
  SORT_INDEX: String(fields.SORT_INDEX),
  MEMBERS: membersOf(portal, MEMBERS),
  ATTACHMENTS: []
})

/** Whether the item is done now, and who has said so when that has changed. */
export function toggled (isComplete: boolean, before: Row, { id }: SandboxUser): Row {
  const IS_COMPLETE = isComplete ? 'Y' : 'N'
  return IS_COMPLETE === before.IS_COMPLETE
    ? {}
    : { IS_COMPLETE, TOGGLED_BY: String(id), TOGGLED_DATE: isoTime(Date.now()) }
}

/** What a call says of an item beside its name and its place. */
export const written = (
  { SORT_INDEX, IS_COMPLETE, IS_IMPORTANT, MEMBERS }: Row, before: Row, user: SandboxUser
): Row => ({
  ...before,
  ...(SORT_INDEX !== undefined && { SORT_INDEX: Number(text(SORT_INDEX)) || 0 }),
  ...(IS_COMPLETE !== undefined && toggled(isTrue(IS_COMPLETE), before, user)),
  ...(IS_IMPORTANT !== undefined && { IS_IMPORTANT: isTrue(IS_IMPORTANT) ? 'Y' : 'N' }),
  ...(MEMBERS !== undefined && { MEMBERS: map(MEMBERS) })
})

/** Adds an item at the end of a list of the task `parent`; a list when `PARENT_ID` is 0. */
export function addItem (
  { portal: { content }, user }: Token, parent: string, title: string, PARENT_ID: number, given: Row
): Entry {
  const siblings = content.list(CHECKLIST, parent).filter(({ fields }) => fields.PARENT_ID === PARENT_ID)
  const SORT_INDEX = greatest(siblings.map(({ fields }) => Number(fields.SORT_INDEX)), -1) + 1
  const empty = { PARENT_ID, SORT_INDEX, IS_COMPLETE: 'N', IS_IMPORTANT: 'N', TOGGLED_BY: null, TOGGLED_DATE: '' }
  return content.add({ kind: CHECKLIST, parent, authorId: user.id, title, fields: written(given, empty, user) })
}
