import { toCamelCase } from '../field-names.ts'
import type { Row } from '../select-rows.ts'
import { describeField, type Description } from './describe-field.ts'

const FIELDS: ReadonlyArray<[name: string, ...Description]> = [
  ['ID', 'integer', 'ID', 'read'],
  ['OWNER_ID', 'integer', 'Owner ID', 'owner'],
  ['OWNER_TYPE', 'string', 'Owner type', 'owner'],
  ['PRODUCT_ID', 'integer', 'Product', 'required'],
  ['PRODUCT_NAME', 'string', 'Product name'],
  ['PRICE', 'double', 'Price'],
  ['PRICE_EXCLUSIVE', 'double', 'Discounted price without tax', 'read'],
  ['PRICE_NETTO', 'double', 'PRICE_NETTO', 'read'],
  ['PRICE_BRUTTO', 'double', 'PRICE_BRUTTO', 'read'],
  ['QUANTITY', 'double', 'Quantity'],
  ['DISCOUNT_TYPE_ID', 'integer', 'Discount type'],
  ['DISCOUNT_RATE', 'double', 'Discount value'],
  ['DISCOUNT_SUM', 'double', 'Discount amount'],
  ['TAX_RATE', 'double', 'Tax'],
  ['TAX_NAME', 'string', 'TAX_NAME'],
  ['TAX_INCLUDED', 'char', 'Tax included'],
  ['CUSTOMIZED', 'char', 'Modified on'],
  ['MEASURE_CODE', 'integer', 'Unit of measurement code'],
  ['MEASURE_NAME', 'string', 'Unit of measurement'],
  ['SORT', 'integer', 'Sort'],
  ['TYPE', 'integer', 'TYPE', 'read'],
  ['STORE_ID', 'integer', 'STORE_ID', 'read']
]
/** The fields that a call can write. */
export const WRITABLE: readonly string[] = FIELDS.flatMap(([name, , , access]) => access === 'read' ? [] : [name])

/** What crm.item.productrow.fields answers. */
export const productRowFields: Row = Object.fromEntries(FIELDS.map(([name, ...description]) =>
  [toCamelCase(name), describeField(...description)]))
