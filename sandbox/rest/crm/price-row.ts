import { RestError } from '../rest-error.ts'
import { text } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'

/** Units of measurement by their codes. */
const MEASURES: Readonly<Record<number, string>> = { 6: 'm', 112: 'l', 163: 'g', 166: 'kg', 796: 'pcs' }
const PIECES = 796

/** A number that a call gives; undefined for none. */
function numberIn (value: unknown): number | undefined {
  const number = text(value) === '' ? NaN : Number(text(value))
  return Number.isFinite(number) ? number : undefined
}

/** As many digits after the point as a portal keeps of prices. */
export const rounded = (value: number, digits = 8): number => Number(value.toFixed(digits))

/** The older methods have other words, and a code for all of it. */
function discountError (id: unknown, isOld: boolean, missing: 'Rate' | 'Sum', type: string, condition = ''): RestError {
  const name = `DISCOUNT_${missing.toUpperCase()}`
  const sentence = `Discount ${missing} (${name}) is required if ${type} Discount Type (DISCOUNT_TYPE_ID) is `
  return isOld
    ? new RestError('ERROR_CORE', `${sentence}defined${condition || '.'}<br>`)
    : new RestError(`CRM_PRODUCTROW_NORMALIZATION_${name}_REQUIRED`, `${sentence}used${condition}. ID = ${text(id)}`)
}

/** How much a discount takes from the price without it. The older methods believe what they are given of both. */
function discountOf (given: Row, price: number, isOld: boolean): Row {
  const [type, rate, sum] = [given.DISCOUNT_TYPE_ID, given.DISCOUNT_RATE, given.DISCOUNT_SUM].map(numberIn)
  if (type === 1) {
    if (sum === undefined) throw discountError(given.ID, isOld, 'Sum', 'Monetary')
    const before = price + sum
    const share = before === 0 ? 0 : price === 0 ? Math.sign(before) * 100 : rounded(100 * sum / before, 2)
    return { DISCOUNT_TYPE_ID: 1, DISCOUNT_RATE: (isOld ? rate : undefined) ?? share, DISCOUNT_SUM: sum }
  }
  if (type !== 2) return { DISCOUNT_TYPE_ID: 2, DISCOUNT_RATE: 0, DISCOUNT_SUM: 0 }
  if (rate === undefined) throw discountError(given.ID, isOld, 'Rate', 'Percentage')
  if (rate === 100 && !sum) {
    throw discountError(given.ID, isOld, 'Sum', 'Percentage', ' and Discount Rate (DISCOUNT_RATE) is 100%')
  }
  const DISCOUNT_SUM = (isOld || rate === 100 ? sum : undefined) ?? price * rate / (100 - rate)
  return { DISCOUNT_TYPE_ID: 2, DISCOUNT_RATE: rate, DISCOUNT_SUM }
}

function measureOf ({ MEASURE_CODE, MEASURE_NAME }: Row, isOld: boolean, productId: number): Row {
  const given = numberIn(MEASURE_CODE) ?? 0
  const usual = isOld && productId === 0 ? 0 : PIECES
  const code = isOld || given in MEASURES ? given || usual : usual
  return { MEASURE_CODE: code, MEASURE_NAME: (isOld && text(MEASURE_NAME)) || (MEASURES[code] ?? '') }
}

/**
 * A product row as a portal keeps what a call gives. The price includes discount and tax; the others follow from it.
 *
 * @param isOld whether an older method writes it, such as crm.deal.productrows.set
 * @throws RestError when a discount lacks its number
 */
export function pricedRow (id: number, given: Row, isOld: boolean): Row {
  const price = numberIn(given.PRICE) ?? 0
  const tax = numberIn(given.TAX_RATE) ?? null
  const factor = 1 + (tax ?? 0) / 100
  const old = (name: string): number | undefined => isOld ? numberIn(given[name]) : undefined
  const exclusive = old('PRICE_EXCLUSIVE') ?? (factor === 0 ? 0 : price / factor)
  const discount = discountOf(given, exclusive, isOld)
  const net = old('PRICE_NETTO') ?? exclusive + Number(discount.DISCOUNT_SUM)
  const productId = Math.max(0, Math.trunc(numberIn(given.PRODUCT_ID) ?? 0))
  const taxName = text(given.TAX_NAME) || (tax === null ? 'No VAT' : '')
  return {
    ID: id,
    PRODUCT_ID: productId,
    PRODUCT_NAME: text(given.PRODUCT_NAME) || `[${productId || id}]`,
    PRICE: price,
    PRICE_ACCOUNT: price,
    PRICE_EXCLUSIVE: rounded(exclusive),
    PRICE_NETTO: rounded(net),
    PRICE_BRUTTO: rounded(old('PRICE_BRUTTO') ?? net * factor),
    QUANTITY: numberIn(given.QUANTITY) ?? 1,
    ...discount,
    DISCOUNT_SUM: rounded(Number(discount.DISCOUNT_SUM)),
    TAX_RATE: tax,
    TAX_INCLUDED: text(given.TAX_INCLUDED).toUpperCase() === 'Y' ? 'Y' : 'N',
    ...(taxName && { TAX_NAME: taxName }),
    CUSTOMIZED: 'Y',
    ...measureOf(given, isOld, productId),
    SORT: Math.trunc(numberIn(given.SORT) ?? 0),
    XML_ID: '',
    TYPE: 1
  }
}
