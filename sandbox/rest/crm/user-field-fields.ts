import type { Row } from '../select-rows.ts'

type Description = [type: string, title: string, access?: 'isReadOnly' | 'isImmutable' | 'isMultiple']

const describe = (fields: Record<string, Description>): Row =>
  Object.fromEntries(Object.entries(fields).map(([name, [type, title, access]]) =>
    [name, { type, title, ...(access && { [access]: true }) }]))

/** What crm.userfield.fields says of the properties of a custom field. */
export const userFieldFields = describe({
  ID: ['int', 'ID', 'isReadOnly'],
  ENTITY_ID: ['string', 'Object', 'isImmutable'],
  FIELD_NAME: ['string', 'Code', 'isImmutable'],
  USER_TYPE_ID: ['string', 'Data type', 'isImmutable'],
  XML_ID: ['string', 'External ID (XML ID)'],
  SORT: ['int', 'Sort'],
  MULTIPLE: ['char', 'Multiple'],
  MANDATORY: ['char', 'Required'],
  SHOW_FILTER: ['char', 'Show in filter'],
  SHOW_IN_LIST: ['char', 'Show in list'],
  EDIT_IN_LIST: ['char', 'User editable'],
  IS_SEARCHABLE: ['char', 'Searchable'],
  EDIT_FORM_LABEL: ['string', 'Edit form label'],
  LIST_COLUMN_LABEL: ['string', 'List column text'],
  LIST_FILTER_LABEL: ['string', 'Filter label'],
  ERROR_MESSAGE: ['string', 'Error message'],
  HELP_MESSAGE: ['string', 'Help'],
  LIST: ['uf_enum_element', 'List items', 'isMultiple'],
  SETTINGS: ['object', 'Extra properties (type dependent)']
})

/** What crm.userfield.enumeration.fields says of the values of a list. */
export const enumerationFields = describe({
  ID: ['int', 'ID', 'isReadOnly'],
  SORT: ['int', 'Sort'],
  VALUE: ['string', 'Value'],
  DEF: ['string', 'Default value'],
  DEL: ['string', 'Element deletion flag']
})

const usual = (type: string): Record<string, Description> => ({ DEFAULT_VALUE: [type, 'Default value'] })
const DISPLAY: Description = ['string', 'Design']
const LIST_HEIGHT: Description = ['int', 'List height']
const INFORMATION_BLOCK: Record<string, Description> = {
  ...usual('int'),
  IBLOCK_ID: ['int', 'Information block ID'],
  IBLOCK_TYPE_ID: ['string', 'Information block type ID'],
  DISPLAY,
  LIST_HEIGHT,
  ACTIVE_FILTER: ['char', 'Show active only']
}

/** Those of the settings of a type that Bitrix24 describes. */
const SETTINGS: ReadonlyMap<string, Row> = new Map(Object.entries<Record<string, Description>>({
  string: { ...usual('string'), ROWS: ['int', 'Rows per text box'] },
  integer: usual('int'),
  double: { ...usual('double'), PRECISION: ['int', 'Precision'] },
  boolean: { ...usual('int'), DISPLAY },
  datetime: usual('datetime'),
  enumeration: { DISPLAY, LIST_HEIGHT },
  iblock_section: INFORMATION_BLOCK,
  iblock_element: INFORMATION_BLOCK,
  crm_status: { ENTITY_TYPE: ['string', 'Available entity'] },
  crm: { LEAD: ['char', 'Lead'], CONTACT: ['char', 'Contact'], COMPANY: ['char', 'Company'], DEAL: ['char', 'Deal'] }
}).map(([type, fields]) => [type, describe(fields)]))

/** What crm.userfield.settings.fields says of the settings of a type. */
export const settingsFields = (type: string): Row => SETTINGS.get(type) ?? {}
