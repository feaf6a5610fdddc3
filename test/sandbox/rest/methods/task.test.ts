import t from 'tap'
import { fakeApplication } from '../../fake-application.ts'
import { failureOf, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST task: a task is added and read back', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const fields = {
    title: 'Call the client',
    DESCRIPTION: '[b]today[/b]',
    RESPONSIBLE_ID: 2,
    DEADLINE: '2026-12-01T18:00:00+00:00',
    ID: 5
  }
  const expected = {
    id: '32',
    title: 'Call the client',
    description: '[b]today[/b]',
    createdBy: '1',
    responsibleId: '2',
    deadline: '2026-12-01T18:00:00+00:00',
    creator: { id: '1', name: 'Anna Berger' },
    responsible: { id: '2', name: 'Emil Novak', link: '/company/personal/user/2/' }
  }
  t.match(await resultOf(alpha, 'tasks.task.add', { fields }), { task: expected })
  t.match(await resultOf(alpha, 'tasks.task.get', { taskId: 32 }, alpha.users.employee), { task: expected })
  t.match(alpha.content.list('task')
    .slice(1), [{ id: 32, title: 'Call the client', authorId: 1, fields: { RESPONSIBLE_ID: '2' } }])
  const { task } = await resultOf(alpha, 'tasks.task.get',
    { taskId: '32', select: ['ID', 'TITLE'] }) as { task: object } // the task was found
  t.strictSame(Object.keys(task), ['id', 'title', 'group', 'favorite', 'action'])
})

await t.test("REST task: a task can be somebody else's", async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await resultOf(alpha, 'tasks.task.add', { fields: { TITLE: 'x', RESPONSIBLE_ID: 2, CREATED_BY: 3 } }),
    { task: { createdBy: '3' } })
})

await t.test('REST task: a new task is told to who has bound a handler for it', async t => {
  const { url, received } = await fakeApplication(t)
  const { portals: { alpha }, wire } = await sandboxFor(t, { appUrl: url })
  alpha.installed = true
  await resultOf(alpha, 'event.bind', { event: 'ONTASKADD', handler: `${url}/events` })
  const told = new Promise<void>(resolve => wire.subscribe(({ name, status }) => {
    if (name === 'ONTASKADD' && status) {
      resolve()
    }
  }))
  await resultOf(alpha, 'tasks.task.add', { fields: { TITLE: 'x', RESPONSIBLE_ID: 2 } }, alpha.users.employee)
  await told
  t.match(received[0]?.body, {
    event: 'ONTASKADD',
    'data[FIELDS_BEFORE]': 'undefined',
    'data[FIELDS_AFTER][ID]': '32',
    'data[IS_ACCESSIBLE_BEFORE]': 'N',
    'data[IS_ACCESSIBLE_AFTER]': 'undefined',
    'auth[user_id]': '2'
  })
})

await t.test('REST task: tasks are refused with the documented errors', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[string, string, Record<string, unknown>, string]> = [
    ['no fields', 'tasks.task.add', {}, '100'],
    ['no title', 'tasks.task.add', { fields: { RESPONSIBLE_ID: 1 } }, 'ERROR_CORE'],
    ['nobody to do it', 'tasks.task.add', { fields: { TITLE: 'x' } }, 'ERROR_CORE'],
    ['unknown person', 'tasks.task.add', { fields: { TITLE: 'x', RESPONSIBLE_ID: 99 } }, 'ERROR_CORE'],
    ['unknown creator', 'tasks.task.add', { fields: { TITLE: 'x', RESPONSIBLE_ID: 1, CREATED_BY: 99 } }, 'ERROR_CORE'],
    ['a creator that is no number', 'tasks.task.add', { fields: { TITLE: 'x', RESPONSIBLE_ID: 1, CREATED_BY: 1.5 } },
      'ERROR_CORE'],
    ['no number', 'tasks.task.get', {}, '100'],
    ['wrong number', 'tasks.task.get', { taskId: 'x' }, '0'],
    ['comment on nothing', 'task.commentitem.add', { TASKID: 99, FIELDS: { POST_MESSAGE: 'x' } }, 'ERROR_CORE']
  ]
  for (const [name, method, params, code] of rows) {
    t.strictSame(await failureOf(alpha, method, params), [400, code], name)
  }
  t.strictSame(await resultOf(alpha, 'tasks.task.get', { taskId: 99 }), [],
    'a task that does not exist is an empty answer')
})

