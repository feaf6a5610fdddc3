import { readFileSync } from 'node:fs'
import t from 'tap'
import { createAuthorizationServers } from '../../../plugins/auth-token/authorization-server.ts'
import { createHttpClient, type HttpPost } from '../../../src/http/http-client.ts'
import type { Scope } from '../../build.ts'
import { jsonServerFor, serverFor } from '../../servers.ts'
import { sandboxFor } from '../../sandbox/helper.ts'

const fixtures = new URL('../../fixtures/payloads/', import.meta.url)
const fixture = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, fixtures), 'utf8')).response
const unavailable = { code: 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE' }
const now = () => 1_000_000

const ours = { clientId: 'local.app', clientSecret: 'top-secret' }

function serversFor (t: Scope, credentials = ours, timeout = 5000) {
  const { post, close } = createHttpClient({ timeout })
  t.after(close)
  return createAuthorizationServers({ post, ...credentials, now })
}

await t.test('appInfo: says whom an access token belongs to', async t => {
  const sandbox = await sandboxFor(t)
  const { alpha } = sandbox.portals
  const { accessToken, expiresAt } = alpha.grant(alpha.users.employee)
  t.strictSame(await serversFor(t).appInfo(sandbox.authorizationServer, accessToken), {
    ok: {
      clientId: sandbox.clientId,
      memberId: alpha.memberId,
      domain: alpha.domain,
      clientEndpoint: `${alpha.url}/rest/`,
      scope: alpha.scope,
      status: 'L',
      installed: false,
      userId: 2,
      expiresAt: expiresAt * 1000
    }
  })
})

await t.test('refresh: returns a new pair of tokens', async t => {
  const sandbox = await sandboxFor(t)
  const { alpha } = sandbox.portals
  const { refreshToken } = alpha.grant(alpha.users.admin)
  const servers = serversFor(t, sandbox)
  const refreshed = await servers.refresh(sandbox.authorizationServer, refreshToken, alpha.memberId)
  if (!('ok' in refreshed)) throw new Error(refreshed.error)
  t.equal(refreshed.ok.expiresAt, now() + 3_600_000)
  const info = await servers.appInfo(sandbox.authorizationServer, refreshed.ok.accessToken)
  t.match(info, { ok: { memberId: alpha.memberId } })
  const next = await servers.refresh(sandbox.authorizationServer, String(refreshed.ok.refreshToken), alpha.memberId)
  t.match(next, { ok: {} }, 'the new refresh token is good')
})

await t.test('authorization server: gets tokens and the secret in the body only', async t => {
  const received: Array<[url: string, body: string]> = []
  const server = await serverFor(t, async (request, response) => {
    received.push([request.url ?? '', (await request.toArray()).join('')])
    response.end('{"error":"X"}')
  })
  const servers = serversFor(t)
  await servers.appInfo(server, 'access-token')
  await servers.refresh(server, 'refresh-token', 'm1')
  t.strictSame(received, [
    ['/rest/app.info', '{"auth":"access-token"}'],
    [
      '/oauth/token/',
      'grant_type=refresh_token&client_id=local.app&client_secret=top-secret&refresh_token=refresh-token'
    ]
  ])
})

await t.test('authorization server: its error is a code in lower case below 500', async t => {
  for (const [status, error] of [[401, 'NO_AUTH_FOUND'], [400, 'invalid_grant'], [200, 'wrong_client']] as const) {
    const server = await jsonServerFor(t, status, { error, error_description: 'Words' })
    const expected = { error: error.toLowerCase() }
    t.strictSame(await serversFor(t).appInfo(server, 'token'), expected)
    t.strictSame(await serversFor(t).refresh(server, 'token', 'm1'), expected)
  }
})

await t.test('authorization server: is unavailable when it cannot answer now', async t => {
  const rows: Array<[name: string, status: number, json: unknown]> = [
    ['error of its own', 500, { error: 'no_auth_found' }],
    ['too many requests', 429, { error: 'QUERY_LIMIT_EXCEEDED' }],
    ['overload', 200, { error: 'OVERLOAD_LIMIT' }],
    ['another form', 200, { result: { client_id: 'local.app' } }],
    ['an error without a code', 400, { error: '' }],
    ['nothing', 200, null],
    ['a list', 200, []]
  ]
  for (const [name, status, json] of rows) {
    const server = await jsonServerFor(t, status, json)
    await t.rejects(serversFor(t).appInfo(server, 'token'), unavailable, name)
    await t.rejects(serversFor(t).refresh(server, 'token', 'm1'), unavailable, name)
  }
  const slow = await serverFor(t, () => {})
  const tooSlow = { ...unavailable, cause: { name: 'TimeoutError' } }
  await t.rejects(serversFor(t, undefined, 50).appInfo(slow, 'token'), tooSlow, 'too slow')
  const down = { ...unavailable, cause: { code: 'ECONNREFUSED' } }
  await t.rejects(serversFor(t).refresh('http://127.0.0.1:9', 'token', 'm1'), down, 'down')
})

await t.test('appInfo: reads fields that differ between servers', async t => {
  const known = fixture('OAUTH_APP_INFO_RESPONSE')
  type Row = [name: string, changes: { result?: object, install?: object }, expected: object]
  const rows: Row[] = [
    [
      'expires in ISO 8601',
      { result: { expires: '2026-01-02T03:04:05+00:00' } },
      { expiresAt: Date.UTC(2026, 0, 2, 3, 4, 5) }
    ],
    ['expires in unix seconds', { result: { expires: 1_700_000_000 } }, { expiresAt: 1_700_000_000_000 }],
    ['expires in unix seconds as text', { result: { expires: '1700000000' } }, { expiresAt: 1_700_000_000_000 }],
    ['expires in parts of a millisecond', { result: { expires: 1.00001 } }, { expiresAt: 1000 }],
    ['expires is empty', { result: { expires: '' } }, { expiresAt: undefined }],
    ['expires is no time', { result: { expires: 'soon' } }, { expiresAt: undefined }],
    ['no expires', { result: { expires: undefined } }, { expiresAt: undefined }],
    ['user_id as a number', { result: { user_id: 7 } }, { userId: 7 }],
    ['user_id as text', { result: { user_id: '7' } }, { userId: 7 }],
    ['scope with spaces', { install: { scope: 'crm, user' } }, { scope: ['crm', 'user'] }],
    ['no scope, no status', { install: { scope: undefined, status: undefined } }, { scope: [], status: '' }],
    ['expires is 0', { result: { expires: 0 } }, { expiresAt: undefined }],
    ['expires is a text with a number', { result: { expires: 'soon 5' } }, { expiresAt: undefined }],
    ...[null, 7, [], {}, false].flatMap((odd): Row[] => [
      [`scope ${JSON.stringify(odd)}`, { install: { scope: odd } }, { scope: [] }],
      [`status ${JSON.stringify(odd)}`, { install: { status: odd } }, { status: '' }]
    ]),
    ...[null, [], {}, false, -1, { toString: 1, valueOf: 1 }].map((odd): Row =>
      [`expires ${JSON.stringify(odd)}`, { result: { expires: odd } }, { expiresAt: undefined }])
  ]
  for (const [name, { result, install }, expected] of rows) {
    const changed = { ...known.result, ...result, install: { ...known.result.install, ...install } }
    const server = await jsonServerFor(t, 200, { ...known, result: changed })
    const said = await serversFor(t).appInfo(server, 'token')
    if (!('ok' in said)) throw new Error(said.error)
    t.strictSame(said.ok, { ...said.ok, ...expected }, name)
  }
})

await t.test('appInfo: is strict about what an answer has to prove', async t => {
  const known = fixture('OAUTH_APP_INFO_RESPONSE')
  const rows: Array<{ result?: object, install?: object }> = [
    ...[undefined, null, 7].flatMap(odd => [
      { result: { client_id: odd } },
      { install: { member_id: odd } },
      { install: { domain: odd } },
      { install: { client_endpoint: odd } }
    ]),
    ...[undefined, null, 'true', 1].map(odd => ({ install: { installed: odd } })),
    ...[undefined, null, '', 'admin', -1, 1.5, 1e300].map(odd => ({ result: { user_id: odd } }))
  ]
  for (const { result, install } of rows) {
    const changed = { ...known.result, ...result, install: { ...known.result.install, ...install } }
    const server = await jsonServerFor(t, 200, { ...known, result: changed })
    await t.rejects(serversFor(t).appInfo(server, 'token'), unavailable, JSON.stringify({ result, install }))
  }
})

await t.test('refresh: keeps new tokens whatever else the answer says', async t => {
  const known = fixture('OAUTH_REFRESH_RESPONSE')
  const [hour, half] = [now() + 3_600_000, now() + 1_800_000]
  const { access_token: accessToken, refresh_token: refreshToken, member_id: memberId } = known
  const odds = [undefined, null, '', ' ', 'soon', '1800 s', 0, -5, '-5', 1e12, 86_400, true, [1800], { seconds: 1800 }]
  const unneeded = [
    'scope', 'status', 'user_id', 'domain', 'client_endpoint', 'server_endpoint', 'client_id', 'error'
  ]
  const rows: Array<[changes: Record<string, unknown>, expiresAt: number]> = [
    [{}, hour],
    [{ expires_in: 1800 }, half],
    [{ expires_in: '1800' }, half],
    [{ expires_in: ' 1800 ' }, half],
    [{ expires_in: 1800.5 }, half + 500],
    [{ expires_in: 1800.00001 }, half],
    ...odds.flatMap((odd): typeof rows => [
      [{ expires_in: odd, expires: undefined }, hour],
      [{ expires_in: odd, expires: half / 1000 }, half],
      [{ expires_in: odd, expires: String(half / 1000) }, half],
      [{ expires_in: odd, expires: new Date(half).toISOString() }, half]
    ]),
    ...[null, 'soon', '', [], {}, 0, -1, 1e30, 'Infinity'].map((odd): typeof rows[number] =>
      [{ expires_in: undefined, expires: odd }, hour]),
    ...[null, 7, '', [], {}].map((odd): typeof rows[number] =>
      [Object.fromEntries(unneeded.map(name => [name, odd])), hour])
  ]
  for (const [changes, expiresAt] of rows) {
    const server = await jsonServerFor(t, 200, { ...known, ...changes })
    const refreshed = await serversFor(t).refresh(server, 'token', memberId)
    t.strictSame(refreshed, { ok: { accessToken, refreshToken, expiresAt, isProven: true } }, JSON.stringify(changes))
  }
})

await t.test('refresh: keeps an access token that comes alone', async t => {
  const known = fixture('OAUTH_REFRESH_RESPONSE')
  for (const odd of [undefined, null, '', 7, ['token']]) {
    const server = await jsonServerFor(t, 200, { ...known, refresh_token: odd })
    const expected = { ok: { accessToken: known.access_token, refreshToken: undefined, isProven: true } }
    t.match(await serversFor(t).refresh(server, 'token', known.member_id), expected, JSON.stringify(odd))
  }
  for (const odd of [undefined, null, '', 7, ['token']]) {
    const server = await jsonServerFor(t, 200, { ...known, access_token: odd })
    await t.rejects(serversFor(t).refresh(server, 'token', known.member_id), unavailable, JSON.stringify(odd))
  }
})

await t.test('refresh: returns no tokens of another portal or application', async t => {
  const known = fixture('OAUTH_REFRESH_RESPONSE')
  const rows: Array<[name: string, changes: object, expected: object]> = [
    ['another portal', { member_id: 'b223c6b3710f85df22e9377d6c4f7553' }, { error: 'foreign_tokens' }],
    ['another case', { member_id: known.member_id.toUpperCase() }, { error: 'foreign_tokens' }],
    ['another application', { client_id: 'local.other' }, { error: 'foreign_tokens' }],
    ['this application', { client_id: 'local.app' }, { ok: { isProven: true } }],
    ['no portal', { member_id: undefined }, { ok: { isProven: false } }],
    ['no portal, another application', { member_id: undefined, client_id: 'local.other' }, { error: 'foreign_tokens' }],
    ...[null, '', 7, [known.member_id], {}].map((odd): typeof rows[number] =>
      ['an unreadable portal', { member_id: odd }, { ok: { isProven: false } }])
  ]
  for (const [name, changes, expected] of rows) {
    const server = await jsonServerFor(t, 200, { ...known, ...changes })
    t.match(await serversFor(t).refresh(server, 'token', known.member_id), expected, name)
  }
})

await t.test('refresh: is never sent twice, as the refresh token may be spent', async t => {
  const asked: string[] = []
  const server = await serverFor(t, request => {
    asked.push(request.url ?? '')
    request.socket.destroy()
  })
  const servers = serversFor(t)
  await t.rejects(servers.refresh(server, 'refresh', 'm1'), unavailable)
  await t.rejects(servers.appInfo(server, 'access'), unavailable)
  t.strictSame(asked, ['/oauth/token/', '/rest/app.info', '/rest/app.info'])
})

await t.test('refresh: may take half a minute, or what the options say', async t => {
  for (const [options, expected] of [[{}, 30_000], [{ refreshTimeout: 7000 }, 7000]] as const) {
    const given: unknown[] = []
    const post: HttpPost = async (_url, { retry, timeout }) => {
      given.push([retry, timeout])
      return { status: 200, json: undefined }
    }
    const servers = createAuthorizationServers({ post, clientId: '', clientSecret: '', ...options, now })
    await t.rejects(servers.refresh('', 'refresh', 'm1'), unavailable)
    await t.rejects(servers.appInfo('', 'access'), unavailable)
    t.strictSame(given, [[false, expected], [undefined, undefined]])
  }
})
