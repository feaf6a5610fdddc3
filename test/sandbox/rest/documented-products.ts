import type { Portal } from '../../../sandbox/index.ts'
import { pricedRow } from '../../../sandbox/rest/crm/price-row.ts'
import { exampleOf, keep, type Row } from './documented.ts'

/** Keeps an item with product rows of these numbers, written by an older or a newer method. */
function owner (kind: 'lead' | 'deal' | 'quote', id: number, rows: object[], isOld = false): (portal: Portal) => void {
  const PRODUCT_ROWS = rows.map(row => pricedRow(Number(Object(row).ID), { ...row }, isOld))
  return keep({ kind, id, authorId: 1, fields: { PRODUCT_ROWS } })
}

const PHONE = { PRODUCT_ID: 9621, PRODUCT_NAME: 'iphone 14', TAX_INCLUDED: 'Y', SORT: 10 }
const TAXED = { ...PHONE, PRICE: 90000, QUANTITY: 3, DISCOUNT_TYPE_ID: 2, DISCOUNT_RATE: 10, TAX_RATE: 10 }
const OTHER = { ...PHONE, PRODUCT_ID: 9623, PRODUCT_NAME: 'iphone 10xs', PRICE: 5550, SORT: 20 }

/** The rows of the example of an older method. */
const old = (method: string): object[] => Object.values(Object(exampleOf(method).answer.result))

/** What the sandbox has no catalogue, no orders and no stores for. */
const CATALOGUE = ['productName', 'type', 'xmlId', 'storeId']

export const productRows: Row[] = [
  { name: 'crm.item.productrow.fields' },
  { name: 'crm.item.productrow.add', seed: owner('deal', 13142, []), own: ['id', ...CATALOGUE] },
  {
    name: 'crm.item.productrow.update',
    seed: owner('deal', 13142, [{ ...TAXED, ID: 17648, TAX_NAME: 'VAT 10' }]),
    own: CATALOGUE.slice(1)
  },
  {
    name: 'crm.item.productrow.get',
    seed: owner('deal', 13141, [{ ...PHONE, ID: 17622, PRICE: 79999, QUANTITY: 11 }]),
    own: CATALOGUE
  },
  {
    name: 'crm.item.productrow.list',
    seed: owner('deal', 13142, [{ ...TAXED, ID: 17649, TAX_NAME: 'VAT 10' }, { ...OTHER, ID: 17650, MEASURE_CODE: 6 }]),
    own: CATALOGUE
  },
  { name: 'crm.item.productrow.set', seed: owner('deal', 13143, []), own: ['id', ...CATALOGUE] },
  {
    name: 'crm.item.productrow.getavailableforpayment',
    seed: owner('deal', 13144,
      [{ ...PHONE, ID: 17657, PRICE: 79999, QUANTITY: 3 }, { ...OTHER, ID: 17658, QUANTITY: 3 }]),
    own: CATALOGUE
  },
  { name: 'crm.item.productrow.delete', seed: owner('deal', 13143, [{ ...PHONE, ID: 17655 }]), own: [] },
  { name: 'crm.deal.productrows.get', seed: owner('deal', 5, old('crm.deal.productrows.get'), true) },
  { name: 'crm.deal.productrows.set', seed: owner('deal', 5, []), own: [] },
  { name: 'crm.lead.productrows.get', seed: owner('lead', 5, old('crm.lead.productrows.get')) },
  { name: 'crm.lead.productrows.set', seed: owner('lead', 5, []), own: [] },
  { name: 'crm.quote.productrows.get', seed: owner('quote', 1, old('crm.quote.productrows.get'), true) },
  { name: 'crm.quote.productrows.set', seed: owner('quote', 1, []), own: [] }
]
