import { rename } from '../field-names.ts'
import { map, text } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { isCustom, toItemName, toKept } from './field-names.ts'
import { describe, describeCustom } from './item-fields.ts'
import type { ItemType } from './types.ts'

// The methods that are older than crm.item.*, such as crm.deal.*, have the same records under other names.

const CONTACT_KINDS = ['PHONE', 'EMAIL', 'WEB', 'IM', 'LINK']

/** Whether it is a kind of contact information, which is a list in a field of its own. */
export const isContactKind = (name: string): boolean => CONTACT_KINDS.includes(name)

const ADDRESS = 'ADDRESS ADDRESS_2 ADDRESS_CITY ADDRESS_POSTAL_CODE ADDRESS_REGION ADDRESS_PROVINCE ADDRESS_COUNTRY ' +
  'ADDRESS_COUNTRY_CODE ADDRESS_LOC_ADDR_ID'
const BASE = 'ID ASSIGNED_BY_ID CREATED_BY_ID MODIFY_BY_ID DATE_CREATE DATE_MODIFY OPENED COMMENTS ' +
  'LAST_ACTIVITY_TIME LAST_ACTIVITY_BY UTM_SOURCE UTM_MEDIUM UTM_CAMPAIGN UTM_CONTENT UTM_TERM '
const COMMON = `${BASE}ORIGINATOR_ID ORIGIN_ID `
const REACHED = `HAS_PHONE HAS_EMAIL HAS_IMOL ${ADDRESS} `
const PERSON = 'HONORIFIC NAME SECOND_NAME LAST_NAME BIRTHDATE POST '
const SALE = 'TITLE CURRENCY_ID OPPORTUNITY IS_MANUAL_OPPORTUNITY MOVED_BY_ID MOVED_TIME CONTACT_ID ' +
  'IS_RETURN_CUSTOMER '
const SOURCE = 'SOURCE_ID SOURCE_DESCRIPTION COMPANY_ID '

/** The fields that an answer shows. */
const FIELDS: Readonly<Record<string, string>> = {
  lead: `${COMMON}${REACHED}${PERSON}${SALE}${SOURCE}COMPANY_TITLE STATUS_ID STATUS_DESCRIPTION STATUS_SEMANTIC_ID ` +
    'DATE_CLOSED',
  deal: `${COMMON}${SALE}${SOURCE}TYPE_ID CATEGORY_ID STAGE_ID STAGE_SEMANTIC_ID IS_NEW IS_RECURRING ` +
    'IS_REPEATED_APPROACH PROBABILITY TAX_VALUE QUOTE_ID BEGINDATE CLOSEDATE CLOSED LEAD_ID ADDITIONAL_INFO ' +
    'LOCATION_ID',
  contact: `${COMMON}${REACHED}${PERSON}${SOURCE}TYPE_ID PHOTO EXPORT LEAD_ID ORIGIN_VERSION FACE_ID`,
  quote: `${BASE}TITLE STATUS_ID CURRENCY_ID OPPORTUNITY TAX_VALUE COMPANY_ID CONTACT_ID MYCOMPANY_ID BEGINDATE ` +
    'CLOSEDATE ACTUAL_DATE CLOSED LEAD_ID DEAL_ID QUOTE_NUMBER CONTENT TERMS PERSON_TYPE_ID LOCATION_ID ' +
    'CLIENT_TITLE CLIENT_ADDR CLIENT_CONTACT CLIENT_EMAIL CLIENT_PHONE CLIENT_TP_ID CLIENT_TPA_ID ' +
    'LAST_COMMUNICATION_TIME',
  company: `${COMMON}${REACHED}TITLE COMPANY_TYPE LOGO LEAD_ID BANKING_DETAILS INDUSTRY REVENUE CURRENCY_ID ` +
    'EMPLOYEES IS_MY_COMPANY ORIGIN_VERSION LAST_COMMUNICATION_TIME ADDRESS_LEGAL ' +
    ADDRESS.replaceAll('ADDRESS', 'REG_ADDRESS')
}

/** The list of what an item is linked with: it is described and can be written, and no answer shows it. */
const LINKS: Readonly<Record<string, string>> = {
  lead: 'CONTACT_IDS', deal: 'CONTACT_IDS', contact: 'COMPANY_IDS', company: 'CONTACT_ID', quote: 'CONTACT_IDS'
}

