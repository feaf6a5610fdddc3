import type { Entry } from '../../content.ts'
import { productRowsOf } from '../crm/product-rows.ts'
import { typeOf } from '../crm/types.ts'
import { textError } from '../rest-error.ts'
import { map, scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { saveRows } from './product-row.ts'

type Kind = 'lead' | 'deal' | 'quote'

function find ({ params, token: { portal } }: RestCall, kind: Kind): Entry | undefined {
  const id = Math.trunc(Number(text(params.ID)))
  if (!(id > 0)) throw textError('The parameter id is invalid or not defined.')
  return portal.content.find(typeOf(kind).kind, id)
}

const show = ({ ID, OWNER_ID, PRICE_ACCOUNT, TAX_NAME: _name, ...row }: Row): Row => ({
  ...row,
  ID: String(ID),
  OWNER_ID: String(OWNER_ID),
  ORIGINAL_PRODUCT_NAME: null,
  PRODUCT_DESCRIPTION: null,
  PRICE_ACCOUNT: Number(PRICE_ACCOUNT).toFixed(8),
  STORE_ID: null,
  RESERVE_ID: null,
  DATE_RESERVE_END: null,
  RESERVE_QUANTITY: null
})

/** A portal answers that leads and quotes which do not exist have no rows. */
function get (call: RestCall, kind: Kind): Row[] {
  const owner = find(call, kind)
  if (!owner && kind === 'deal') throw textError('Not found')
  return owner ? productRowsOf(owner).map(show) : []
}

function set (call: RestCall, kind: Kind): true {
  const owner = find(call, kind)
  const { ROWS: rows } = call.params
  if (typeof rows !== 'object' || rows === null) throw textError('The parameter rows must be array.')
  if (!owner) throw textError('Not found.')
  saveRows(call, owner, Object.values(rows).filter(row => typeof row === 'object').map(map), true)
  return true
}

const methodsOf = (kind: Kind): RestMethods => scoped(['crm'], {
  [`crm.${kind}.productrows.get`]: call => get(call, kind),
  [`crm.${kind}.productrows.set`]: call => set(call, kind)
})

/** The methods from before crm.item.productrow.*: crm.deal.productrows.get and .set, and those of leads and quotes. */
export const legacyProductRowMethods: RestMethods = {
  ...methodsOf('lead'), ...methodsOf('deal'), ...methodsOf('quote')
}
