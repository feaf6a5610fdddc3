import { isDeepStrictEqual } from 'node:util'
import type { Entry } from '../../content.ts'
import { greatest } from '../greatest.ts'
import { map, text } from '../rest-method.ts'
import { isoTime } from '../timing.ts'
import { isCustom, toItemName, toKept } from './field-names.ts'
import { FIELDS } from './fields.ts'
import type { ItemType } from './types.ts'

type Values = Record<string, unknown>

const NUMBERS = ['integer', 'double', 'user', 'location', 'employee', 'enumeration']
const MOMENTS = ['date', 'datetime']

const TEXTS = ['crm_status', 'crm_currency', 'crm_multifield']

const isNumber = (type: string): boolean =>
  NUMBERS.includes(type) || (type.startsWith('crm_') && !TEXTS.includes(type))

/** What is no number is 0, as in PHP. */
const numberOf = (value: unknown): number => Number(text(value)) || 0

/** A value as the portal keeps it: texts of a form become numbers, moments and flags. */
export function typedValue (type: string, value: unknown): unknown {
  if (type === 'boolean') return value === true || ['true', 'y', '1'].includes(text(value).toLowerCase()) ? 'Y' : 'N'
  // A list is no value of a field that has one.
  if (value === '' || (typeof value === 'object' && type !== 'file')) return null
  if (isNumber(type)) return numberOf(value)
  const moment = MOMENTS.includes(type) ? Date.parse(text(value)) : NaN
  return Number.isNaN(moment) ? value : isoTime(moment)
}

function convert (name: string, value: unknown): unknown {
  const { type, isMultiple } = FIELDS[name] ?? { type: name.startsWith('parentId') ? 'crm_entity' : 'string' }
  // The keys of contact information may be numbers of what is there already.
  if (type === 'crm_multifield') return value
  if (isMultiple) return Object.values(map(value)).map(item => isNumber(type) ? numberOf(item) : item)
  // A custom field has its type already.
  return isCustom(name) ? value : typedValue(type, value)
}

/**
 * Contact information with what a call says of it: an entry with a known number is changed, or removed if its value is
 * empty, and all others are new. `id` is the number of the item.
 */
function withContacts (before: unknown, given: unknown, id: number): unknown[] {
  const kept: Values[] = Object.values(map(before)).map(map)
  // The number stands in the entry itself, or is its key.
  const entries = Object.entries(map(given)).map(([key, item]) => ({ number: text(map(item).id) || key, ...map(item) }))
  const changed = kept.map((entry): Values =>
    ({ ...entry, ...entries.find(({ number }) => number === text(entry.id)), id: entry.id }))
  const last = greatest(kept.map(entry => Number(entry.id)), id * 100)
  const fresh = entries.filter(({ number }) => !kept.some(entry => text(entry.id) === number))
    .map((entry, index): Values => ({ ...entry, id: last + index + 1 }))
  return [...changed, ...fresh]
    .map(({ id: number, typeId, valueType = 'WORK', value }) =>
      ({ id: number, valueType, value: text(value), typeId: text(typeId) }))
    .filter(({ value }) => value !== '')
}

/** A single contact or company stands for the list of them, and the other way round. */
function linked ({ CONTACT_ID, CONTACT_IDS, COMPANY_ID, COMPANY_IDS }: Values, type: ItemType): Values {
  const links: Values = {}
  const set = (one: string, several: string, id: unknown, ids: unknown): void => {
    const all = Array.isArray(ids) ? ids : id === undefined ? undefined : [id].filter(Boolean)
    if (all) Object.assign(links, { [one]: all[0] ?? 0, [several]: all })
  }
  set('CONTACT_ID', 'CONTACT_IDS', CONTACT_ID, CONTACT_IDS)
  if (type.kind === 'contact') set('COMPANY_ID', 'COMPANY_IDS', COMPANY_ID, COMPANY_IDS)
  return links
}

/**
 * What the parameter `fields` writes into an item: its title, its comment, and the rest under the names in which fields
 * are kept. What nobody can write, and what the type does not have, is left out.
 */
export function writtenFields (
  type: ItemType, fields: unknown, isNew: boolean
): { title?: string, text?: string, fields: Values } {
  const written: Values = {}
  for (const [given, value] of Object.entries(map(fields))) {
    const name = toItemName(toKept(given))
    const access = FIELDS[name]?.access
    const isWritable = access === undefined || (access === 'create' && isNew)
    if (isCustom(name) || (isWritable && type.fields.includes(name))) written[toKept(given)] = convert(name, value)
  }
  const { TITLE, COMMENTS, ...others } = written
  return {
    ...(TITLE !== undefined && { title: text(TITLE) }),
    ...(COMMENTS !== undefined && { text: text(COMMENTS) }),
    fields: { ...others, ...linked(others, type) }
  }
}

/**
 * The entry with what was written into it, and the `others` as they are, by the user with this number; itself when that
 * changes nothing.
 */
export function changed (type: ItemType, entry: Entry, given: unknown, userId: number, others: Values): Entry {
  const { title = entry.title, text: comments = entry.text, fields: values } = writtenFields(type, given, false)
  const { FM, ...rest } = values
  // A stage belongs to one pipeline: in another one the item begins anew.
  const isElsewhere = rest.CATEGORY_ID !== undefined && rest.CATEGORY_ID !== (entry.fields.CATEGORY_ID ?? type.category)
  const written = {
    ...(isElsewhere && { STAGE_ID: undefined }),
    ...rest,
    ...others,
    ...(FM !== undefined && { FM: withContacts(entry.fields.FM, FM, entry.id) })
  }
  const fields = { ...entry.fields, ...written }
  if (isDeepStrictEqual([title, comments, fields], [entry.title, entry.text, entry.fields])) return entry
  const now = isoTime(Date.now())
  const isMoved = isElsewhere || (rest.STAGE_ID !== undefined && rest.STAGE_ID !== entry.fields.STAGE_ID)
  return {
    ...entry,
    title,
    text: comments,
    fields: {
      ...fields,
      ...(isMoved && {
        MOVED_BY_ID: userId,
        MOVED_TIME: now,
        PREVIOUS_STAGE_ID: entry.fields.STAGE_ID ?? null
      }),
      MODIFY_BY_ID: userId,
      DATE_MODIFY: now
    }
  }
}

/** Numbers the contact information of a new entry. */
export const withContactNumbers = (entry: Entry): Entry => entry.fields.FM === undefined
  ? entry
  : { ...entry, fields: { ...entry.fields, FM: withContacts([], entry.fields.FM, entry.id) } }
