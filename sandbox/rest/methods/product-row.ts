import type { Entry } from '../../content.ts'
import { updateItem } from '../crm/kept-items.ts'
import { typeOf } from '../crm/types.ts'
import { RestError, textError } from '../rest-error.ts'
import { map, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'

const scopes = ['crm']

/** The letters by which product rows name what they belong to. */
const OWNERS = { lead: 'L', deal: 'D' } as const
type Kind = keyof typeof OWNERS

const round = (value: number): number => Math.round(value * 100) / 100

function find ({ params, token: { portal } }: RestCall, kind: Kind): Entry {
  const id = Number(text(params.ID))
  if (!Number.isInteger(id) || id < 1) throw textError('The parameter id is invalid or not defined.')
  const entry = portal.content.find(kind, id)
  if (!entry) throw textError('Not found')
  return entry
}

/** @throws RestError for a kind of discount without its value */
function checkDiscount ({ DISCOUNT_TYPE_ID, DISCOUNT_RATE, DISCOUNT_SUM }: Row): void {
  const wrong = (reason: string): RestError => new RestError('ERROR_CORE', `${reason} is defined.`)
  const type = text(DISCOUNT_TYPE_ID)
  if (type === '1' && DISCOUNT_SUM === undefined) {
    throw wrong('Discount Sum (DISCOUNT_SUM) is required if Monetary Discount Type (DISCOUNT_TYPE_ID)')
  }
  if (type === '2' && DISCOUNT_RATE === undefined) {
    throw wrong('Discount Rate (DISCOUNT_RATE) is required if Percentage Discount Type (DISCOUNT_TYPE_ID)')
  }
  if (type === '2' && Number(text(DISCOUNT_RATE)) === 100 && DISCOUNT_SUM === undefined) {
    throw new RestError('ERROR_CORE', 'Discount Sum (DISCOUNT_SUM) is required if Percentage Discount Type ' +
      '(DISCOUNT_TYPE_ID) is defined and Discount Rate (DISCOUNT_RATE) is 100%')
  }
}

/** A row as it is kept; the prices that were not sent follow from the price, the tax and the discount. */
function writtenRow (given: Row, id: number): Row {
  checkDiscount(given)
  const number = (name: string, usual = 0): number => {
    const value = Number(text(given[name]))
    return text(given[name]) === '' || !Number.isFinite(value) ? usual : value
  }
  const [price, tax, type] = [number('PRICE'), number('TAX_RATE'), number('DISCOUNT_TYPE_ID') === 1 ? 1 : 2]
  const exclusive = number('PRICE_EXCLUSIVE', round(price / (1 + tax / 100)))
  const rate = Math.min(number('DISCOUNT_RATE'), 100)
  const sum = number('DISCOUNT_SUM', type === 2 && rate < 100 ? round(exclusive / (1 - rate / 100) - exclusive) : 0)
  const netto = number('PRICE_NETTO', round(exclusive + sum))
  const product = number('PRODUCT_ID')
  const name = text(given.PRODUCT_NAME) || `[${product || id}]`
  return {
    ID: String(id),
    PRODUCT_ID: product,
    PRODUCT_NAME: name,
    ORIGINAL_PRODUCT_NAME: product > 0 ? name : '',
    PRODUCT_DESCRIPTION: null,
    PRICE: price,
    PRICE_EXCLUSIVE: exclusive,
    PRICE_NETTO: netto,
    PRICE_BRUTTO: number('PRICE_BRUTTO', round(netto * (1 + tax / 100))),
    PRICE_ACCOUNT: price.toFixed(2),
    QUANTITY: number('QUANTITY', 1),
    DISCOUNT_TYPE_ID: type,
    DISCOUNT_RATE: type === 2 || netto === 0 ? rate : round(sum / netto * 100),
    DISCOUNT_SUM: sum,
    TAX_RATE: text(given.TAX_RATE) === '' ? null : tax,
    TAX_INCLUDED: text(given.TAX_INCLUDED) === 'Y' ? 'Y' : 'N',
    CUSTOMIZED: 'Y',
    MEASURE_CODE: number('MEASURE_CODE'),
    MEASURE_NAME: text(given.MEASURE_NAME),
    SORT: number('SORT'),
    XML_ID: '',
    TYPE: 1,
    STORE_ID: null,
    RESERVE_ID: null,
    DATE_RESERVE_END: null,
    RESERVE_QUANTITY: null
  }
}

/** Replaces all rows of an item. Its amount is theirs, unless it was entered by hand. */
function set (call: RestCall, kind: Kind): true {
  const entry = find(call, kind)
  const { ROWS = [] } = call.params
  if (typeof ROWS !== 'object') throw textError("Parameter 'rows' must be array.")
  const used = call.token.portal.content.list(kind).flatMap(({ fields }) => Object.values(map(fields.PRODUCT_ROWS)))
  const last = Math.max(0, ...used.map(row => Number(map(row).ID)))
  const rows = Object.values(map(ROWS)).map((row, index) => writtenRow(map(row), last + index + 1))
    .sort((left, right) => Number(left.SORT) - Number(right.SORT))
  const sum = round(rows.reduce((total, { PRICE, QUANTITY }) => total + Number(PRICE) * Number(QUANTITY), 0))
  const isManual = entry.fields.IS_MANUAL_OPPORTUNITY === 'Y'
  updateItem(call.token, typeOf(kind), entry, isManual ? {} : { opportunity: sum, isManualOpportunity: 'N' },
    { PRODUCT_ROWS: rows })
  return true
}

function get (call: RestCall, kind: Kind): Row[] {
  const { id, fields } = find(call, kind)
  return Object.values(map(fields.PRODUCT_ROWS)).map(map)
    .map(({ ID, ...row }) => ({ ID, OWNER_ID: String(id), OWNER_TYPE: OWNERS[kind], ...row }))
}

const methodsOf = (kind: Kind): RestMethods => ({
  [`crm.${kind}.productrows.get`]: { scopes, run: call => get(call, kind) },
  [`crm.${kind}.productrows.set`]: { scopes, run: call => set(call, kind) }
})

/** What is sold with a lead or a deal. */
export const productRowMethods: RestMethods = { ...methodsOf('lead'), ...methodsOf('deal') }
