import t from 'tap'
import { sandboxFor } from '../../helper.ts'
import { failureV3, resultV3 } from './scene.ts'

const EXAMPLE = {
  title: 'Task Title', deadline: '2025-12-31T23:59:59+02:00', creatorId: 3, responsibleId: 1, crmItemIds: ['L_250']
}

await t.test('REST 3.0 tasks: tasks are listed by filter, order and page', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (const title of ['Collect feedback', 'Prepare the contract', 'Approve the estimate']) {
    await resultV3(alpha, 'tasks.task.add', { fields: { ...EXAMPLE, title } })
  }
  t.strictSame(await resultV3(alpha, 'tasks.task.list', {
    select: ['id', 'title', 'responsibleId', 'deadline', 'status'],
    filter: [['id', '>', 32]],
    order: { id: 'ASC' },
    pagination: { page: 1, limit: 20, offset: 0 }
  }), {
    items: ['Prepare the contract', 'Approve the estimate'].map((title, index) =>
      ({ id: 33 + index, title, responsibleId: 1, deadline: EXAMPLE.deadline, status: 'pending' }))
  })
  const or = { logic: 'or', conditions: [['id', [31, 32]], ['id', 'in', [34]]] }
  const rows: Array<[params: object, ids: number[]]> = [
    [{}, [31, 32, 33, 34]],
    [{ filter: [or] }, [31, 32, 34]],
    [{ filter: [['id', '!=', 32], or] }, [31, 34]],
    [{ filter: [{ logic: 'and', negative: true, conditions: [['id', 31]] }] }, [32, 33, 34]],
    [{ filter: [['id', 'between', [32, 33]]] }, [32, 33]],
    [{ order: { title: 'DESC' }, pagination: { limit: 2 } }, [31, 33]],
    [{ pagination: { page: 2, limit: 3 } }, [34]],
    [{ pagination: { page: 0, limit: 3 } }, [31, 32, 33]],
    [{ pagination: { offset: 3 } }, [34]]
  ]
  for (const [params, ids] of rows) {
    t.strictSame(await resultV3(alpha, 'tasks.task.list', params), { items: ids.map(id => ({ id })) },
      JSON.stringify(params))
  }
  const refused: Array<[params: object, ...failure: unknown[]]> = [
    [{ filter: [['title', 'x']] }, 'VALIDATION_REQUESTVALIDATION', 'title'],
    [{ filter: [['nothing', 1]] }, 'UNKNOWNDTOPROPERTY'],
    [{ filter: [['id', 'like', 1]] }, 'UNKNOWNFILTEROPERATOR'],
    [{ filter: { id: 1 } }, 'INVALIDFILTER'],
    [{ filter: ['id'] }, 'INVALIDFILTER'],
    [{ filter: [['id']] }, 'INVALIDFILTER'],
    [{ order: { id: 'UP' } }, 'INVALIDORDER'],
    [{ order: { description: 'ASC' } }, 'INVALIDORDER'],
    [{ pagination: { limit: 'abc' } }, 'INVALIDPAGINATION'],
    [{ pagination: { limit: 0 } }, 'INVALIDPAGINATION']
  ]
  for (const [params, ...failure] of refused) {
    t.strictSame(await failureV3(alpha, 'tasks.task.list', params), [400, ...failure], JSON.stringify(params))
  }
})
