import t from 'tap'
import { ask, sandboxFor } from './helper.ts'
import { describe, fixture, refresh, shape } from './authorization-scene.ts'

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
    ['more rights than the card has', good.refreshToken, { scope: 'crm,landing' }, 403, 'invalid_scope'],
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
