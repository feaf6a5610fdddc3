import { readFileSync } from 'node:fs'
import t from 'tap'
import type { Sandbox } from '../../sandbox/index.ts'
import { until } from '../helper.ts'
import { ask, sandboxFor } from './helper.ts'

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/payloads/${name}.json`, import.meta.url), 'utf8')).response

/** Keys and the types of their values, whatever their order. */
const shape = (value: object): string[] => Object.entries(value).map(([key, item]) => `${key} ${typeof item}`).sort()

const describe = (sandbox: Sandbox, accessToken: string) =>
  ask(`${sandbox.authorizationServer}/rest/app.info?auth=${accessToken}`)

function refresh (sandbox: Sandbox, refreshToken: string, overrides: Record<string, string> = {}) {
  const fields = {
    grant_type: 'refresh_token',
    client_id: sandbox.clientId,
    client_secret: sandbox.clientSecret,
    refresh_token: refreshToken,
    ...overrides
  }
  return ask(`${sandbox.authorizationServer}/oauth/token/`, { method: 'POST', body: new URLSearchParams(fields) })
}

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

await t.test('authorization server: a refresh token gives a new pair, once', async t => {
  const sandbox = await sandboxFor(t)
  const { alpha } = sandbox.portals
  const old = alpha.grant(alpha.users.employee)
  const { status, body } = await refresh(sandbox, old.refreshToken)
  t.equal(status, 200)
  t.strictSame(shape(body), shape(fixture('OAUTH_REFRESH_RESPONSE')))
  t.match(body, {
    domain: new URL(sandbox.authorizationServer).host,
    client_endpoint: `${alpha.url}/rest/`,
    server_endpoint: `${sandbox.authorizationServer}/rest/`,
    member_id: alpha.memberId,
    expires_in: 3600,
    user_id: 2
  })
  t.not(body.access_token, old.accessToken)
  t.equal((await describe(sandbox, String(body.access_token))).status, 200)
  t.match(await refresh(sandbox, old.refreshToken), { status: 400, body: { error: 'invalid_grant' } },
    'the old one is spent')
  t.equal((await refresh(sandbox, String(body.refresh_token))).status, 200, 'the new one works')
})

await t.test('authorization server: the token address answers GET, too', async t => {
  const sandbox = await sandboxFor(t)
  const { refreshToken } = sandbox.portals.alpha.grant(sandbox.portals.alpha.users.admin)
  const query = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: sandbox.clientId,
    client_secret: sandbox.clientSecret,
    refresh_token: refreshToken
  })
  t.equal((await ask(`${sandbox.authorizationServer}/oauth/token/?${query}`)).status, 200)
})

await t.test('authorization server: a refresh is refused with the documented codes', async t => {
  const sandbox = await sandboxFor(t)
  const { alpha } = sandbox.portals
  const old = alpha.grant(alpha.users.admin)
  alpha.uninstall()
  const good = alpha.grant(alpha.users.admin)
  const foreign = alpha.grant(alpha.users.admin, { clientId: 'local.other' })
  const revoked = alpha.grant(alpha.users.admin)
  alpha.revoke(revoked.accessToken)
  const rows: Array<[string, string, Record<string, string>, number, string]> = [
    ['other grant', good.refreshToken, { grant_type: 'password' }, 400, 'invalid_request'],
    ['no grant', good.refreshToken, { grant_type: '' }, 400, 'invalid_request'],
    ['no refresh token', '', {}, 400, 'invalid_request'],
    ['no code', good.refreshToken, { grant_type: 'authorization_code' }, 400, 'invalid_request'],
    ['unknown code', '', { grant_type: 'authorization_code', code: 'x' }, 400, 'invalid_grant'],
    ['no secret', good.refreshToken, { client_secret: '' }, 400, 'invalid_request'],
    ['no client', good.refreshToken, { client_id: '' }, 400, 'invalid_request'],
    ['unknown client', good.refreshToken, { client_id: 'local.other' }, 200, 'wrong_client'],
    ['wrong secret', good.refreshToken, { client_secret: 'x' }, 400, 'invalid_client'],
    ['more rights than the card has', good.refreshToken, { scope: 'crm,disk' }, 403, 'invalid_scope'],
    ['unknown refresh token', 'x', {}, 400, 'invalid_grant'],
    ["another application's", foreign.refreshToken, {}, 400, 'invalid_grant'],
    ['revoked', revoked.refreshToken, {}, 400, 'invalid_grant'],
    ['of before the removal', old.refreshToken, {}, 401, 'NOT_INSTALLED']
  ]
  for (const [name, token, overrides, status, error] of rows) {
    const answer = await refresh(sandbox, token, overrides)
    t.strictSame([answer.status, answer.body.error], [status, error], name)
    t.strictSame(shape(answer.body), shape(fixture('OAUTH_ERROR_RESPONSE')), name)
  }
})

await t.test('authorization server: a cut refresh spends the refresh token', async t => {
  const sandbox = await sandboxFor(t)
  const { refreshToken, accessToken } = sandbox.portals.alpha.grant(sandbox.portals.alpha.users.admin)
  sandbox.trouble.refresh = 'cut'
  t.equal((await describe(sandbox, accessToken)).status, 200, 'only refreshes are cut')
  t.match(await refresh(sandbox, 'unknown'), { body: { error: 'invalid_grant' } }, 'a refusal arrives')
  t.match(await refresh(sandbox, refreshToken, { client_id: 'local.other' }),
    { status: 200, body: { error: 'wrong_client' } })
  await t.rejects(refresh(sandbox, refreshToken))
  sandbox.trouble.refresh = 'none'
  t.match(await refresh(sandbox, refreshToken), { status: 400, body: { error: 'invalid_grant' } })
  t.match(sandbox.wire.entries.map(({ outcome }) => outcome),
    [undefined, 'invalid_grant', 'wrong_client', 'connection cut', 'invalid_grant'])
})

await t.test('authorization server: a refresh may name the rights it is for', async t => {
  const sandbox = await sandboxFor(t)
  const { refreshToken } = sandbox.portals.alpha.grant(sandbox.portals.alpha.users.admin)
  t.equal((await refresh(sandbox, refreshToken, { scope: 'crm, im' })).status, 200)
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

await t.test('authorization server: gives no tokens after the paid period', async t => {
  const sandbox = await sandboxFor(t)
  const { alpha } = sandbox.portals
  const { refreshToken } = alpha.grant(alpha.users.admin)
  sandbox.trouble.rest = 'unpaid'
  t.strictSame(await refresh(sandbox, refreshToken), { status: 401, body: fixture('OAUTH_ERROR_RESPONSE') })
  t.match(sandbox.wire.entries, [{ name: 'refresh_token', outcome: 'PAYMENT_REQUIRED' }])
  sandbox.trouble.rest = 'none'
  t.equal((await refresh(sandbox, refreshToken)).status, 200, 'the refresh token was not spent')
})
