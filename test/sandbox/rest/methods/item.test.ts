import t from 'tap'
import { callRest, failureOf, resultOf, sandboxFor } from '../../helper.ts'

const entityTypeId = 183

await t.test('an item is added, changed and read back', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await resultOf(alpha, 'crm.item.add', { entityTypeId, fields: { title: 'Order 1', opportunity: '10.5', ufCrm5_1: 'x' } }, alpha.users.employee), {
    item: { id: 1, title: 'Order 1', opportunity: 10.5, currencyId: 'EUR', stageId: 'DT183_1:NEW', createdBy: 2, ufCrm5_1: 'x', entityTypeId }
  })
  t.match(alpha.content.list('item'), [{ title: 'Order 1', fields: { OPPORTUNITY: '10.5', UF_CRM5_1: 'x' } }])
  t.match(await resultOf(alpha, 'crm.item.update', { entityTypeId, id: 1, fields: { stageId: 'DT183_1:SUCCESS' } }), {
    item: { title: 'Order 1', opportunity: 10.5, stageId: 'DT183_1:SUCCESS' }
  })
  await resultOf(alpha, 'crm.item.update', { entityTypeId, id: 1, fields: { title: 'Order one' } })
  t.match(await resultOf(alpha, 'crm.item.get', { entityTypeId, id: 1 }), { item: { id: 1, title: 'Order one', stageId: 'DT183_1:SUCCESS' } })
})

await t.test('items are listed by filter, order, fields and page', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (let number = 1; number <= 51; number++) alpha.content.add({ kind: 'item', authorId: 1, title: `Order ${number}` })
  const { body } = await callRest(alpha, 'crm.item.list', { entityTypeId, order: { id: 'DESC' }, select: ['id', 'opportunity'] })
  t.match(body, { next: 50, total: 51, result: { items: [{ id: 51, opportunity: 0 }] } })
  t.strictSame(await resultOf(alpha, 'crm.item.list', { entityTypeId, filter: { '@id': [2, 3] }, select: ['id'] }), { items: [{ id: 2 }, { id: 3 }] })
})

await t.test('items are refused with the documented codes', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[string, Record<string, unknown>, string]> = [
    ['crm.item.get', { id: 1 }, '100'],
    ['crm.item.get', { entityTypeId: 184, id: 1 }, 'NOT_FOUND'],
    ['crm.item.get', { entityTypeId, id: 1 }, 'NOT_FOUND'],
    ['crm.item.update', { entityTypeId, id: 1, fields: {} }, 'NOT_FOUND'],
    ['crm.item.add', { entityTypeId }, '100'],
    ['crm.item.list', {}, '100']
  ]
  for (const [method, params, code] of rows) t.strictSame(await failureOf(alpha, method, params), [400, code], `${method} ${JSON.stringify(params)}`)
})
