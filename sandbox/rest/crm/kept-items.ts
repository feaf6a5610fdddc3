import type { Entry, EntryKind } from '../../content.ts'
import { queueEvent } from '../../event-delivery.ts'
import type { Portal } from '../../portal.ts'
import type { Token } from '../../tokens.ts'
import type { Row } from '../select-rows.ts'
import { toItemName, toKept } from './field-names.ts'
import { itemRow } from './item-row.ts'
import { withSums } from './product-rows.ts'
import { tellItem } from './tell-item.ts'
import type { ItemType } from './types.ts'
import { typedFields } from './user-fields.ts'
import { changed, withContactNumbers, writtenFields } from './write-item.ts'

/** The field of the number that people see on such an item; a portal gives one. */
const NUMBER: Partial<Record<EntryKind, string>> = { quote: 'QUOTE_NUMBER', invoice: 'ACCOUNT_NUMBER' }

/**
 * What a call writes, without a stage that the pipeline does not have: as on a portal, a new item begins at the first
 * stage then, and another keeps its own. `before` is what the item has, undefined for a new one.
 */
function withKnownStage ({ content }: Portal, type: ItemType, given: Row, before?: Row): Row {
  const { fields } = writtenFields(type, given, before === undefined)
  const { STAGE_ID: stage, CATEGORY_ID: category = before?.CATEGORY_ID ?? type.category ?? 0 } = fields
  if (stage === undefined) return given
  const stages = content.list('status', type.stages?.(Number(category)))
  if (stages.some(({ fields: { STATUS_ID } }) => STATUS_ID === stage)) return given
  return Object.fromEntries(Object.entries(given).filter(([name]) => toItemName(toKept(name)) !== 'stageId'))
}

/** Keeps a new item, and tells the application. `others` are fields that crm.item.* does not have. */
export function addItem ({ portal, user }: Token, type: ItemType, given: unknown, others: Row = {}): Entry {
  const known = withKnownStage(portal, type, typedFields(portal, type, given))
  const { fields, ...written } = writtenFields(type, known, true)
  const { fields: kept, ...added } = withContactNumbers(portal.content.add(
    { kind: type.kind, authorId: user.id, ...written, fields: { ...fields, ...others } }))
  const { [type.kind]: number } = NUMBER
  const entry = { ...added, fields: { ...number && { [number]: String(added.id) }, ...kept } }
  portal.content.update(entry)
  tellItem(portal, type, 'ADD', entry.id, user)
  return entry
}

/** Changes an item, and tells the application, unless nothing is changed. */
export function updateItem (
  { portal, user }: Token, type: ItemType, before: Entry, given: unknown, others: Row = {}
): Entry {
  const known = withKnownStage(portal, type, typedFields(portal, type, given), before.fields)
  const written = changed(type, before, known, user.id, others)
  if (written === before) return before
  const entry = withSums(written, before)
  portal.content.update(entry)
  tellItem(portal, type, 'UPDATE', entry.id, user)
  const { CATEGORY_ID: category = type.category } = entry.fields
  if (type.name === 'DEAL' && category !== (before.fields.CATEGORY_ID ?? type.category)) {
    queueEvent(portal, 'ONCRMDEALMOVETOCATEGORY', entry.id, user,
      { CATEGORY_ID: String(category), STAGE_ID: String(itemRow(type, entry).stageId) })
  }
  return entry
}

/** Removes an item, and tells the application. */
export function removeItem ({ portal, user }: Token, type: ItemType, entry: Entry): void {
  portal.content.remove(entry)
  tellItem(portal, type, 'DELETE', entry.id, user)
}