/** Their names in crm.item.*, where it is not the same one in another case. */
const NAMES: Readonly<Record<string, string>> = {
  DATE_CREATE: 'createdTime',
  DATE_MODIFY: 'updatedTime',
  CREATED_BY_ID: 'createdBy',
  MODIFY_BY_ID: 'updatedBy',
  MOVED_BY_ID: 'movedBy'
}
const NAMES_OF: Readonly<Record<string, Record<string, string>>> = {
  lead: { STATUS_ID: 'stageId', STATUS_SEMANTIC_ID: 'stageSemanticId' },
  quote: { STATUS_ID: 'stageId' },
  company: { COMPANY_TYPE: 'typeId', CONTACT_ID: 'contactIds' }
}

const TYPES: Readonly<Record<string, string>> = {
  boolean: 'char',
  text: 'string',
  PHOTO: 'file',
  LOGO: 'file',
  PERSON_TYPE_ID: 'integer',
  ADDRESS_LOC_ADDR_ID: 'integer',
  REG_ADDRESS_LOC_ADDR_ID: 'integer'
}

const isReadOnly = ({ kind }: ItemType, name: string): boolean =>
  name === 'LAST_COMMUNICATION_TIME' || (kind === 'quote' ? ['QUOTE_NUMBER'] : ['LEAD_ID', 'QUOTE_ID']).includes(name)
/** Written while the item is added, and never again. */
const IMMUTABLE = 'CATEGORY_ID'

/** The name that crm.item.* gives to a field. */
const itemNameOf = ({ kind }: ItemType, name: string): string =>
  NAMES_OF[kind]?.[name] ?? NAMES[name] ?? toItemName(name)

/** The fields that an answer shows of a type, but for custom ones and contact information. */
export const shownFields = ({ kind, fields }: ItemType): string[] =>
  [...String(FIELDS[kind]).split(' '), ...fields.filter(name => name.startsWith('parentId')).map(toKept)]

function describeField (type: ItemType, name: string): Row {
  const itemName = itemNameOf(type, name)
  const { upperName: _name, settings, ...field } = type.fields.includes(itemName)
    ? describe(type, itemName)
    : { ...describeCustom(name), isDynamic: false }
  return {
    ...field,
    type: TYPES[name] ?? TYPES[String(field.type)] ?? field.type,
    ...(settings !== undefined && type.kind !== 'quote' && { settings }),
    isRequired: type.kind === 'quote' && name === 'TITLE',
    isReadOnly: field.isReadOnly === true || isReadOnly(type, name),
    isImmutable: name === IMMUTABLE
  }
}

/** The fields of a type as crm.deal.fields and its like describe them; `custom` are those of the portal. */
export function describeLegacy (type: ItemType, custom: Record<string, Row>): Record<string, Row> {
  const names = [...shownFields(type).filter(name => name !== 'FACE_ID'), String(LINKS[type.kind])]
  const kinds = type.fields.includes('fm') ? CONTACT_KINDS : []
  return Object.fromEntries([
    ...names.map(name => [name, describeField(type, name)]),
    ...kinds.map(name => [name, { ...describeField(type, name), type: 'crm_multifield', isMultiple: true }]),
    ...Object.entries(custom).map(([name, { upperName: title, ...field }]) => [name, { ...field, title }])
  ])
}

/** Contact information as crm.item.* takes it. An entry with a number and no value, or `DELETE`, is removed. */
const contactsIn = (fields: Row): Row[] => CONTACT_KINDS.flatMap(typeId => Object.values(map(fields[typeId])).map(map)
  .map(({ ID: id, VALUE: value, VALUE_TYPE: valueType, DELETE: deleted }) =>
    ({ id, typeId, value: deleted === 'Y' ? '' : value, ...(valueType !== undefined && { valueType }) })))

/** Whether crm.item.* has no such field: parts of addresses, and clients of quotes who are no customers. */
const isOlder = (name: string): boolean => /ADDRESS|^CLIENT_|^PERSON_TYPE/.test(name)

/** What a call writes into fields that crm.item.* does not have. They are kept under their own names. */
export const olderFieldsIn = (type: ItemType, given: Row): Row => Object.fromEntries(
  shownFields(type).filter(name => isOlder(name) && name in given).map(name => [name, text(given[name]) || null]))

/** The value of a field of an item, which crm.item.* shows as `row`. */
export const valueOf = (type: ItemType, name: string, row: Row, kept: Row): unknown =>
  isOlder(name) ? kept[name] : row[itemNameOf(type, name)]

/** What a call writes, in the form of crm.item.*. */
export function toItemFields (type: ItemType, given: Row, isNew: boolean): Row {
  const fields = Object.fromEntries(Object.entries(given).filter(([name]) =>
    !isReadOnly(type, name) && (isNew || name !== IMMUTABLE) && !isContactKind(name)))
  const contacts = contactsIn(given)
  return {
    ...rename(fields, name => isCustom(name) ? name : itemNameOf(type, name)),
    ...(contacts.length > 0 && { fm: contacts })
  }
}
