import t from 'tap'
import { ask, callRest, sandboxFor } from '../../helper.ts'
import { callV3, PREFIX } from './scene.ts'

const SEND = 'tasks.task.chat.message.send'

await t.test('REST 3.0: a message is sent into the chat of a task', async t => {
  const { portals: { alpha }, wire } = await sandboxFor(t)
  const answer = await callV3(alpha, SEND, { fields: { taskId: 31, text: 'Message from external system' } })
  t.match(answer, {
    status: 200,
    body: { result: { result: true }, time: { start: Number, date_start: String, operating: 0 } }
  })
  t.match(alpha.content.list('task-comment', '31').at(-1), { authorId: 2, text: 'Message from external system' })
  t.match(wire.entries, [{ name: SEND, path: `/rest/api/${SEND}`, status: 200 }])
  t.match(await callRest(alpha, SEND, { fields: { taskId: 31, text: 'x' } }),
    { status: 404, body: { error: 'ERROR_METHOD_NOT_FOUND' } }, 'not at the old address')
})

await t.test('REST 3.0: errors have the documented form', async t => {
  const { portals: { alpha }, wire, trouble } = await sandboxFor(t, { scope: ['tasks'] })
  const required = (field: string) => ({ message: `Required field \`${field}\` is not specified`, field })
  const rows: Array<[method: string, params: object, status: number, code: string, validation?: object[]]> = [
    [SEND, {}, 400, 'VALIDATION_REQUESTVALIDATIONEXCEPTION', [required('fields')]],
    [SEND, { fields: {} }, 400, 'VALIDATION_REQUESTVALIDATIONEXCEPTION', [required('taskId'), required('text')]],
    [SEND, { fields: { taskId: 99, text: 'x' } }, 403, 'ACCESSDENIEDEXCEPTION'],
    ['nothing.here', {}, 404, 'METHODNOTFOUNDEXCEPTION']
  ]
  for (const [method, params, status, code, validation] of rows) {
    const { body, ...answer } = await callV3(alpha, method, params)
    t.strictSame(answer, { status })
    t.match(body.error, { code: PREFIX + code, message: /\w/, ...(validation && { validation }) }, code)
  }
  t.match(wire.entries.at(-1), { outcome: /nothing.here is not in the sandbox$/ })
  t.match(await ask(`${alpha.url}/rest/api/${SEND}`, { method: 'POST', body: new URLSearchParams({ a: '1' }) }),
    { status: 400, body: { error: { code: `${PREFIX}INVALIDJSONEXCEPTION` } } })
  t.match(await ask(`${alpha.url}/rest/api/${SEND}`,
    { method: 'POST', headers: { 'content-type': 'application/json' }, body: '[{' }),
  { status: 400, body: { error: { code: `${PREFIX}INVALIDJSONEXCEPTION` } } })
  t.match(await ask(`${alpha.url}/rest/api/${SEND}`), { status: 401, body: { error: { code: 'NO_AUTH_FOUND' } } })
  alpha.scope = ['task']
  t.match(await callV3(alpha, SEND, {}),
    { status: 403, body: { error: { code: `${PREFIX}INSUFFICIENTSCOPEEXCEPTION` } } })
  alpha.scope = ['tasks']
  trouble.rest = 'overtime'
  t.match(await callV3(alpha, SEND, {}), { status: 429, body: { error: { code: 'OPERATION_TIME_LIMIT' } } })
  trouble.rest = 'limited'
  t.match(await callV3(alpha, SEND, {}), { status: 503, body: { error: { code: 'QUERY_LIMIT_EXCEEDED' } } })
})

await t.test('REST 3.0: a call with an Idempotency-Key is made once', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const count = () => alpha.content.list('task-comment', '31').length
  const before = count()
  const send = (text: string, key: string) =>
    fetch(`${alpha.url}/rest/api/${SEND}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ fields: { taskId: 31, text }, auth: alpha.grant(alpha.users.admin).accessToken })
    })
  const [first, second] = [await send('Once', 'key'), await send('Once', 'key')]
  t.strictSame([first, second].map(({ status, headers }) =>
    [status, headers.get('idempotency-key'), headers.get('idempotent-replayed')]),
  [[200, 'key', null], [200, 'key', 'true']])
  t.equal(count(), before + 1)
  await send('Once', 'other')
  t.equal(count(), before + 2)
  t.match(await (await send('Twice', 'key')).json(), { error: { code: `${PREFIX}IDEMPOTENCYKEYREUSEDEXCEPTION` } })
  t.match(await (await send('Once', 'k'.repeat(256))).json(),
    { error: { code: `${PREFIX}INVALIDIDEMPOTENCYKEYEXCEPTION` } })
})

await t.test('REST 3.0: the documentation lists what can be called', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await callV3(alpha, 'rest.documentation.openapi', {}),
    { status: 200, body: { openapi: '3.0.0', paths: { [`/${SEND}`]: Object } } })
  const authorization = `Bearer ${alpha.grant(alpha.users.admin).accessToken}`
  t.match(await ask(`${alpha.url}/rest/api/documentation`, { method: 'POST', headers: { authorization } }),
    { status: 200, body: { openapi: '3.0.0' } }, 'needs no body')
})
