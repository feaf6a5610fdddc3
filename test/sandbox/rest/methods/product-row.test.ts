import t from 'tap'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST product rows: prices follow from price, tax and discount, and the amount from the rows', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows = [
    { PRODUCT_ID: 450, PRODUCT_NAME: 'Desk', PRICE: 899.1, DISCOUNT_TYPE_ID: 2, DISCOUNT_RATE: 10, SORT: 20 },
    { PRODUCT_NAME: 'Chair', PRICE: '119', QUANTITY: '2', TAX_RATE: 19, DISCOUNT_TYPE_ID: 1, DISCOUNT_SUM: 25 },
    { PRICE: 'x', QUANTITY: {}, DISCOUNT_RATE: 100, SORT: 30 }
  ]
  for (const [kind, OWNER_TYPE] of [['lead', 'L'], ['deal', 'D']]) {
    const id = await resultOf(alpha, `crm.${kind}.add`, { fields: { OPPORTUNITY: 5 } })
    t.equal(await resultOf(alpha, `crm.${kind}.productrows.set`, { id, rows }), true)
    t.match(await resultOf(alpha, `crm.${kind}.productrows.get`, { id }), [
      {
        ID: '2',
        OWNER_ID: String(id),
        OWNER_TYPE,
        PRICE: 119,
        PRICE_EXCLUSIVE: 100,
        PRICE_NETTO: 125,
        PRICE_BRUTTO: 148.75,
        DISCOUNT_TYPE_ID: 1,
        DISCOUNT_RATE: 20,
        QUANTITY: 2,
        TAX_RATE: 19
      },
      { ID: '1', PRODUCT_ID: 450, PRICE_NETTO: 999, PRICE_BRUTTO: 999, DISCOUNT_SUM: 99.9, QUANTITY: 1, TAX_RATE: null },
      { ID: '3', PRODUCT_NAME: '[3]', PRICE: 0, QUANTITY: 1, DISCOUNT_SUM: 0 }
    ])
    t.match(await resultOf(alpha, `crm.${kind}.get`, { id }),
      { OPPORTUNITY: '1137.10', IS_MANUAL_OPPORTUNITY: 'N', PRODUCT_ROWS: undefined })
    await resultOf(alpha, `crm.${kind}.update`, { id, fields: { OPPORTUNITY: 7, IS_MANUAL_OPPORTUNITY: 'Y' } })
    t.equal(await resultOf(alpha, `crm.${kind}.productrows.set`, { id }), true)
    t.strictSame(await resultOf(alpha, `crm.${kind}.productrows.get`, { id }), [])
    t.match(await resultOf(alpha, `crm.${kind}.get`, { id }), { OPPORTUNITY: '7.00' })
  }
})

await t.test('REST product rows: wrong calls are refused with the documented texts', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const set = (row: object) => ({ id: 8061, rows: [row] })
  const rows: Array<[method: string, params: object, code: string, text: string | RegExp]> = [
    ['get', {}, '', 'The parameter id is invalid or not defined.'], ['get', { id: 999 }, '', 'Not found'],
    ['set', { id: 8061, rows: 'x' }, '', "Parameter 'rows' must be array."],
    ['set', set({ DISCOUNT_TYPE_ID: 1 }), 'ERROR_CORE', /^Discount Sum .* if Monetary Discount Type/],
    ['set', set({ DISCOUNT_TYPE_ID: 2 }), 'ERROR_CORE', /^Discount Rate .* if Percentage Discount Type/],
    ['set', set({ DISCOUNT_TYPE_ID: 2, DISCOUNT_RATE: 100 }), 'ERROR_CORE', /is 100%$/]
  ]
  for (const [method, params, error, text] of rows) {
    t.match(await callRest(alpha, `crm.deal.productrows.${method}`, { ...params }),
      { status: 400, body: { error, error_description: text } }, `${method} ${JSON.stringify(params)}`)
  }
})
