import t from 'tap'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST deal: a deal is added and read back, its values as texts', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.equal(await resultOf(alpha, 'crm.deal.add',
    { fields: { TITLE: 'Umbrellas', OPPORTUNITY: 1200.5, COMPANY_ID: 7, ID: 5, CREATED_BY_ID: 3 } }), 8063)
  t.match(await resultOf(alpha, 'crm.deal.get', { id: 8063 }), {
    ID: '8063',
    TITLE: 'Umbrellas',
    OPPORTUNITY: '1200.50',
    COMPANY_ID: '7',
    CURRENCY_ID: 'EUR',
    STAGE_ID: 'NEW',
    ASSIGNED_BY_ID: '1',
    CREATED_BY_ID: '1',
    COMMENTS: null
  })
  alpha.content.add({ kind: 'deal', authorId: 2, title: 'Coats', fields: { STAGE_ID: 'WON', UF_CRM_1: null } })
  t.match(await resultOf(alpha, 'crm.deal.get', { id: '8064' }),
    { OPPORTUNITY: '0.00', STAGE_ID: 'WON', UF_CRM_1: null, CREATED_BY_ID: '2' })
})

await t.test('REST deal: deals are listed by filter, order, fields and page', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (let number = 1; number <= 60; number++) {
    alpha.content.add({
      kind: 'deal', id: number, authorId: 1, title: `Deal ${number}`, fields: { OPPORTUNITY: number }
    })
  }
  t.match(await callRest(alpha, 'crm.deal.list',
    { order: { ID: 'DESC' }, filter: { '>OPPORTUNITY': 58, '<ID': 100 }, select: ['ID', 'OPPORTUNITY'] }), {
    body: { result: [{ ID: '60', OPPORTUNITY: '60.00' }, { ID: '59', OPPORTUNITY: '59.00' }], total: 2 }
  })
  const { body: first } = await callRest(alpha, 'crm.deal.list', { select: ['ID'] })
  t.match(first, { next: 50, total: 62 })
  const { body: second } = await callRest(alpha, 'crm.deal.list', { select: ['ID'], start: first.next })
  t.strictSame(second.result,
    [...Array.from({ length: 10 }, (_item, index) => ({ ID: String(51 + index) })), { ID: '8061' }, { ID: '8062' }])
  t.notOk('next' in second)
  const { body: uncounted } = await callRest(alpha, 'crm.deal.list', { start: -1, filter: { '>ID': 50, '<ID': 100 } })
  t.match(uncounted, { total: 0, result: { length: 10 } })
  t.match(await resultOf(alpha, 'batch', { cmd: { all: 'crm.deal.list', few: 'crm.deal.list?filter[ID]=1' } }), {
    result_total: { all: 62, few: 1 }, result_next: { all: 50 }
  })
})

await t.test('REST deal: calls are refused with the documented texts', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[string, Record<string, unknown>, string]> = [
    ['crm.deal.get', {}, 'ID is not defined or invalid'],
    ['crm.deal.get', { id: 1.5 }, 'ID is not defined or invalid'],
    ['crm.deal.get', { id: 99 }, 'Not found'],
    ['crm.deal.list', { filter: 'x' }, "Parameter 'filter' must be array."],
    ['crm.deal.list', { order: 'x' }, "Parameter 'order' must be array."],
    ['crm.deal.add', {}, "Parameter 'fields' must be array."],
    ['crm.deal.add', { fields: 'x' }, "Parameter 'fields' must be array."],
    ['crm.deal.update', { id: 8061 }, "Parameter 'fields' must be array."],
    ['crm.deal.update', { id: 8061, fields: {}, params: 'x' }, "Parameter 'params' must be array."],
    ['crm.deal.update', { id: 99, fields: {} }, 'Not found'],
    ['crm.lead.delete', { id: 'x' }, 'ID is not defined or invalid'],
    ['crm.contact.update', { id: 99, fields: {} }, 'Contact is not found'],
    ['crm.company.delete', { id: 99 }, 'Company is not found'],
    ['crm.company.get', { id: 99 }, 'Not found']
  ]
  for (const [method, params, text] of rows) {
    t.match(await callRest(alpha, method, params), { status: 400, body: { error: '', error_description: text } },
      `${method}: ${text}`)
  }
})
