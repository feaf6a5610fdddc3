import t from 'tap'
import type { Portal } from '../../../../sandbox/index.ts'
import { callRest, failureOf, resultOf, sandboxFor } from '../../helper.ts'

const call = async (portal: Portal, method: string, params: object) =>
  Object(await resultOf(portal, `crm.item.productrow.${method}`, { ...params })) // rows
const add = async (portal: Portal, fields: object) =>
  (await call(portal, 'add', { fields: { ownerType: 'D', ownerId: 8061, ...fields } })).productRow
const rowsOf = async (portal: Portal, filter: object = {}, params: object = {}) =>
  (await call(portal, 'list', { filter: { '=ownerType': 'D', '=ownerId': 8061, ...filter }, ...params })).productRows
const amountOf = async (portal: Portal) => {
  const { OPPORTUNITY, TAX_VALUE } = Object(await resultOf(portal, 'crm.deal.get', { id: 8061 })) // a deal
  return [OPPORTUNITY, TAX_VALUE]
}

await t.test('REST product rows: the sums of a deal are those of its rows', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.installed = true
  await resultOf(alpha, 'event.bind', { event: 'ONCRMDEALUPDATE', event_type: 'offline' })
  t.strictSame(await amountOf(alpha), ['12500.00', '0.00'], 'without rows it is what somebody has entered')
  const { id } = await add(alpha, { productName: 'Desk', price: 119, quantity: '2.5', taxRate: 19 })
  t.strictSame(await amountOf(alpha), ['297.50', '47.50'])
  const other = await add(alpha, { productName: 'Chair', price: 10 })
  t.match(other, { id: id + 1, quantity: 1, taxRate: null, taxName: 'No VAT', measureCode: 796, measureName: 'pcs' })
  t.strictSame(await amountOf(alpha), ['307.50', '47.50'])
  t.match(await call(alpha, 'update', { id, fields: { price: 238 } }),
    { productRow: { productName: 'Desk', quantity: 2.5, priceExclusive: 200, priceBrutto: 238 } })
  t.strictSame(await amountOf(alpha), ['605.00', '95.00'])
  await resultOf(alpha, 'crm.deal.update', { id: 8061, fields: { OPPORTUNITY: 5 } })
  t.strictSame(await amountOf(alpha), ['605.00', '95.00'], 'nobody enters another amount')
  await resultOf(alpha, 'crm.deal.update', { id: 8061, fields: { OPPORTUNITY: 5, IS_MANUAL_OPPORTUNITY: 'Y' } })
  t.strictSame(await amountOf(alpha), ['5.00', '95.00'], 'unless it is entered by hand')
  await resultOf(alpha, 'crm.item.update', { entityTypeId: 2, id: 8061, fields: { isManualOpportunity: 'N' } })
  t.strictSame(await amountOf(alpha), ['605.00', '95.00'])
  t.equal(await resultOf(alpha, 'crm.item.productrow.delete', { id }), null)
  t.strictSame(await amountOf(alpha), ['10.00', '0.00'])
  t.match(await call(alpha, 'set', { ownerType: 'd', ownerId: 8061, productRows: [] }), { productRows: [] })
  t.strictSame(await amountOf(alpha), ['0.00', '0.00'])
  t.match(await resultOf(alpha, 'event.offline.list'), [{ EVENT_NAME: 'ONCRMDEALUPDATE' }])
  await resultOf(alpha, 'crm.deal.delete', { id: 8061 })
  t.strictSame(await failureOf(alpha, 'crm.item.productrow.get', { id: other.id }), [400, 'NOT_FOUND'])
})

await t.test('REST product rows: every type that sells has them', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows = [['L', 'lead', 251, 1], ['D', 'deal', 8062, 2], ['Q', 'quote', 9, 7], ['SI', 'invoice', 21, 31],
    ['Tb7', 'item', 42, 183]] as const
  for (const [ownerType, kind, ownerId, entityTypeId] of rows) {
    const productRow = await add(alpha, { ownerType, ownerId, productName: kind, price: 7, quantity: 3 })
    t.match(productRow, { ownerType, ownerId, productName: kind })
    t.match(await resultOf(alpha, 'crm.item.get', { entityTypeId, id: ownerId }), { item: { opportunity: 21 } }, kind)
    t.match(await call(alpha, 'getAvailableForPayment', { ownerType, ownerId }), { productRows: [productRow] })
    t.match(await call(alpha, 'get', { id: productRow.id }), { productRow: { ...productRow, storeId: null } })
  }
  for (const [ownerType, ownerId] of [['C', 5], ['CO', 3]] as const) {
    t.match(await call(alpha, 'getAvailableForPayment', { ownerType, ownerId }), { productRows: [] })
    t.strictSame(await rowsOf(alpha, { '=ownerType': ownerType, '=ownerId': ownerId }), [])
  }
})

