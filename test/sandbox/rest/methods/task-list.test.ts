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
    result: { tasks: [{ id: '33', title: 'task for test', status: '2', creator: undefined }, { id: '32' }] }
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

await t.test('REST task: a list knows conditions and orders that no answer shows', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await resultOf(alpha, 'tasks.task.add', {
    fields: {
      TITLE: 'Call',
      RESPONSIBLE_ID: 4,
      PARENT_ID: 31,
      ACCOMPLICES: [3, 4],
      AUDITORS: ['1'],
      TAGS: ['phone', 'today'],
      UF_CRM_TASK: ['D_7']
    }
  })
  await resultOf(alpha, 'tasks.task.complete', { taskId: 32 })
  const rows: Array<[params: Record<string, unknown>, ids: string[]]> = [
    [{ filter: { REAL_STATUS: 5 } }, ['32']],
    [{ filter: { '!REAL_STATUS': '5' } }, ['31']],
    [{ filter: { ACCOMPLICE: 4 } }, ['32']],
    [{ filter: { ACCOMPLICE: 2 } }, []],
    [{ filter: { AUDITOR: 1 } }, ['32']],
    [{ filter: { TAG: 'today' } }, ['32']],
    [{ filter: { TAG: ['x'] } }, []],
    [{ filter: { UF_CRM_TASK: 'D_7' } }, ['32']],
    [{ filter: { UF_CRM_TASK: 'D_8' } }, []],
    [{ filter: { DEPENDS_ON: 31 } }, []],
    [{ filter: { ONLY_ROOT_TASKS: 'Y' } }, ['31']],
    [{ filter: { ONLY_ROOT_TASKS: 'N' } }, ['32', '31']],
    [{ filter: { '::SUBFILTER-PARAMS': { FAVORITE: 'Y' } } }, []],
    [{ order: { RESPONSIBLE_LAST_NAME: 'asc' } }, ['32', '31']],
    [{ order: { STATUS_COMPLETE: 'desc' } }, ['32', '31']],
    [{ order: { id: 'asc' } }, ['31', '32']],
    [{ filter: { TITLE: 'ca%' } }, ['32']],
    [{ filter: { toString: 'x' } }, ['32', '31']]
  ]
  for (const [params, ids] of rows) {
    const { tasks } = await resultOf(alpha, 'tasks.task.list', params) as { tasks: Array<{ id: string }> } // tasks
    t.strictSame(tasks.map(({ id }) => id), ids, JSON.stringify(params))
  }
})

await t.test('REST task: a list knows who has not viewed a task, and which are overdue', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { employee } = alpha.users
  const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()
  for (const [DEADLINE, STATUS] of [[inHours(-1), 2], [inHours(-1), 5], [inHours(12), 3], [inHours(36), 3]]) {
    await resultOf(alpha, 'tasks.task.add', { fields: { TITLE: 'Call', RESPONSIBLE_ID: 2, DEADLINE, STATUS } })
  }
  const list = async (filter: object) => {
    const { tasks } = await resultOf(alpha, 'tasks.task.list',
      { filter, order: { ID: 'ASC' }, select: ['ID', 'STATUS', 'NOT_VIEWED'] }, employee) as { tasks: object[] }
    return tasks // a list
  }
  t.match(await list({}), [
    { id: '31', status: '2', subStatus: '-2', notViewed: 'Y' },
    { id: '32', status: '2', subStatus: '-1', notViewed: 'Y' },
    { id: '33', status: '5', subStatus: '5', notViewed: 'N' },
    { id: '34', status: '3', subStatus: '-3', notViewed: 'N' },
    { id: '35', status: '3', subStatus: '3', notViewed: 'N' }
  ])
  t.match(await list({ STATUS: -1 }), [{ id: '32' }])
  t.match(await list({ STATUS: [-2, '-3'] }), [{ id: '31' }, { id: '34' }])
  t.match(await list({ '!STATUS': -2, REAL_STATUS: 2 }), [{ id: '32' }])

  await fetch(`${alpha.url}/tasks/task/view/31/?user=${employee.id}`)
  t.match(await list({ STATUS: -2 }), [])
  t.match(await list({ ID: 31 }), [{ subStatus: '2', notViewed: 'N' }])
  t.match(await resultOf(alpha, 'tasks.task.get', { taskId: 31, select: ['VIEWED_DATE'] }, employee),
    { task: { viewedDate: /^\d{4}-/ } })
})

await t.test('REST task: a list cannot be sorted by every field', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (const name of ['DESCRIPTION', 'toString']) {
    t.match(await callRest(alpha, 'tasks.task.list', { order: { [name]: 'asc' } }),
      { status: 400, body: { error: '0', error_description: 'Invalid sorting key (internal error)' } })
  }
})
