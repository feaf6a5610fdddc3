import type { Entry } from '../../content.ts'
import type { Portal } from '../../portal.ts'
import { greatest } from '../greatest.ts'
import { map, text } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { pricedRow, rounded } from './price-row.ts'
import { SMART_PROCESS, typeOf } from './types.ts'
import type { ItemType } from './types.ts'

/** The short names of types. Contacts and companies have no product rows. */
const OWNERS = [['lead', 'L'], ['deal', 'D'], ['quote', 'Q'], ['invoice', 'SI'],
  ['item', `T${SMART_PROCESS.toString(16)}`], ['contact', 'C'], ['company', 'CO']] as const

/** The type with this short name, in any case. */
export function ownerType (name: string): ItemType | undefined {
  const [kind] = OWNERS.find(([, short]) => short.toLowerCase() === name.toLowerCase()) ?? []
  return kind && typeOf(kind)
}

export const hasProductRows = ({ kind }: ItemType): boolean => kind !== 'contact' && kind !== 'company'

const rowsIn = ({ fields }: Entry): Row[] => Object.values(map(fields.PRODUCT_ROWS)).map(map)

/** The product rows of an item, which are kept in it, in their order. */
export function productRowsOf (entry: Entry): Row[] {
  const [, OWNER_TYPE] = OWNERS.find(([kind]) => kind === entry.kind) ?? []
  return rowsIn(entry)
    .sort((left, right) => Number(left.SORT) - Number(right.SORT) || Number(left.ID) - Number(right.ID))
    .map(({ ID, ...row }) => ({ ID, OWNER_ID: entry.id, OWNER_TYPE, ...row }))
}

const owners = ({ content }: Portal): Entry[] => OWNERS.flatMap(([kind]) => content.list(kind))

/** The item that has the product row with this number. */
export const ownerOfRow = (portal: Portal, id: number): Entry | undefined =>
  owners(portal).find(entry => rowsIn(entry).some(({ ID }) => ID === id))

/** The rows in place of those of an item. What has the number of one of them keeps it, and others are new. */
export function writtenRows (portal: Portal, entry: Entry, given: Row[], isOld = false): Row[] {
  const known = new Set(rowsIn(entry).map(({ ID }) => ID))
  let last = greatest(owners(portal).flatMap(rowsIn).map(({ ID }) => Number(ID)), 0)
  return given.map(row => {
    const id = Number(text(row.ID))
    return pricedRow(known.delete(id) ? id : ++last, row, isOld)
  })
}

/** An item with the sums of its product rows, unless somebody enters its amount by hand. */
export function withSums (entry: Entry, before: Entry): Entry {
  const rows = rowsIn(entry)
  if (rows.length + rowsIn(before).length === 0) return entry
  const sum = (of: (row: Row) => number): number =>
    rounded(rows.reduce((total, row) => total + of(row) * Number(row.QUANTITY), 0), 2)
  const TAX_VALUE = sum(({ PRICE, PRICE_EXCLUSIVE }) => Number(PRICE) - Number(PRICE_EXCLUSIVE))
  const isManual = entry.fields.IS_MANUAL_OPPORTUNITY === 'Y'
  const sums = { TAX_VALUE, ...(!isManual && { OPPORTUNITY: sum(({ PRICE }) => Number(PRICE)) }) }
  return { ...entry, fields: { ...entry.fields, ...sums } }
}
