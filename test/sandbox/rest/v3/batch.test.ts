import t from 'tap'
import { sandboxFor } from '../../helper.ts'
import { failureV3, resultV3 } from './scene.ts'

await t.test('REST 3.0: a batch fails as a whole', async t => {
  const { portals: { alpha }, wire } = await sandboxFor(t)
  const get = { method: 'tasks.task.get', query: { id: 31, select: ['id'] } }
  t.strictSame(await resultV3(alpha, 'batch', { 0: get, 1: get }), [{ item: { id: 31 } }, { item: { id: 31 } }])
  t.strictSame(await failureV3(alpha, 'batch', { 0: get, 1: { method: 'main.eventlog.list' } }),
    [404, 'METHODNOTFOUND'])
  t.match(wire.entries.at(-1)?.outcome, /: main\.eventlog\.list is not in the sandbox$/)
  t.strictSame(await failureV3(alpha, 'batch', { 0: { method: get.method, query: { id: { $refArray: 'x' } } } }),
    [400, 'INVALIDSELECT'])
  t.strictSame(await failureV3(alpha, 'batch', { ...Array.from({ length: 51 }, () => get) }),
    [400, 'VALIDATION_REQUESTVALIDATION'])
})
