import type { Entry } from '../../content.ts'
import { rename } from '../field-names.ts'
import { map } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { isCustom, toKept } from './field-names.ts'
import { itemRow } from './item-row.ts'
import { typeOf } from './types.ts'

const COMMON = `ID TYPE_ID SOURCE_ID SOURCE_DESCRIPTION COMPANY_ID LEAD_ID ASSIGNED_BY_ID CREATED_BY_ID MODIFY_BY_ID
  DATE_CREATE DATE_MODIFY OPENED COMMENTS ORIGINATOR_ID ORIGIN_ID LAST_ACTIVITY_TIME LAST_ACTIVITY_BY UTM_SOURCE
  UTM_MEDIUM UTM_CAMPAIGN UTM_CONTENT UTM_TERM `

/** The fields that crm.deal.* and crm.contact.* show, which are older than crm.item.*. */
const FIELDS: Readonly<Record<string, string[]>> = {
  deal: `${COMMON}TITLE STAGE_ID PROBABILITY CURRENCY_ID OPPORTUNITY IS_MANUAL_OPPORTUNITY TAX_VALUE CONTACT_ID QUOTE_ID
    BEGINDATE CLOSEDATE CLOSED ADDITIONAL_INFO LOCATION_ID CATEGORY_ID STAGE_SEMANTIC_ID IS_NEW IS_RECURRING
    IS_RETURN_CUSTOMER IS_REPEATED_APPROACH MOVED_BY_ID MOVED_TIME`.split(/\s+/),
  contact: `${COMMON}POST HONORIFIC NAME SECOND_NAME LAST_NAME PHOTO BIRTHDATE EXPORT HAS_PHONE HAS_EMAIL HAS_IMOL
    ORIGIN_VERSION FACE_ID ADDRESS ADDRESS_2 ADDRESS_CITY ADDRESS_POSTAL_CODE ADDRESS_REGION ADDRESS_PROVINCE
    ADDRESS_COUNTRY ADDRESS_LOC_ADDR_ID`.split(/\s+/)
}
const NAMES: Readonly<Record<string, string>> = {
  createdTime: 'DATE_CREATE',
  updatedTime: 'DATE_MODIFY',
  createdBy: 'CREATED_BY_ID',
  updatedBy: 'MODIFY_BY_ID',
  movedBy: 'MOVED_BY_ID'
}

/** Telephone numbers and addresses, listed by their kind. */
function reachedBy (fm: unknown): Row {
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

/** An item as crm.deal.get or crm.contact.get shows it: numbers are texts. */
export function legacyRow (entry: Entry): Row {
  const row = rename(itemRow(typeOf(entry.kind), entry), name => NAMES[name] ?? toKept(name))
  const others = Object.keys(row).filter(name => isCustom(name) || name.startsWith('PARENT_ID_'))
  const names = [...FIELDS[entry.kind] ?? [], ...others]
  return { ...Object.fromEntries(names.map(name => [name, show(name, row[name])])), ...reachedBy(row.FM) }
}
