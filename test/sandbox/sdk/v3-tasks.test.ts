import { BatchRefV3, FilterV3 } from '@bitrix24/b24jssdk'
import t from 'tap'
import { scene } from './sdk-scene.ts'

await t.test('SDK v3: tasks are added, read and listed', async t => {
  const { b24: { actions: { v3 } } } = await scene(t)
  const fields = { title: 'Task title', creatorId: 2, responsibleId: 3 }
  for (let count = 0; count < 3; count++) await v3.call.make({ method: 'tasks.task.add', params: { fields } })
  const one = await v3.call.make({ method: 'tasks.task.get', params: { id: 32, select: ['id', 'title'] } })
  t.strictSame(one.getData()?.result, { item: { id: 32, title: 'Task title' } })
  const all = await v3.callList.make({
    method: 'tasks.task.list',
    params: { select: ['id'], filter: FilterV3.build(FilterV3.not(FilterV3.eq('id', 31))) },
    limit: 2,
    customKeyForResult: 'items'
  })
  t.strictSame(all.getData(), [{ id: 32 }, { id: 33 }, { id: 34 }])
})

// test/integration/core/actions-v3-batch.spec.ts: the first command that fails fails them all.
await t.test('SDK v3: a batch answers each command, or has one error', async t => {
  const { b24: { actions: { v3 } } } = await scene(t)
  const get = { id: 31, select: ['id', 'title'] }
  const good = [['tasks.task.get', get], ['tasks.task.update', { id: 31, fields: { title: 'TEST' } }]] as
    Array<[string, object]>
  for (const isHaltOnError of [true, false]) {
    const options = { isHaltOnError, returnAjaxResult: true as const }
    const answer = await v3.batch.make({ calls: good, options })
    t.equal(answer.isSuccess, true)
    // REST 3.0 adds nothing up for the commands of a batch.
    t.match(Object.values(Object(answer.getData())).map(row => Object(row).getData()), [
      { result: { item: { id: 31 } }, time: { operating: 0, operating_reset_at: Number } },
      { result: { result: true }, time: { operating: 0 } }
    ])
    for (const [wrong, code] of [[{ ...get, id: -1 }, /ENTITYNOTFOUND/], [{ ddId: 31 }, /REQUESTVALIDATION/]] as const) {
      const failed = await v3.batch.make({ calls: [...good, ['tasks.task.get', wrong]], options })
      t.equal(failed.isSuccess, false)
      t.match([...failed.getErrors()], [{ code }])
    }
  }
})

await t.test('SDK v3: a batch refers to what was answered before', async t => {
  const { b24: { actions: { v3 } } } = await scene(t)
  const answer = await v3.batch.make({
    calls: {
      all: { method: 'tasks.task.list', params: { select: ['id'] } },
      one: { method: 'tasks.task.get', params: { id: 31, select: ['id', 'responsibleId'] } },
      same: { method: 'tasks.task.list', params: { filter: [['id', 'in', BatchRefV3.refArray('all.id')]] } },
      again: { method: 'tasks.task.get', params: { id: BatchRefV3.ref('one.id'), select: ['id'] } }
    }
  })
  t.strictSame(answer.getData(), {
    all: { items: [{ id: 31 }] },
    one: { item: { id: 31, responsibleId: 2 } },
    same: { items: [{ id: 31 }] },
    again: { item: { id: 31 } }
  })
})
