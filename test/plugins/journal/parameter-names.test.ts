import t from 'tap'
import { batchNames, methodName, nameOf, parameterNames } from '../../../plugins/journal/parameter-names.ts'

await t.test('parameterNames: lists names and no values, three deep', t => {
  const rows: Array<[params: Record<string, unknown>, names: string]> = [
    [{}, ''],
    [{ id: 42, select: ['ID', 'TITLE'] }, 'id, select'],
    [{ filter: { '>=DATE': 'private', '!ID': [1] }, order: null }, 'filter, filter.>=DATE, filter.!ID, order'],
    [{ rows: [{ name: 'x' }, { price: 1 }] }, 'rows, rows.name'],
    [{ a: { b: { c: { d: 1 } } } }, 'a, a.b, a.b.c'],
    [{ byId: { 4711: { x: 1 }, 4712: { y: 1 }, '-1': 0 } }, 'byId, byId.#, byId.#.x, byId.#.y'],
    [{ 'jane@example.com and more': 1, '': 2 }, '…']
  ]
  for (const [params, names] of rows) t.equal(parameterNames(params), names)
  t.end()
})

await t.test('parameterNames: is bounded whatever the call holds', t => {
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`name${index}`, { x: 1 }]))
  t.equal(parameterNames(many).split(', ').length, 60)
  const long = Object.fromEntries(Array.from({ length: 60 }, (_, index) => ['n.'.repeat(20) + index, 1]))
  t.match(parameterNames(long), /^.{600}…$/)
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  t.equal(parameterNames(circle), 'self, self.self, self.self.self')
  t.end()
})

await t.test('nameOf: hides what may be a value or a token', t => {
  for (const name of ['UF_CRM_1612345678901', 'auth[access_token]', '%TITLE', '!=%X', 'fields.x']) {
    t.equal(nameOf(name), name)
  }
  const values = ['a b', 'ж', 'x'.repeat(65), '0123456789abcdef0123456789abcdef', 'a<script>"', 'jane@example.com']
  for (const name of values) {
    t.equal(nameOf(name), '…', name)
  }
  t.equal(methodName('crm.item.list'), 'crm.item.list')
  t.equal(methodName('crm.item.list?auth=1'), '…')
  t.end()
})

await t.test('batchNames: names each kind of call once', t => {
  const page = (start: number) => ({ method: 'crm.deal.list', params: { filter: { ID: 1 }, start } })
  t.equal(batchNames([page(0), page(50), { method: 'profile', params: {} }]),
    'crm.deal.list(filter, filter.ID, start); profile')
  t.equal(batchNames(Array.from({ length: 50 }, (_, index) => ({ method: 'x', params: { [`n${index}`]: 1, y: 1 } })))
    .match(/n\d+/g)?.length, 30)
  t.end()
})
