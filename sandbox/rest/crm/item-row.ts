import type { Entry } from '../../content.ts'
import { numbers, text } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'
import { firstStage, semanticsOf } from './directories.ts'
import { isCustom, toItemName } from './field-names.ts'
import { FIELDS } from './fields.ts'
import type { ItemType } from './types.ts'

/** Telephone number, e-mail address and the like, as `fm` lists them. */
interface Contact { id: number, typeId: string, valueType: string, value: string }

const flag = (value: boolean): 'Y' | 'N' => value ? 'Y' : 'N'
const contactsOf = (value: unknown): Contact[] => Array.isArray(value) ? value : []

/** What `fm` also shows in fields of their own, which hold the first value of each kind. */
function reachedBy (fm: Contact[]): Row {
  const first = (type: string, kind?: string): string =>
    fm.find(({ typeId, valueType }) => typeId === type && (kind === undefined || valueType === kind))?.value ?? ''
  return {
    hasPhone: flag(first('PHONE') !== ''),
    hasEmail: flag(first('EMAIL') !== ''),
    email: first('EMAIL'),
    emailHome: first('EMAIL', 'HOME'),
    emailWork: first('EMAIL', 'WORK'),
    emailMailing: first('EMAIL', 'MAILING'),
    phone: first('PHONE'),
    phoneMobile: first('PHONE', 'MOBILE'),
    phoneWork: first('PHONE', 'WORK'),
    phoneMailing: first('PHONE', 'MAILING')
  }
}

/** A field that nobody has written. */
function emptyValue (name: string): unknown {
  const field = FIELDS[name]
  if (field?.isMultiple) return []
  if (['companyId', 'contactId', 'mycompanyId', 'webformId'].includes(name)) return 0
  return field?.type === 'boolean' ? 'N' : field?.type === 'double' ? 0 : null
}

/** The ids in the field for several, else the one in the field for a single id. */
const idsOf = (several: unknown, one: unknown): number[] =>
  Array.isArray(several) ? numbers(several) : Number(text(one)) > 0 ? [Number(text(one))] : []

/** What an item says about its stage. */
function stageOf (type: ItemType, { CATEGORY_ID, STAGE_ID }: Row): Row {
  const category = CATEGORY_ID === undefined ? type.category ?? 0 : Number(CATEGORY_ID)
  const directory = type.stages?.(category) ?? ''
  const stageId = STAGE_ID ?? firstStage(directory)
  const semantics = semanticsOf(directory, stageId)
  return {
    categoryId: category,
    stageId,
    stageSemanticId: semantics,
    closed: flag(semantics !== 'P'),
    isWon: flag(semantics === 'S'),
    isLose: flag(semantics === 'F'),
    isWork: flag(semantics === 'P'),
    isNew: flag(stageId === firstStage(directory))
  }
}

/** The title of an item without one, such as `Deal #7`; a contact has it as last name. */
function namesOf ({ kind, title: prefix }: ItemType, { id, title, fields: { NAME, LAST_NAME } }: Entry): Row {
  const name = `${prefix} #${id}`
  return kind === 'contact'
    ? { name: NAME ?? null, lastName: LAST_NAME ?? (NAME === undefined ? name : null) }
    : { title: title || name }
}

/** An item of the portal as crm.item.get shows it. */
export function itemRow (type: ItemType, entry: Entry): Row {
  const { id, authorId, at, text: comments, fields } = entry
  const contactIds = idsOf(fields.CONTACT_IDS, fields.CONTACT_ID)
  const companyIds = idsOf(fields.COMPANY_IDS, type.kind === 'contact' ? fields.COMPANY_ID : undefined)
  const changedAt = fields.DATE_MODIFY ?? isoTime(at)
  const changedBy = fields.MODIFY_BY_ID ?? authorId
  const kept: Row = Object.fromEntries(Object.entries(fields).map(([name, value]) => [toItemName(name), value]))
  const known: Row = {
    opened: 'Y',
    currencyId: 'EUR',
    lastActivityBy: changedBy,
    lastActivityTime: changedAt,
    movedBy: fields.MOVED_BY_ID ?? authorId,
    movedTime: isoTime(at),
    ...kept,
    assignedById: kept.assignedById || authorId,
    ...stageOf(type, fields),
    ...namesOf(type, entry),
    ...reachedBy(contactsOf(fields.FM)),
    fm: contactsOf(fields.FM),
    companyId: companyIds[0] ?? fields.COMPANY_ID ?? 0,
    companyIds,
    contactId: contactIds[0] ?? 0,
    contactIds,
    comments: comments || null,
    id,
    createdBy: authorId,
    updatedBy: changedBy,
    createdTime: isoTime(at),
    updatedTime: changedAt
  }
  const standard = type.fields.map(name => [name, known[name] ?? emptyValue(name)])
  const custom = Object.entries(kept).filter(([name]) => isCustom(name))
  return { ...Object.fromEntries([...standard, ...custom]), entityTypeId: type.id }
}