await t.test('REST product rows: discounts follow from what is known of them', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[fields: object, discountRate: number, discountSum: number, priceNetto: number]> = [
    [{ discountRate: 50 }, 0, 0, 80],
    [{ discountTypeId: 2, discountRate: 20, discountSum: 1 }, 20, 20, 100],
    [{ discountTypeId: 2, discountRate: 100, discountSum: 7 }, 100, 7, 87],
    [{ discountTypeId: 1, discountSum: 20, discountRate: 3 }, 20, 20, 100],
    [{ discountTypeId: '1', discountSum: '5', price: 0 }, 100, 5, 5],
    [{ discountTypeId: 1, discountSum: 0, price: 0 }, 0, 0, 0],
    [{ discountTypeId: 9, discountRate: 20 }, 0, 0, 80],
    [{ taxRate: -100 }, 0, 0, 0]
  ]
  for (const [fields, discountRate, discountSum, priceNetto] of rows) {
    t.match(await add(alpha, { price: 80, ...fields }), { discountRate, discountSum, priceNetto },
      JSON.stringify(fields))
  }
})

await t.test('REST product rows: what a call gives is read as on a portal', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[fields: object, expected: object]> = [
    [{ productName: ' Lamp ', taxIncluded: 'y', sort: '7.9' }, { productName: 'Lamp', taxIncluded: 'Y', sort: 7 }],
    [{ productId: 12 }, { productId: 12, productName: '[12]', price: 0 }],
    [{ productId: -4, price: 'abc', quantity: [] }, { productId: 0, productName: '[3]', price: 0, quantity: 1 }],
    [{ price: '1e999', quantity: '1e400', taxRate: {} }, { price: 0, quantity: 1, taxRate: null }],
    [{ measureCode: 6, measureName: 'mile' }, { measureCode: 6, measureName: 'm' }],
    [{ measureCode: 5 }, { measureCode: 796, measureName: 'pcs' }],
    [{ id: 1, type: 4, xmlId: 'x', priceNetto: 9, nothing: 1 }, { id: 7, type: 1, xmlId: '', priceNetto: 0 }],
    [{ taxRate: 7, taxName: 'VAT 7' }, { taxName: 'VAT 7' }],
    [{ taxRate: 7 }, { taxName: undefined }]
  ]
  for (const [fields, expected] of rows) t.match(await add(alpha, fields), expected, JSON.stringify(fields))
})

await t.test('REST product rows: a set keeps the numbers of rows, and a change their names', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const [one, two] = [await add(alpha, { productName: 'one' }), await add(alpha, { productId: 5, productName: 'two' })]
  const elsewhere = await add(alpha, { ownerId: 8062, productName: 'elsewhere' })
  const productRows = [{ id: two.id, productName: 'new' }, { id: two.id, productName: 'twice' },
    { id: elsewhere.id, productName: 'not of this deal' }, 'none']
  const { productRows: set } = await call(alpha, 'set', { ownerType: 'D', ownerId: 8061, productRows })
  t.strictSame(set.map(({ id, productName }: Record<string, unknown>) => [id, productName]),
    [[2, 'new'], [4, 'twice'], [5, 'not of this deal'], [6, '[6]']])
  t.strictSame(await failureOf(alpha, 'crm.item.productrow.get', { id: one.id }), [400, 'NOT_FOUND'])
  const changed = async (fields: object) =>
    (await call(alpha, 'update', { id: two.id, fields })).productRow.productName
  t.equal(await changed({ productId: 5 }), '[5]')
  t.equal(await changed({ productId: 5, productName: 'five' }), 'five')
  t.equal(await changed({ productId: '5', price: 1 }), 'five')
  t.equal(await changed({ productId: 6 }), '[6]')
  t.equal(await resultOf(alpha, 'crm.item.productrow.update', { id: two.id, fields: {} }), null)
})

await t.test('REST product rows: a list filters and sorts by what is indexed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const productRows = Array.from({ length: 60 }, (_row, index) =>
    ({ productId: index, price: index, sort: 60 - index }))
  await call(alpha, 'set', { ownerType: 'D', ownerId: 8061, productRows })
  const idsOf = async (filter: object, params: object = {}) =>
    (await rowsOf(alpha, filter, params)).map(({ id }: Record<string, unknown>) => id)
  t.strictSame((await idsOf({})).slice(0, 2), [60, 59], 'in the order of `sort`')
  t.strictSame((await idsOf({}, { order: { id: 'asc', price: 'desc' } })).slice(0, 2), [1, 2])
  t.strictSame((await idsOf({}, { order: { price: 'asc' } })).slice(0, 2), [60, 59], 'prices are no order')
  t.strictSame(await idsOf({ '>id': 58 }), [60, 59])
  t.strictSame(await idsOf({ '@id': [3, 4] }), [4, 3])
  t.strictSame(await idsOf({ productId: 3 }), [4])
  t.match(await idsOf({ price: 3, '@productId': [1], id: [1], '~id': 1 }), { length: 50 }, 'no conditions')
  t.strictSame(await idsOf({ '>id': 58 }, { start: 50 }), [])
  const list = async (start: number) => (await callRest(alpha, 'crm.item.productrow.list',
    { filter: { '=ownerType': 'D', '=ownerId': 8061 }, start })).body
  t.match(await list(0), { total: 60, next: 50 })
  t.match(await list(-1), { total: undefined, next: undefined })
})

