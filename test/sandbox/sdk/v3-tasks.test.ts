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
