import t from 'tap'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST legacy product rows: they are the rows of the item', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (const [kind, ownerType, id] of [['lead', 'L', 251], ['deal', 'D', 8061], ['quote', 'Q', 9]] as const) {
    const rows = [{ PRODUCT_NAME: 'Desk', PRICE: 110, QUANTITY: 2, TAX_RATE: 10 }, 'none', { PRODUCT_NAME: 'Chair' }]
    t.equal(await resultOf(alpha, `crm.${kind}.productrows.set`, { id, rows }), true)
    const [desk, chair] = Object(await resultOf(alpha, `crm.${kind}.productrows.get`, { id })) // two rows
    const given = { OWNER_ID: String(id), OWNER_TYPE: ownerType, PRODUCT_NAME: 'Desk', PRICE: 110 }
    const empty = { MEASURE_CODE: 0, MEASURE_NAME: '', STORE_ID: null, RESERVE_ID: null, TAX_NAME: undefined }
    t.match(desk, { ...given, ...empty, PRICE_EXCLUSIVE: 100, PRICE_ACCOUNT: '110.00000000', TAX_RATE: 10 })
    t.match(chair, { PRODUCT_NAME: 'Chair', PRICE: 0, QUANTITY: 1, TAX_RATE: null })
    const filter = { '=ownerType': ownerType, '=ownerId': id }
    t.match(await resultOf(alpha, 'crm.item.productrow.list', { filter }),
      { productRows: [{ id: Number(desk.ID), price: 110 }, { id: Number(chair.ID) }] })
    await resultOf(alpha, `crm.${kind}.productrows.set`, { id, rows: { 0: { ...chair, PRICE: 5 } } })
    t.match(await resultOf(alpha, `crm.${kind}.productrows.get`, { id }), [{ ID: chair.ID, PRICE: 5 }])
    await resultOf(alpha, `crm.${kind}.productrows.set`, { id, rows: [] })
    t.strictSame(await resultOf(alpha, `crm.${kind}.productrows.get`, { id }), [])
  }
})

await t.test('REST legacy product rows: prices that are given are believed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[given: object, kept: object]> = [
    [{ PRICE: 100, PRICE_EXCLUSIVE: 90, PRICE_NETTO: 95, PRICE_BRUTTO: 97 },
      { PRICE_EXCLUSIVE: 90, PRICE_NETTO: 95, PRICE_BRUTTO: 97 }],
    [{ PRICE: 80, DISCOUNT_TYPE_ID: 2, DISCOUNT_RATE: 20 }, { DISCOUNT_SUM: 20, PRICE_NETTO: 100 }],
    [{ PRICE: 80, DISCOUNT_TYPE_ID: 2, DISCOUNT_RATE: 20, DISCOUNT_SUM: 5 }, { DISCOUNT_SUM: 5, PRICE_NETTO: 85 }],
    [{ PRICE: 80, DISCOUNT_TYPE_ID: 1, DISCOUNT_SUM: 20 }, { DISCOUNT_RATE: 20, PRICE_NETTO: 100 }],
    [{ PRICE: 80, DISCOUNT_TYPE_ID: 1, DISCOUNT_SUM: 20, DISCOUNT_RATE: 3 }, { DISCOUNT_RATE: 3 }],
    [{ PRODUCT_ID: 4 }, { PRODUCT_NAME: '[4]', MEASURE_CODE: 796, MEASURE_NAME: 'pcs' }],
    [{ MEASURE_CODE: 5, MEASURE_NAME: 'mile' }, { MEASURE_CODE: 5, MEASURE_NAME: 'mile' }]
  ]
  await resultOf(alpha, 'crm.deal.productrows.set', { id: 8061, rows: rows.map(([given]) => given) })
  t.match(await resultOf(alpha, 'crm.deal.productrows.get', { id: 8061 }), rows.map(([, kept]) => kept))
})

await t.test('REST legacy product rows: wrong calls are refused with the documented texts', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const missing = 'The parameter id is invalid or not defined.'
  const discount = 'Discount Type (DISCOUNT_TYPE_ID) is defined'
  const rows: Array<[method: string, params: object, text: string, code?: string]> = [
    ['deal.productrows.get', {}, missing], ['lead.productrows.set', { id: 0, rows: [] }, missing],
    ['deal.productrows.get', { id: 1 }, 'Not found'], ['quote.productrows.set', { id: 1, rows: [] }, 'Not found.'],
    ['deal.productrows.set', { id: 8061 }, 'The parameter rows must be array.'],
    ['deal.productrows.set', { id: 8061, rows: 'x' }, 'The parameter rows must be array.'],
    ['deal.productrows.set', { id: 8061, rows: [{ DISCOUNT_TYPE_ID: 2 }] },
      `Discount Rate (DISCOUNT_RATE) is required if Percentage ${discount}.<br>`, 'ERROR_CORE'],
    ['deal.productrows.set', { id: 8061, rows: [{ DISCOUNT_TYPE_ID: 1 }] },
      `Discount Sum (DISCOUNT_SUM) is required if Monetary ${discount}.<br>`, 'ERROR_CORE'],
    ['deal.productrows.set', { id: 8061, rows: [{ DISCOUNT_TYPE_ID: 2, DISCOUNT_RATE: 100 }] },
      `Discount Sum (DISCOUNT_SUM) is required if Percentage ${discount} and Discount Rate (DISCOUNT_RATE) is 100%<br>`,
      'ERROR_CORE']
  ]
  for (const [method, params, text, code = ''] of rows) {
    t.match(await callRest(alpha, `crm.${method}`, { ...params }),
      { status: 400, body: { error: code, error_description: text } }, `${method} ${JSON.stringify(params)}`)
  }
  t.strictSame(await resultOf(alpha, 'crm.lead.productrows.get', { id: 1 }), [])
})