await t.test('REST task: a comment is kept with its task', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.content.add({ kind: 'task', id: 42, authorId: 1, title: 'Call', fields: { RESPONSIBLE_ID: '2' } })
  t.equal(await resultOf(alpha, 'task.commentitem.add', { TASKID: 42, FIELDS: { POST_MESSAGE: 'Done' } },
    alpha.users.employee), 2)
  t.equal(await resultOf(alpha, 'task.commentitem.add',
    { TASKID: 42, FIELDS: { POST_MESSAGE: 'Thanks', AUTHOR_ID: 3 } }), 3)
  t.strictSame(await failureOf(alpha, 'task.commentitem.add',
    { TASKID: 42, FIELDS: { POST_MESSAGE: 'x', AUTHOR_ID: 99 } }), [400, 'ERROR_CORE'])
  t.strictSame(await failureOf(alpha, 'task.commentitem.add', { TASKID: 42, FIELDS: {} }), [400, 'ERROR_CORE'])
  t.match(alpha.content.list('task-comment', '42'), [{ text: 'Done', authorId: 2 }, { text: 'Thanks', authorId: 3 }])
})

await t.test('REST task: a task is changed and removed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const fields = {
    UF_CRM_TASK: ['L_4', 'C_7', 'CO_5', 'D_10'], RESPONSIBLE_ID: 3, TITLE: 'New', STATUS: 5, AUDITORS: [2]
  }
  t.match(await resultOf(alpha, 'tasks.task.update', { taskId: 31, fields }), {
    task: {
      id: '31',
      title: 'New',
      description: /Check the quantities/,
      status: '5',
      responsibleId: '3',
      responsible: { name: 'Sofia Rossi' },
      ufCrmTask: undefined,
      auditors: ['2'],
      auditorsData: { 2: { id: '2', name: 'Emil Novak' } },
      accomplicesData: [],
      closedBy: '1',
      closedDate: /^\d{4}-/,
      changedBy: '1',
      priority: '1',
      mark: null,
      groupId: '0',
      commentsCount: '1'
    }
  })
  t.match(await resultOf(alpha, 'tasks.task.update', { taskId: 31, fields: { DESCRIPTION: 'Text' } }),
    { task: { title: 'New', description: 'Text', responsibleId: '3' } })
  t.strictSame(await resultOf(alpha, 'tasks.task.delete', { taskId: 31 }), { task: true })
  t.strictSame(await resultOf(alpha, 'tasks.task.get', { taskId: 31 }), [])
  const rows: Array<[method: string, params: Record<string, unknown>, code: string]> = [
    ['update', { taskId: 31, fields: { TITLE: 'x' } }, '0'],
    ['update', { taskId: 'x', fields: { TITLE: 'x' } }, '0'],
    ['update', { fields: { TITLE: 'x' } }, '100'],
    ['update', { taskId: 31 }, '100'],
    ['delete', { taskId: 31 }, '1048582'],
    ['delete', {}, '100']
  ]
  for (const [method, params, code] of rows) {
    t.strictSame(await failureOf(alpha, `tasks.task.${method}`, params), [400, code], JSON.stringify(params))
  }
  await resultOf(alpha, 'tasks.task.add', { fields: { TITLE: 'x', RESPONSIBLE_ID: 2 } })
  for (const fields of [{ RESPONSIBLE_ID: 99 }, { STATUS: 77 }]) {
    t.strictSame(await failureOf(alpha, 'tasks.task.update', { taskId: 32, fields }), [400, 'ERROR_CORE'])
  }
})
