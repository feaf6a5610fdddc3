import t from 'tap'
import { callRest, failureOf, resultOf, sandboxFor } from '../../helper.ts'

const entityTypeId = 183

await t.test('REST item: an item is added, changed and read back', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await resultOf(alpha, 'crm.item.add', {
    entityTypeId, fields: { title: 'Order 1', opportunity: '10.5', ufCrm5_1: 'x', id: 9, createdBy: 3, entityTypeId: 2 }
  }, alpha.users.employee), {
    item: {
      id: 43,
      title: 'Order 1',
      opportunity: 10.5,
      currencyId: 'EUR',
      stageId: 'DT183_1:NEW',
      createdBy: 2,
      ufCrm5_1: undefined,
      entityTypeId
    }
  })
  t.match(alpha.content.find('item', 43), { title: 'Order 1', fields: { OPPORTUNITY: 10.5, UF_CRM_5_1: undefined } })
  t.match(await resultOf(alpha, 'crm.item.update', { entityTypeId, id: 43, fields: { stageId: 'DT183_1:SUCCESS' } }), {
    item: { title: 'Order 1', opportunity: 10.5, stageId: 'DT183_1:SUCCESS' }
  })
  await resultOf(alpha, 'crm.item.update', { entityTypeId, id: 43, fields: { title: 'Order one' } })
  t.match(await resultOf(alpha, 'crm.item.get', { entityTypeId, id: 43 }),
    { item: { id: 43, title: 'Order one', stageId: 'DT183_1:SUCCESS' } })
})

await t.test('REST item: a removed item is gone', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await resultOf(alpha, 'crm.item.add', { entityTypeId, fields: { title: 'Order 1' } })
  t.strictSame(await resultOf(alpha, 'crm.item.delete', { entityTypeId, id: 43 }), [])
  t.strictSame(await failureOf(alpha, 'crm.item.delete', { entityTypeId, id: 43 }), [400, 'NOT_FOUND'])
})

await t.test('REST item: items are listed by filter, order, fields and page', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (let id = 101; id <= 150; id++) alpha.content.add({ kind: 'item', id, authorId: 1, title: `Order ${id}` })
  const { body } = await callRest(alpha, 'crm.item.list',
    { entityTypeId, order: { id: 'DESC' }, select: ['id', 'opportunity'] })
  t.match(body, { next: 50, total: 51, result: { items: [{ id: 150, opportunity: 0 }] } })
  t.strictSame(await resultOf(alpha, 'crm.item.list', { entityTypeId, filter: { '@id': [102, 103] }, select: ['id'] }),
    { items: [{ id: 102 }, { id: 103 }] })
})

await t.test('REST item: items are refused with the documented codes', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[string, Record<string, unknown>, string]> = [
    ['crm.item.get', { id: 1 }, '100'],
    ['crm.item.get', { entityTypeId: 184, id: 1 }, 'NOT_FOUND'],
    ['crm.item.get', { entityTypeId, id: 1 }, 'NOT_FOUND'],
    ['crm.item.update', { entityTypeId, id: 1, fields: {} }, 'NOT_FOUND'],
    ['crm.item.add', { entityTypeId }, '100'],
    ['crm.item.list', {}, '100'],
    ['crm.item.fields', {}, '100'],
    ['crm.item.delete', { entityTypeId: 184, id: 1 }, 'NOT_FOUND']
  ]
  for (const [method, params, code] of rows) {
    t.strictSame(await failureOf(alpha, method, params), [400, code], `${method} ${JSON.stringify(params)}`)
  }
})
