import t from 'tap'
import { sandboxFor } from '../../helper.ts'
import { failureV3, resultV3 } from './scene.ts'

await t.test('REST 3.0: a batch fails as a whole', async t => {
  const { portals: { alpha }, wire } = await sandboxFor(t)
  const get = { method: 'tasks.task.get', query: { id: 31, select: ['id'] } }
  t.strictSame(await resultV3(alpha, 'batch', { 0: get, 1: get }), [{ item: { id: 31 } }, { item: { id: 31 } }])
  t.strictSame(await failureV3(alpha, 'batch', { 0: get, 1: { method: 'main.eventlog.list' } }),
    [400, 'METHODNOTFOUND'])
  t.match(wire.entries.at(-1)?.outcome, /: main\.eventlog\.list is not in the sandbox$/)
  const named = { ...get, as: 'first_task' }
  const after = (reference: object) => [named, { method: get.method, query: { id: reference } }]
  const rows: object[] = [
    after({ $refArray: 'x' }), after({ $refArray: 'first_task' }),
    after({ $refArray: 'first_task.x' }), after({ $ref: 'first_task.item.id' }),
    after({ $ref: '0.id' }), [named, named], { cmd: { a: 'tasks.task.get?id=31' } }
  ]
  for (const commands of rows) {
    t.strictSame(await failureV3(alpha, 'batch', commands), [400, 'INVALIDSELECT'], JSON.stringify(commands))
  }
  t.strictSame(await failureV3(alpha, 'batch', { ...Array.from({ length: 51 }, () => get) }),
    [400, 'VALIDATION_REQUESTVALIDATION'])
})

await t.test('REST 3.0: a batch refers to answers by name or index, as documented', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await resultV3(alpha, 'tasks.task.add', { fields: { title: 'Second task', creatorId: 1, responsibleId: 1 } })
  const get = (id: number) => ({ method: 'tasks.task.get', query: { id, select: ['id', 'title'] } })
  const list = (ids: unknown) =>
    ({ method: 'tasks.task.list', query: { select: ['id', 'title'], filter: [['id', 'in', ids]] } })
  const both = { items: [{ id: 31, title: 'Updated task' }, { id: 32, title: 'Second task' }] }
  t.match(await resultV3(alpha, 'batch', [
    { ...get(31), as: 'first_task' },
    get(32),
    { method: 'tasks.task.update', query: { id: { $ref: 'first_task.id' }, fields: { title: 'Updated task' } } },
    { ...list([31, { $ref: 'first_task.id' }, { $ref: '1.id' }]), as: 'tasks_list' },
    list({ $refArray: 'tasks_list.id' })
  ]), [{ item: { id: 31 } }, { item: { id: 32 } }, { result: true }, both, both])
})
