import t from 'tap'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST task: tasks are listed by filter, order and fields', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (const TITLE of ['task for test', 'task for test', 'other']) {
    await resultOf(alpha, 'tasks.task.add', { fields: { TITLE, RESPONSIBLE_ID: 2 } })
  }
  const { body } = await callRest(alpha, 'tasks.task.list',
    { filter: { TITLE: 'task for test' }, select: ['ID', 'TITLE', 'STATUS'], order: { ID: 'desc' } })
  t.match(body, {
    total: 2,
    result: { tasks: [{ id: '33', title: 'task for test', status: '2', creator: { id: '1' } }, { id: '32' }] }
  })
  const rows: Array<[filter: object, ids: string[]]> = [
    [{ '>ID': 32 }, ['33', '34']],
    [{ '=ID': 31 }, ['31']],
    [{ RESPONSIBLE_ID: 2, '!TITLE': 'other' }, ['31', '32', '33']],
    [{ CREATED_BY: 2 }, []]
  ]
  for (const [filter, ids] of rows) {
    const { tasks } = await resultOf(alpha, 'tasks.task.list',
      { filter, order: { ID: 'ASC' } }) as { tasks: Array<{ id: string }> } // tasks
    t.strictSame(tasks.map(({ id }) => id), ids, JSON.stringify(filter))
  }
})

await t.test('REST task: the latest tasks come first', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await resultOf(alpha, 'tasks.task.add', { fields: { TITLE: 'Call the client', RESPONSIBLE_ID: 2 } })
  t.match(await resultOf(alpha, 'tasks.task.list', { select: ['ID', 'TITLE'] }), {
    tasks: [{ id: '32', title: 'Call the client' }, { id: '31' }]
  })
})
