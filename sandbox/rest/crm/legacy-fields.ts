import { map } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'

/** Telephone numbers and addresses as the methods of one type list them: by their kind. */
function reachedBy (fm: unknown): Row {
  const lists: Record<string, Row[]> = {}
  for (const item of Object.values(map(fm))) {
    const { id, typeId, valueType, value } = map(item)
    const list = lists[String(typeId)] ??= []
    list.push({ ID: String(id), VALUE_TYPE: valueType, VALUE: value, TYPE_ID: typeId })
  }
  return lists
}

/** The kept fields of an item as crm.deal.get or crm.contact.get show them: numbers are texts, lists are not shown. */
export function legacyFields ({ FM, CONTACT_IDS: _contacts, COMPANY_IDS: _companies, ...others }: Row): Row {
  const shown = Object.entries(others).map(([name, value]) => [name, typeof value === 'number' ? String(value) : value])
  return { ...Object.fromEntries(shown), ...reachedBy(FM) }
}
