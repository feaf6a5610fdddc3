import t from 'tap'
import { until } from '../until.ts'
import { ask, sandboxFor } from './helper.ts'
import { describe, fixture, refresh, shape } from './authorization-scene.ts'

await t.test('authorization server: app.info names client, portal and user', async t => {
  const sandbox = await sandboxFor(t)
  const { alpha, beta } = sandbox.portals
  const { accessToken, expiresAt } = beta.grant(beta.users.employee)
  const { status, body } = await describe(sandbox, accessToken)
  t.equal(status, 200)
  const { result, time } = fixture('OAUTH_APP_INFO_RESPONSE')
  const answered = body.result as { install: object } // app.info answers an object
  t.strictSame(shape(answered), shape(result))
  t.strictSame(shape(answered.install), shape(result.install))
  t.strictSame(shape(body.time as object), shape(time)) // and another one beside it
  t.strictSame(body.result, {
    client_id: sandbox.clientId,
    scope: beta.scope.join(','),
    expires: new Date(expiresAt * 1000).toISOString().replace('.000Z', '+00:00'),
    install: {
      installed: false,
      version: '1',
      status: 'L',
      scope: beta.scope.join(','),
      domain: beta.domain,
      uri: beta.url,
      client_endpoint: `${beta.url}/rest/`,
      member_id: beta.memberId,
      member_type: 'user'
    },
    user_id: '2'
  })
  t.not(alpha.memberId, beta.memberId)
  beta.installed = true
  t.match((await describe(sandbox, accessToken)).body, { result: { install: { installed: true } } })
})

await t.test('authorization server: app.info takes query, form or JSON', async t => {
  const sandbox = await sandboxFor(t)
  const { accessToken: auth } = sandbox.portals.alpha.grant(sandbox.portals.alpha.users.admin)
  const url = `${sandbox.authorizationServer}/rest/app.info`
  const rows: Array<[string, number, string, RequestInit]> = [
    ['query', 200, `${url}?auth=${auth}`, {}],
    ['slash at the end', 200, `${url}/?auth=${auth}`, {}],
    ['form', 200, url, { method: 'POST', body: new URLSearchParams({ auth }) }],
    ['JSON', 200, url,
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ auth }) }],
    ['broken JSON counts as none', 401, url,
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' }]
  ]
  for (const [name, status, address, init] of rows) t.equal((await ask(address, init)).status, status, name)
})

await t.test('authorization server: app.info refuses a token that is no longer good', async t => {
  const sandbox = await sandboxFor(t)
  const { alpha } = sandbox.portals
  const user = alpha.users.admin
  const revoked = alpha.grant(user).accessToken
  alpha.revoke(revoked)
  alpha.revoke('one that never was')
  const old = alpha.grant(user).accessToken
  const onBeta = sandbox.portals.beta.grant(user).accessToken
  alpha.uninstall()
  const rows: Array<[string, string, number, string | undefined]> = [
    ['never issued', 'nonsense', 401, 'NO_AUTH_FOUND'],
    ['revoked', revoked, 401, 'NO_AUTH_FOUND'],
    ['expired', alpha.grant(user, { expiresIn: -1 }).accessToken, 401, 'expired_token'],
    ['issued before the application was removed', old, 401, 'NOT_INSTALLED'],
    ['issued after the application was added again', alpha.grant(user).accessToken, 200, undefined],
    ['of another portal', onBeta, 200, undefined],
    ['of another application', alpha.grant(user, { clientId: 'local.other' }).accessToken, 200, undefined]
  ]
  for (const [name, token, status, error] of rows) {
    const answer = await describe(sandbox, token)
    t.strictSame([answer.status, answer.body.error], [status, error], name)
  }
})

await t.test('authorization server: an installation can stay unfinished', async t => {
  const sandbox = await sandboxFor(t)
  const { alpha } = sandbox.portals
  alpha.installed = true
  alpha.version = 3
  sandbox.trouble.installation = 'unfinished'
  t.match((await describe(sandbox, alpha.grant(alpha.users.admin).accessToken)).body,
    { result: { install: { installed: false, version: '3' } } })
})

await t.test('authorization server: puts what it is asked for on the wire', async t => {
  const sandbox = await sandboxFor(t)
  const { alpha } = sandbox.portals
  const { accessToken, refreshToken } = alpha.grant(alpha.users.admin)
  await describe(sandbox, accessToken)
  await refresh(sandbox, refreshToken)
  await describe(sandbox, 'nonsense')
  sandbox.trouble.authorizationServer = 'down'
  await t.rejects(describe(sandbox, accessToken))
  const both = { from: 'application', to: 'authorization server' }
  t.match(sandbox.wire.entries, [
    { ...both, method: 'GET', path: '/rest/app.info', name: 'app.info', memberId: alpha.memberId },
    { ...both, method: 'POST', path: '/oauth/token/', name: 'refresh_token', memberId: alpha.memberId },
    { ...both, name: 'app.info', outcome: 'NO_AUTH_FOUND' },
    { ...both, name: 'app.info', outcome: 'connection cut' }
  ])
  const all = JSON.stringify(sandbox.wire.entries)
  for (const secret of [accessToken, refreshToken, sandbox.clientSecret]) t.notOk(all.includes(secret))
})

await t.test('authorization server: faults can be switched on and off', async t => {
  const sandbox = await sandboxFor(t)
  const { accessToken } = sandbox.portals.alpha.grant(sandbox.portals.alpha.users.admin)
  sandbox.trouble.authorizationServer = 'down'
  await t.rejects(describe(sandbox, accessToken), 'the connection breaks')
  sandbox.trouble.authorizationServer = 'nonsense'
  await t.rejects(describe(sandbox, accessToken), SyntaxError, 'the answer is no JSON')
  sandbox.trouble.authorizationServer = 'error'
  t.match(await describe(sandbox, accessToken), { status: 500, body: { error: 'INTERNAL_SERVER_ERROR' } })
  sandbox.trouble.authorizationServer = 'none'
  const answered: string[] = []
  sandbox.trouble.authorizationServerDelay = 1000
  sandbox.wire.clear()
  const late = describe(sandbox, accessToken).finally(() => answered.push('late'))
  await until(() => sandbox.wire.entries.length === 1)
  sandbox.trouble.authorizationServerDelay = 0
  await describe(sandbox, accessToken).finally(() => answered.push('at once'))
  t.equal((await late).status, 200)
  t.strictSame(answered, ['at once', 'late'])
})
