import type { Entry } from '../../content.ts'
import type { Portal } from '../../portal.ts'
import { map } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { isCustom, toItemName, toKept } from './field-names.ts'
import { describeCustom } from './item-fields.ts'
import { SMART_PROCESS_ID } from './types.ts'
import type { ItemType } from './types.ts'
import { typedValue } from './write-item.ts'

// Custom fields that were added by REST. Items of the examples, and of tests, have others as well: they are texts.

/** What custom fields of this type belong to, such as `CRM_DEAL`. */
export const entityOf = ({ kind, name }: ItemType): string =>
  kind === 'item' ? `CRM_${SMART_PROCESS_ID}` : `CRM_${kind === 'invoice' ? 'SMART_INVOICE' : name}`

/** The custom fields of a type: their titles are the names under which items keep them. */
const userFieldsOf = ({ content }: Portal, type: ItemType): Entry[] =>
  content.list('user-field', entityOf(type))

const isMultiple = ({ fields }: Entry): boolean => fields.MULTIPLE === 'Y'

/** A label in a language; the name of the field where it has none. */
const labelOf = ({ title, fields }: Entry, name: string, lang: string): unknown => map(fields[name])[lang] || title

function describe (field: Entry, lang: string): Row {
  const { title, fields: { USER_TYPE_ID, MANDATORY, SETTINGS, LIST } } = field
  return {
    ...describeCustom(title),
    type: USER_TYPE_ID,
    isRequired: MANDATORY === 'Y',
    isMultiple: isMultiple(field),
    ...(Array.isArray(LIST) && { items: LIST.map(map).map(({ ID, VALUE }) => ({ ID, VALUE })) }),
    title: labelOf(field, 'EDIT_FORM_LABEL', lang),
    listLabel: labelOf(field, 'LIST_COLUMN_LABEL', lang),
    formLabel: labelOf(field, 'EDIT_FORM_LABEL', lang),
    filterLabel: labelOf(field, 'LIST_FILTER_LABEL', lang),
    settings: SETTINGS
  }
}

/** The custom fields that items have without anybody having added them. */
const otherNames = ({ content }: Portal, { kind }: ItemType): string[] =>
  content.list(kind).flatMap(({ fields }) => Object.keys(fields).filter(isCustom)).map(toKept)

/** The custom fields of a type as crm.item.fields describes them, by the names under which they are kept. */
export const describeUserFields = (portal: Portal, type: ItemType, lang: string): Record<string, Row> =>
  Object.fromEntries([
    ...otherNames(portal, type).map(name => [name, describeCustom(name)]),
    ...userFieldsOf(portal, type).map(field => [field.title, describe(field, lang)])
  ])

/** What a call writes into an item, with the values of its custom fields as their types want them. */
export function typedFields (portal: Portal, type: ItemType, given: unknown): Row {
  const known = new Map(userFieldsOf(portal, type).flatMap(field =>
    [[field.title, field], [toItemName(field.title), field]]))
  const others = otherNames(portal, type)
  return Object.fromEntries(Object.entries(map(given)).flatMap(([name, value]): Array<[string, unknown]> => {
    const field = known.get(name)
    // A portal keeps nothing under the name of a custom field that it does not have.
    if (!field) return isCustom(name) && !others.includes(toKept(name)) ? [] : [[name, value]]
    const typed = (one: unknown): unknown => typedValue(String(field.fields.USER_TYPE_ID), one)
    if (!isMultiple(field)) return [[field.title, typed(value)]]
    const values = typeof value === 'object' ? Object.values(map(value)) : [value]
    return [[field.title, values.map(typed).filter(one => one !== null)]]
  }))
}

/** Fills items with custom fields that nobody has written. `booleans` are the words of a method for yes and no. */
export function withUserFields (
  portal: Portal, type: ItemType, booleans: Record<string, string> = {}
): (entry: Entry) => Entry {
  const fields = userFieldsOf(portal, type)
  return entry => ({
    ...entry,
    fields: {
      ...entry.fields,
      ...Object.fromEntries(fields.map(field => {
        const { [field.title]: value = isMultiple(field) ? [] : null } = entry.fields
        return [field.title, field.fields.USER_TYPE_ID === 'boolean' ? booleans[String(value)] ?? value : value]
      }))
    }
  })
}
