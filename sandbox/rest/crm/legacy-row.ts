import type { Entry } from '../../content.ts'
import { map } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { isCustom } from './field-names.ts'
import { itemRow } from './item-row.ts'
import { shownFields, valueOf } from './legacy-fields.ts'
import type { ItemType } from './types.ts'

/** Telephone numbers and addresses, listed by their kind. */
function reachedBy (fm: unknown): Record<string, Row[]> {
  const lists: Record<string, Row[]> = {}
  for (const item of Object.values(map(fm))) {
    const { id, typeId, valueType, value } = map(item)
    const list = lists[String(typeId)] ??= []
    list.push({ ID: String(id), VALUE_TYPE: valueType, VALUE: value, TYPE_ID: typeId })
  }
  return lists
}

function show (name: string, value: unknown): unknown {
  if (name === 'OPPORTUNITY' || name === 'TAX_VALUE') return Number(value).toFixed(2)
  return typeof value === 'number' ? String(value) : value ?? null
}

/** An item as crm.deal.get and its like show it: numbers are texts. `multiple` is its contact information. */
export function legacyRow (type: ItemType, entry: Entry): { row: Row, multiple: Record<string, Row[]> } {
  const item = itemRow(type, entry)
  const custom = Object.keys(entry.fields).filter(isCustom)
  return {
    row: Object.fromEntries([...shownFields(type), ...custom].map(name =>
      [name, show(name, valueOf(type, name, item, entry.fields))])),
    multiple: reachedBy(item.fm)
  }
}