await t.test('REST product rows: wrong calls are refused with the documented codes', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { id } = await add(alpha, {})
  const owner = { ownerType: 'D', ownerId: 8061 }
  const missing = (name: string) => ['100', `Could not find value for parameter {${name}} (internal error)`]
  const unsupported = (name: string) => ['ENTITY_TYPE_NOT_SUPPORTED', `Entity type ${name} is not supported`]
  const required = (name: string) => ['REQUIRED_ARG_MISSING', `Argument '${name}' is required`]
  const unknown = ['NOT_FOUND', 'Item not found']
  const DISCOUNT = 'is required if Percentage Discount Type (DISCOUNT_TYPE_ID) is used'
  const rows: Array<[method: string, params: object, answer: Array<string | undefined>]> = [
    ['get', {}, missing('id')], ['get', { id: 99 }, unknown], ['delete', { id: 'x' }, unknown],
    ['update', { id: 99, fields: {} }, unknown], ['update', { id }, missing('fields')],
    ['update', { id, fields: { type: 4, price_netto: 1 } },
      ['INVALID_ARG_VALUE', "Field 'type' not available for update"]],
    ['add', {}, missing('fields')], ['add', { fields: 'x' }, missing('fields')],
    ['add', { fields: {} }, unsupported('')],
    ['add', { fields: { ownerType: 'I', ownerId: 1 } }, unsupported('')],
    ['add', { fields: { ownerType: 'C', ownerId: 5 } }, unsupported('CONTACT')],
    ['add', { fields: { ownerType: 'D', ownerId: 1 } }, ['OWNER_NOT_FOUND', 'Owner was not found']],
    ['add', { fields: { ...owner, discountTypeId: 2 } },
      ['CRM_PRODUCTROW_NORMALIZATION_DISCOUNT_RATE_REQUIRED', `Discount Rate (DISCOUNT_RATE) ${DISCOUNT}. ID = `]],
    ['add', { fields: { ...owner, discountTypeId: 2, discountRate: 100 } },
      ['CRM_PRODUCTROW_NORMALIZATION_DISCOUNT_SUM_REQUIRED',
        `Discount Sum (DISCOUNT_SUM) ${DISCOUNT} and Discount Rate (DISCOUNT_RATE) is 100%. ID = `]],
    ['update', { id, fields: { discountTypeId: 1, discountSum: '' } },
      ['CRM_PRODUCTROW_NORMALIZATION_DISCOUNT_SUM_REQUIRED', 'Discount Sum (DISCOUNT_SUM) is required if Monetary ' +
        `Discount Type (DISCOUNT_TYPE_ID) is used. ID = ${id}`]],
    ['set', owner, missing('productRows')], ['set', { ...owner, productRows: 'x' }, missing('productRows')],
    ['set', { ownerId: 1, productRows: [] }, missing('ownerType')],
    ['getAvailableForPayment', { ownerType: 'D' }, missing('ownerId')],
    ['getAvailableForPayment', { ownerType: 'X', ownerId: 1 }, unsupported('')],
    ['list', {}, required('=ownerType')], ['list', { filter: { '=ownerType': 'D' } }, required('=ownerId')],
    ['list', { filter: { '=OWNER_TYPE': 'D', '=OWNER_ID': 8061 } }, required('=ownerType')],
    ['list', { filter: { '=ownerType': 'I', '=ownerId': 1 } }, ['ACCESS_DENIED', 'Access denied']],
    ['list', { filter: { '=ownerType': 'D', '=ownerId': 1 } }, ['ACCESS_DENIED', 'Access denied']],
    ['list', { filter: { '=ownerType': 'D', '=ownerId': 8061, '>=productId': [1] } },
      ['INVALID_ARG_VALUE', "Value for filter key '>=PRODUCT_ID' should be either string or number"]]
  ]
  for (const [method, params, [error, description]] of rows) {
    t.match(await callRest(alpha, `crm.item.productrow.${method}`, { ...params }),
      { status: 400, body: { error, error_description: description } }, `${method} ${JSON.stringify(params)}`)
  }
  t.match(await rowsOf(alpha), { length: 1 }, 'nothing was written')
})

await t.test('REST product rows: the wire says that there is no catalogue', async t => {
  const { portals: { alpha }, wire } = await sandboxFor(t)
  await add(alpha, { productId: 12 })
  t.match(wire.entries.at(-1), { outcome: 'the catalogue of products is not in the sandbox' })
})
