import type { Portal } from '../../portal.ts'
import { RestError, textError } from '../rest-error.ts'
import { text } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'

const TEXT_LIMITS = { MIN_LENGTH: 0, MAX_LENGTH: 0, DEFAULT_VALUE: '' }
const NUMBER_LIMITS = { SIZE: 20, MIN_VALUE: 0, MAX_VALUE: 0, DEFAULT_VALUE: null }
const NO_MOMENT = { DEFAULT_VALUE: { TYPE: 'NONE', VALUE: '' } }
const INFORMATION_BLOCK = {
  IBLOCK_TYPE_ID: '', IBLOCK_ID: 0, DEFAULT_VALUE: '', DISPLAY: 'LIST', LIST_HEIGHT: 1, ACTIVE_FILTER: 'N'
}

/** The types of custom fields: what people call them, and their settings as long as nobody gives others. */
export const USER_FIELD_TYPES: ReadonlyMap<string, [title: string, settings: Row]> = new Map([
  ['string', ['String', { SIZE: 20, ROWS: 1, REGEXP: '', ...TEXT_LIMITS }]],
  ['integer', ['Integer', NUMBER_LIMITS]],
  ['double', ['Number', { PRECISION: 2, ...NUMBER_LIMITS }]],
  ['boolean', ['Yes/No', { DEFAULT_VALUE: 0, DISPLAY: 'CHECKBOX', LABEL: ['', ''], LABEL_CHECKBOX: '' }]],
  ['enumeration', ['List', { DISPLAY: 'LIST', LIST_HEIGHT: 1, CAPTION_NO_VALUE: '', SHOW_NO_VALUE: 'Y' }]],
  ['datetime', ['Date/Time', { ...NO_MOMENT, USE_SECOND: 'Y', USE_TIMEZONE: 'N' }]],
  ['date', ['Date', NO_MOMENT]],
  ['money', ['Money', { DEFAULT_VALUE: '' }]],
  ['url', ['Link', { POPUP: 'Y', SIZE: 20, ...TEXT_LIMITS }]],
  ['address', ['Google Maps Address', { SHOW_MAP: 'Y' }]],
  ['file', ['File', {
    SIZE: 20,
    LIST_WIDTH: 0,
    LIST_HEIGHT: 0,
    MAX_SHOW_SIZE: 0,
    MAX_ALLOWED_SIZE: 0,
    EXTENSIONS: [],
    TARGET_BLANK: 'Y'
  }]],
  ['employee', ['Binding to User', {}]],
  ['crm_status', ['Binding to CRM Directories', { ENTITY_TYPE: '' }]],
  ['iblock_section', ['Binding to Information Block Sections', INFORMATION_BLOCK]],
  ['iblock_element', ['Binding to Information Block Elements', INFORMATION_BLOCK]],
  ['crm', ['Binding to CRM Entities', { LEAD: 'Y', CONTACT: 'N', COMPANY: 'N', DEAL: 'N' }]]
])

/** The types that the application has registered with userfieldtype.add. */
const ownTypes = ({ placements }: Portal): Row[] =>
  placements.flatMap(({ userTypeId, title }) => userTypeId === undefined ? [] : [{ ID: userTypeId, title }])

/** The rows of crm.userfield.types. */
export const userFieldTypes = (portal: Portal): Row[] =>
  [...[...USER_FIELD_TYPES].map(([ID, [title]]) => ({ ID, title })), ...ownTypes(portal)]

/** The name of a type, with a prefix for one of the application; undefined when there is none. */
export function typeName (portal: Portal, given: string): string | undefined {
  const prefix = `rest_${portal.state.application.id}_`
  const code = given.replace(prefix, '').toLowerCase()
  if (ownTypes(portal).some(({ ID }) => ID === code)) return prefix + code
  return USER_FIELD_TYPES.has(given) ? given : undefined
}

/**
 * The name of a new field with its prefix, as portals complete it, and that of its type.
 *
 * @throws RestError for a field that cannot be added
 */
export function namedUserField (portal: Portal, prefix: string, given: Row): { title: string, type: string } {
  const { USER_TYPE_ID, FIELD_NAME } = given
  const missing = Object.entries({ USER_TYPE_ID, FIELD_NAME }).filter(([, value]) => text(value) === '')
  if (missing.length > 0) throw textError(missing.map(([key]) => `The '${key}' field is not found.`).join('\n'))
  const title = `UF_${prefix}_${text(FIELD_NAME).toUpperCase().replace(new RegExp(`^UF_(${prefix}_)?`), '')}`
  const wrong = title.length > 50
    ? 'Field name is too long (more than 50 characters).'
    : !/^[A-Z0-9_]+$/.test(title)
        ? 'Field name contains invalid characters. Allowed characters are: A-Z, 0-9, and _.'
        : undefined
  const type = typeName(portal, text(USER_TYPE_ID))
  if (wrong !== undefined) throw new RestError('ERROR_CORE', wrong)
  if (type === undefined) throw new RestError('ERROR_CORE', 'Invalid custom type specified')
  return { title, type }
}
