import t from 'tap'
import { ask, callRest, failureOf, resultOf, sandboxFor } from '../helper.ts'

await t.test('REST: a token is taken from the query, the body or the header', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { accessToken } = alpha.grant(alpha.users.admin)
  const url = `${alpha.url}/rest/profile`
  const rows: Array<[string, string, RequestInit]> = [
    ['query', `${url}?auth=${accessToken}`, {}],
    ['its other name', `${url}.json?access_token=${accessToken}`, {}],
    ['form', `${url}.json`, { method: 'POST', body: new URLSearchParams({ auth: accessToken }) }],
    ['the body wins', `${url}?auth=x`, { method: 'POST', body: new URLSearchParams({ auth: accessToken }) }],
    ['header', url, { headers: { authorization: `Bearer ${accessToken}` } }],
    ['name of the method in capitals', `${alpha.url}/rest/PROFILE?auth=${accessToken}`, {}]
  ]
  for (const [name, address, init] of rows) {
    t.match(await ask(address, init), { status: 200, body: { result: { ID: '1' } } }, name)
  }
})

await t.test('REST: a call is refused with the documented code', async t => {
  const sandbox = await sandboxFor(t)
  const { portals: { alpha, beta } } = sandbox
  const user = alpha.users.admin
  const old = alpha.grant(user).accessToken
  alpha.uninstall()
  alpha.scope = ['crm']
  const good = alpha.grant(user).accessToken
  const rows: Array<[string, string, string, number, string]> = [
    ['no token', 'profile', '', 401, 'NO_AUTH_FOUND'],
    ['unknown token', 'profile', 'x', 401, 'NO_AUTH_FOUND'],
    ["another portal's token", 'profile', beta.grant(user).accessToken, 401, 'NO_AUTH_FOUND'],
    ['expired token', 'profile', alpha.grant(user, { expiresIn: -1 }).accessToken, 401, 'expired_token'],
    ['the application was removed', 'profile', old, 401, 'APPLICATION_NOT_FOUND'],
    ['no such method', 'crm.nothing', good, 404, 'ERROR_METHOD_NOT_FOUND'],
    ['a name that every object has', 'constructor', good, 404, 'ERROR_METHOD_NOT_FOUND'],
    ['scope missing', 'user.current', good, 401, 'insufficient_scope'],
    ['scope missing', 'placement.get', good, 401, 'insufficient_scope']
  ]
  for (const [name, method, token, status, error] of rows) {
    const answer = await ask(`${alpha.url}/rest/${method}?auth=${token}`)
    t.strictSame([answer.status, answer.body.error], [status, error], name)
  }
})

await t.test('REST: methods about the user tell who calls', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await resultOf(alpha, 'profile'), { ID: '1', ADMIN: true, NAME: 'Anna' })
  t.match(await resultOf(alpha, 'profile', {}, alpha.users.employee), { ID: '2', ADMIN: false, LAST_NAME: 'Novak' })
  t.match(await resultOf(alpha, 'user.current', {}, alpha.users.employee), { ID: '2', ACTIVE: true })
  t.equal(await resultOf(alpha, 'user.admin'), true)
  t.equal(await resultOf(alpha, 'user.admin', {}, alpha.users.employee), false)
})

await t.test('REST: methods about the application answer who asks', async t => {
  const { portals: { alpha }, appCode } = await sandboxFor(t, { scope: ['placement', 'crm'] })
  t.match(await resultOf(alpha, 'app.info'), { ID: 1, CODE: appCode, STATUS: 'L', INSTALLED: false })
  t.strictSame(await resultOf(alpha, 'scope'), ['placement', 'crm'])
  t.match(await resultOf(alpha, 'server.time'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/)
  t.match((await callRest(alpha, 'scope')).body.time, { start: Number, date_start: String })
})

await t.test('REST: pages of every origin may call', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const preflight = await fetch(`${alpha.url}/rest/profile`, { method: 'OPTIONS' })
  t.equal(preflight.status, 204)
  t.equal(preflight.headers.get('access-control-allow-origin'), '*')
  t.match(preflight.headers.get('access-control-allow-headers'), /content-type/)
  t.equal((await fetch(`${alpha.url}/rest/profile`)).headers.get('access-control-allow-origin'), '*')
})

await t.test('REST: a fault of the sandbox itself keeps its cause', async t => {
  const { portals: { alpha }, wire } = await sandboxFor(t)
  const cause = new Error('out of order')
  Object.defineProperty(alpha, 'scope', { get () { throw cause } })
  const printed: unknown[] = []
  const { error } = console
  t.after(() => { console.error = error })
  console.error = (...args) => printed.push(...args)
  t.match(await callRest(alpha, 'scope'), { status: 500, body: { error: 'request_failed' } })
  t.equal(printed[0], cause)
  t.match(wire.entries, [{ name: 'scope', status: 500 }])
})

await t.test('REST: calls are put on the wire', async t => {
  const { portals: { alpha }, trouble, wire } = await sandboxFor(t)
  await callRest(alpha, 'profile.json')
  await callRest(alpha, 'nothing.here')
  await callRest(alpha, 'crm.deal.get', { id: 99 })
  trouble.rest = 'nonsense'
  await t.rejects(callRest(alpha, 'profile'))
  await fetch(`${alpha.url}/stream/`)
  const both = { from: 'application', to: 'portal', method: 'POST' }
  t.match(wire.entries, [
    { ...both, path: '/rest/profile.json', name: 'profile', memberId: alpha.memberId, status: 200 },
    {
      ...both,
      name: 'nothing.here',
      memberId: alpha.memberId,
      status: 404,
      outcome: /^ERROR_METHOD_NOT_FOUND: nothing.here is not in the sandbox$/
    },
    { ...both, name: 'crm.deal.get', status: 400, outcome: 'Not found' },
    { ...both, name: 'profile', outcome: 'HTML instead of JSON' }
  ])
  t.equal(wire.entries.length, 4, 'pages are not calls of the application')
})

await t.test('REST: a form with bracket keys is read as on a portal', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const body = new URLSearchParams({
    auth: alpha.grant(alpha.users.admin).accessToken,
    placement: 'left_menu',
    HANDLER: 'https://a.example/h',
    'LANG_ALL[de][TITLE]': 'Lieferungen'
  })
  t.match(await ask(`${alpha.url}/rest/placement.bind.json`, { method: 'POST', body }),
    { status: 200, body: { result: true } })
  t.match(alpha.placements, [{ placement: 'LEFT_MENU', title: 'Lieferungen' }])
})

await t.test("REST: an employee gets ACCESS_DENIED for what is the administrator's", async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (const method of ['placement.bind', 'placement.get', 'placement.unbind']) {
    t.strictSame(await failureOf(alpha, method, { PLACEMENT: 'LEFT_MENU' }, alpha.users.employee), [403,
      'ACCESS_DENIED'], method)
  }
})
