import t from 'tap'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST elapsed: time is written, listed and removed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const call = (name: string, ...params: unknown[]) => resultOf(alpha, `task.elapseditem.${name}`, { ...params })
  t.equal(await call('add', 31, { SECONDS: 113, COMMENT_TEXT: 'Packing' }), 1)
  t.equal(await call('add', 31, { SECONDS: 60, USER_ID: 3 }), 2)
  t.match(await call('get', 31, 1), {
    ID: '1', TASK_ID: '31', USER_ID: '1', COMMENT_TEXT: 'Packing', SECONDS: '113', MINUTES: '1', SOURCE: '2'
  })
  t.equal(await call('update', 31, 1, { SECONDS: 3600 }), null)
  t.equal(await call('update', 31, 2, { COMMENT_TEXT: 'Loading' }), null)
  t.match((await callRest(alpha, 'task.elapseditem.getlist', { TASKID: 31, ORDER: { ID: 'desc' } })).body,
    { result: [{ ID: '2', USER_ID: '3', COMMENT_TEXT: 'Loading' }, { ID: '1', MINUTES: '60' }], total: 2 })
  const second = { NAV_PARAMS: { nPageSize: 1, iNumPage: 2 } }
  t.strictSame(await call('getlist', { ID: 'desc' }, { '>=ID': 1 }, ['ID'], second), [{ ID: '1' }])
  t.match(await call('getlist'), [{ ID: '1' }, { ID: '2' }])
  t.strictSame([await call('isactionallowed', 31, 1, 3), await call('isactionallowed', 31, 9, 3)], [true, false])
  t.equal(await call('delete', 31, 1), null)
  for (const [name, params, text] of [
    ['get', [31, 1], 'ACTION_NOT_ALLOWED<br>'],
    ['add', [99, { SECONDS: 1 }], 'Task not found<br>'],
    ['add', [31, { SECONDS: 0 }], 'ACTION_NOT_ALLOWED<br>']
  ] as const) {
    t.match(await callRest(alpha, `task.elapseditem.${name}`, { ...params }),
      { status: 400, body: { error: 'ERROR_CORE', error_description: text } })
  }
})

await t.test('REST task comment: comments are read, changed and removed by those who may', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { designer, employee } = alpha.users
  const first = Object(alpha.content.list('task-comment', '31')[0]).id
  const id = await resultOf(alpha, 'task.commentitem.add',
    { TASKID: 31, FIELDS: { POST_MESSAGE: 'Done' } }, employee)
  const call = (name: string, ...params: unknown[]) => resultOf(alpha, `task.commentitem.${name}`, { ...params })
  t.match(await call('get', 31, id), {
    ID: String(id), AUTHOR_ID: '2', AUTHOR_NAME: 'Emil Novak', POST_MESSAGE: 'Done', POST_MESSAGE_HTML: null
  })
  t.match(await call('getlist', 31), [{ ID: String(id) }, { ID: String(first), AUTHOR_ID: String(designer.id) }])
  t.match(await call('getlist', 31, { ID: 'asc' }, { '!AUTHOR_ID': 2 }), [{ ID: String(first) }])
  const update = { TASKID: 31, ITEMID: id, FIELDS: { POST_MESSAGE: 'Nearly done' } }
  t.equal(await resultOf(alpha, 'task.commentitem.update', update, employee), true)
  const denied = 'TASKS_ERROR_EXCEPTION_#4; Action is not allowed; 4/TE/ACTION_NOT_ALLOWED<br>'
  for (const name of ['update', 'delete']) {
    t.match(await callRest(alpha, `task.commentitem.${name}`, update, designer),
      { status: 400, body: { error: 'ERROR_CORE', error_description: denied } })
  }
  const may = (ACTIONID: number, user = designer) =>
    resultOf(alpha, 'task.commentitem.isactionallowed', { TASKID: 31, ITEMID: id, ACTIONID }, user)
  t.strictSame([await may(1), await may(2), await may(2, employee), await may(4, employee)], [true, false, true, false])
  t.equal(await call('isactionallowed', 31, 99, 1), false)
  t.match(await callRest(alpha, 'task.commentitem.update', { 0: 31, 1: id, 2: { POST_MESSAGE: ' ' } }),
    { body: { error_description: 'Comment text not specified.<br>' } })
  t.match(await call('get', 31, id), { POST_MESSAGE: 'Nearly done' })
  t.equal(await call('delete', 31, id), true)
  for (const [name, text] of [['get', /#512; Check listitem not found/], ['delete', /#4; Action is not allowed/]] as const) {
    t.match(await callRest(alpha, `task.commentitem.${name}`, { TASKID: 31, ITEMID: id }),
      { status: 400, body: { error_description: text } })
  }
  t.match(await callRest(alpha, 'task.commentitem.getlist', { TASKID: 99 }), { body: { error: 'ERROR_CORE' } })
})
