import { randomBytes } from 'node:crypto'
import { languages } from '../../pages/languages.ts'
import type { Portal } from '../../portal.ts'
import { greatest } from '../greatest.ts'
import { RestError } from '../rest-error.ts'
import { map, text } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { USER_FIELD_TYPES } from './user-field-types.ts'

/** The texts of a custom field, one for each language. */
export const LABELS = ['EDIT_FORM_LABEL', 'LIST_COLUMN_LABEL', 'LIST_FILTER_LABEL', 'ERROR_MESSAGE', 'HELP_MESSAGE']

/** What flags of a custom field are as long as nobody says else. */
const FLAGS = {
  MULTIPLE: 'N', MANDATORY: 'N', SHOW_FILTER: 'N', SHOW_IN_LIST: 'Y', EDIT_IN_LIST: 'Y', IS_SEARCHABLE: 'N'
}

/** Types that are searched by choosing a value. */
const EXACT = ['employee', 'crm', 'crm_status']

function flagOf (name: string, type: string, given: unknown, before: unknown): unknown {
  const value = text(given).toUpperCase()
  if (name === 'SHOW_FILTER' && value === 'Y') return EXACT.includes(type) ? 'I' : 'E'
  const known = name === 'SHOW_FILTER' ? ['N', 'I', 'E', 'S'] : ['Y', 'N']
  return known.includes(value) ? value : before
}

/** A label in every language: one text for all of them, or `fallback` where a map has none. */
const labelIn = (given: unknown, fallback: string): Row => Object.fromEntries([...languages.keys()].sort().map(lang =>
  [lang, typeof given === 'object' ? text(map(given)[lang]) || fallback : text(given) || fallback]))

/** The settings of a type, of which a call changes some. */
function settingsOf (type: string, given: Row, before: Row | undefined): Row {
  const [, usual = {}] = USER_FIELD_TYPES.get(type) ?? []
  // Who names one kind of items to be linked means no other.
  const base = before ?? (type === 'crm' && Object.keys(given).length > 0 ? { ...usual, LEAD: 'N' } : usual)
  return Object.fromEntries(Object.entries(base).map(([name, value]) => [name, given[name] ?? value]))
}

const number = (given: unknown): number => Math.max(0, Math.trunc(Number(text(given)))) || 0

/**
 * The values of a list after a call: those with a known ID are changed, or removed by `DEL`, and others are new.
 *
 * @throws RestError for two values with one XML_ID
 */
function listOf (portal: Portal, given: unknown, before: Row[], isMultiple: boolean): Row[] {
  const entries = Object.values(map(given)).map(map)
  const known = before.map(value => ({ ...value, ...entries.find(({ ID }) => text(ID) === value.ID) }))
  const fresh = entries.filter(({ ID }) => !before.some(value => value.ID === text(ID)))
  const used = portal.content.list('user-field').flatMap(({ fields }) => Object.values(map(fields.LIST)).map(map))
  const last = greatest(used.map(({ ID }) => Number(ID)), 0)
  const values = [...known, ...fresh.map((value, index) => ({ ...value, ID: String(last + index + 1) }))].map(map)
    .filter(({ DEL, VALUE }) => text(DEL) !== 'Y' && text(VALUE) !== '')
    .map(({ ID, SORT, VALUE, DEF, XML_ID }) => ({
      ID,
      SORT: String(number(SORT)),
      VALUE: text(VALUE),
      DEF: text(DEF) === 'Y' ? 'Y' : 'N',
      XML_ID: text(XML_ID) || randomBytes(16).toString('hex')
    }))
  const twice = values.find(({ XML_ID }, index) => values.findIndex(value => value.XML_ID === XML_ID) < index)
  if (twice) throw new RestError('ERROR_CORE', `List item with value XML_ID='${twice.XML_ID}' already exists`)
  const first = values.findIndex(({ DEF }) => DEF === 'Y')
  return values.map((value, index) => ({ ...value, DEF: isMultiple || index === first ? value.DEF : 'N' }))
    .sort((left, right) => Number(left.SORT) - Number(right.SORT))
}

/** A custom field of this type as a call leaves it; `before` is undefined for a new one. */
export function writtenUserField (portal: Portal, type: string, given: Row, before?: Row): Row {
  const { XML_ID = before?.XML_ID, SORT = before?.SORT } = given
  const flags = Object.fromEntries(Object.entries(FLAGS).map(([name, usual]) => {
    const value = before?.[name] ?? usual
    return [name, name === 'MULTIPLE' && before ? value : flagOf(name, type, given[name], value)]
  }))
  const labels = LABELS.map(name => [name,
    before && given[name] === undefined ? before[name] : labelIn(given[name], before ? '' : text(given.LABEL))])
  return {
    USER_TYPE_ID: type,
    XML_ID: text(XML_ID) || null,
    SORT: String(number(SORT) || 100),
    ...flags,
    // A choice of yes and no has one value.
    ...(type === 'boolean' && { MULTIPLE: 'N' }),
    SETTINGS: settingsOf(type, map(given.SETTINGS), before && map(before.SETTINGS)),
    ...Object.fromEntries(labels),
    ...(type === 'enumeration' && {
      LIST: listOf(portal, given.LIST, Object.values(map(before?.LIST)).map(map), flags.MULTIPLE === 'Y')
    })
  }
}
