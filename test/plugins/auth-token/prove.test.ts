import t from 'tap'
import { createAuthorizationServers } from '../../../plugins/auth-token/authorization-server.ts'
import { createProve } from '../../../plugins/auth-token/prove.ts'
import { createHttpClient } from '../../../src/http/http-client.ts'
import type { Scope } from '../../build.ts'
import { jsonServerFor, serverFor } from '../../servers.ts'
import { appInfo, clientId } from './verifier.ts'

const unavailable = 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE'
const nobody = 'http://127.0.0.1:9'
const start = 1_700_000_000_000
const hour = 3_600_000

/** Asks servers for the proof of a token, over real HTTP. */
function proverFor (t: Scope, servers: string[], { allowInsecurePortals = true, now = Date.now() } = {}) {
  const { post, close } = createHttpClient({ timeout: 5000 })
  t.after(close)
  const authorizationServers = createAuthorizationServers({ post, clientId, clientSecret: 'secret', now: () => now })
  const prove = createProve({ authorizationServers, allowInsecurePortals, now: () => now })
  const question = {
    accessToken: 'token', key: 'key', servers, memberId: 'm1', known: undefined, ip: '192.0.2.1', kind: 'installation'
  } as const
  return async () => await prove(question)
}

/** The code of the error, or 'proven'. */
const outcome = (t: Scope, servers: string[], options?: { allowInsecurePortals: boolean }): Promise<string> =>
  proverFor(t, servers, options)().then(() => 'proven', error => error.code)

/** A server that answers with this status and JSON, and counts how often. */
async function countingServer (t: Scope, status: number, json: unknown) {
  const server = { origin: '', count: 0 }
  server.origin = await serverFor(t, (_request, response) => {
    server.count++
    response.writeHead(status).end(JSON.stringify(json))
  })
  return server
}

await t.test('prove: returns what the authorization server says', async t => {
  const install = { client_endpoint: 'https://portal.example:8443/rest/' }
  const server = await jsonServerFor(t, 200, appInfo({ result: { expires: undefined }, install }))
  const now = Date.now()
  t.strictSame(await proverFor(t, [server], { now })(), {
    clientId,
    memberId: 'm1',
    domain: 'portal.example',
    origin: 'https://portal.example:8443',
    clientEndpoint: 'https://portal.example:8443/rest/',
    serverEndpoint: `${server}/rest/`,
    scope: ['crm', 'user'],
    status: 'L',
    installed: true,
    userId: 1,
    expiresAt: now + 10_000
  })
})

await t.test('prove: takes the domain as origin of the pages if it can be one', async t => {
  const rows: Array<[domain: string, origin: string]> = [
    ['portal.example', 'https://portal.example:8443'],
    ['portal.example:8443', 'https://portal.example:8443'],
    ['company.example', 'https://company.example'],
    ['company.example:444', 'https://company.example:444'],
    ['Company_1.example.', 'https://company_1.example.'],
    ['xn--e1afmkfd.xn--p1ai', 'https://xn--e1afmkfd.xn--p1ai'],
    ["company.example;script-src'unsafe-inline'", 'https://portal.example:8443'],
    ["a,b'.example", 'https://portal.example:8443'],
    ['*.example', 'https://portal.example:8443'],
    ['10.0.0.1', 'https://portal.example:8443'],
    ['localhost', 'https://portal.example:8443'],
    ['[::1]', 'https://portal.example:8443'],
    ['a'.repeat(300), 'https://portal.example:8443'],
    ['company.example/path', 'https://portal.example:8443'],
    ['user@company.example', 'https://portal.example:8443'],
    ['', 'https://portal.example:8443'],
    ['a b', 'https://portal.example:8443']
  ]
  for (const [domain, origin] of rows) {
    const install = { domain, client_endpoint: 'https://portal.example:8443/rest/' }
    const server = await jsonServerFor(t, 200, appInfo({ install }))
    t.equal((await proverFor(t, [server])()).origin, origin, domain)
  }
})

await t.test('prove: reads the names of a portal as strictly as those of a call', async t => {
  const rest = 'https://portal.example/rest/'
  const scopes = (length: number) => Array.from({ length }, (_, i) => `s${i}`)
  const rows: Array<[install: object, names: object]> = [
    [{ domain: 'company.example' }, { domain: 'company.example' }],
    [{ domain: 'Company.Example:443' }, { domain: 'company.example' }],
    [{ domain: "company.example;script-src 'unsafe-inline'" }, { domain: 'portal.example' }],
    [{ domain: 'a'.repeat(100_000) }, { domain: 'portal.example' }],
    [
      { client_endpoint: 'https://Portal.Example:443/bitrix/rest' },
      { clientEndpoint: 'https://portal.example/bitrix/rest/', origin: 'https://portal.example' }
    ],
    [
      { client_endpoint: 'http://10.0.0.1/rest/', domain: 'b24_test.local:8080' },
      { clientEndpoint: 'http://10.0.0.1/rest/', origin: 'http://b24_test.local:8080' }
    ],
    [{ member_id: 'm'.repeat(65) }, { memberId: '' }],
    [{ member_id: 'm1"' }, { memberId: '' }],
    [{ status: 'x'.repeat(17) }, { status: '' }],
    [{ status: 'a b' }, { status: '' }],
    [{ scope: `crm,${'x'.repeat(65)},user_brief,"quoted"` }, { scope: ['crm', 'user_brief'] }],
    [{ scope: scopes(300).join() }, { scope: scopes(256) }]
  ]
  for (const [install, names] of rows) {
    const server = await jsonServerFor(t, 200, appInfo({ install: { client_endpoint: rest, ...install } }))
    t.match(await proverFor(t, [server])(), names, JSON.stringify(install).slice(0, 80))
  }
})

await t.test('prove: makes a proof last as long as its token, at most an hour', async t => {
  const rows: Array<[name: string, expires: unknown, lives: number]> = [
    ['half an hour', start / 1000 + 1800, 1_800_000],
    ['a year', start / 1000 + 365 * 86_400, hour],
    ['no readable time', undefined, 10_000]
  ]
  for (const [name, expires, lives] of rows) {
    const server = await jsonServerFor(t, 200, appInfo({ result: { expires } }))
    t.equal((await proverFor(t, [server], { now: start })()).expiresAt - start, lives, name)
  }
})

await t.test('prove: gives each error code of a server its own error', async t => {
  const rows: Array<[error: string, code: string]> = [
    ['expired_token', 'B24_ERR_AUTH_ID_EXPIRED'],
    ['NOT_INSTALLED', 'B24_ERR_NOT_INSTALLED'],
    ['APPLICATION_NOT_FOUND', 'B24_ERR_NOT_INSTALLED'],
    ['PAYMENT_REQUIRED', 'B24_ERR_PAYMENT_REQUIRED'],
    ['NO_AUTH_FOUND', 'B24_ERR_AUTH_ID_UNKNOWN'],
    ['invalid_client', 'B24_ERR_AUTH_ID_UNKNOWN'],
    ['something new', 'B24_ERR_AUTH_ID_UNKNOWN'],
    ['QUERY_LIMIT_EXCEEDED', unavailable]
  ]
  for (const [error, code] of rows) t.equal(await outcome(t, [await jsonServerFor(t, 401, { error })]), code, error)
})

await t.test('prove: refuses an expired token that the server still knows', async t => {
  const server = await jsonServerFor(t, 200, appInfo({ result: { expires: '2020-01-01T00:00:00+00:00' } }))
  t.equal(await outcome(t, [server]), 'B24_ERR_AUTH_ID_EXPIRED')
})

await t.test('prove: refuses a portal without a public https address unless allowed', async t => {
  const rows: Array<[endpoint: string, strict: string, lenient: string]> = [
    ['https://portal.example/rest/', 'proven', 'proven'],
    ['http://portal.example/rest/', 'B24_ERR_PORTAL_ADDRESS', 'proven'],
    ['https://192.168.1.1/rest/', 'B24_ERR_PORTAL_ADDRESS', 'proven'],
    ['https://[::1]/rest/', 'B24_ERR_PORTAL_ADDRESS', 'proven'],
    ['https://localhost/rest/', 'B24_ERR_PORTAL_ADDRESS', 'proven'],
    ["https://a;b'c.example/rest/", 'B24_ERR_PORTAL_ADDRESS', 'B24_ERR_PORTAL_ADDRESS'],
    ['https://*.example/rest/', 'B24_ERR_PORTAL_ADDRESS', 'B24_ERR_PORTAL_ADDRESS'],
    ['https://user@portal.example/rest/', 'B24_ERR_PORTAL_ADDRESS', 'B24_ERR_PORTAL_ADDRESS'],
    ['https://:word@portal.example/rest/', 'B24_ERR_PORTAL_ADDRESS', 'B24_ERR_PORTAL_ADDRESS'],
    ['https://portal.example/rest/?a=b', 'B24_ERR_PORTAL_ADDRESS', 'B24_ERR_PORTAL_ADDRESS'],
    ['https://portal.example/rest/#a', 'B24_ERR_PORTAL_ADDRESS', 'B24_ERR_PORTAL_ADDRESS'],
    ['https://portal.example/%0a/', 'B24_ERR_PORTAL_ADDRESS', 'B24_ERR_PORTAL_ADDRESS'],
    [`https://portal.example/${'a'.repeat(256)}/`, 'B24_ERR_PORTAL_ADDRESS', 'B24_ERR_PORTAL_ADDRESS'],
    ['nonsense', 'B24_ERR_PORTAL_ADDRESS', 'B24_ERR_PORTAL_ADDRESS']
  ]
  for (const [endpoint, strict, lenient] of rows) {
    const server = await jsonServerFor(t, 200, appInfo({ install: { client_endpoint: endpoint } }))
    t.equal(await outcome(t, [server], { allowInsecurePortals: false }), strict, endpoint)
    t.equal(await outcome(t, [server]), lenient, `${endpoint}, allowed`)
  }
})

await t.test('prove: asks several servers in turn', async t => {
  const good = await countingServer(t, 200, appInfo())
  const unknown = await countingServer(t, 401, { error: 'NO_AUTH_FOUND' })
  const expired = await countingServer(t, 401, { error: 'expired_token' })
  const rows: Array<[name: string, servers: string[], code: string, goodAsked: number]> = [
    ['the first knows', [good.origin, unknown.origin], 'proven', 1],
    ['the second knows', [unknown.origin, good.origin], 'proven', 1],
    ['the first does not answer, the second knows', [nobody, good.origin], 'proven', 1],
    ['neither knows', [unknown.origin, unknown.origin], 'B24_ERR_AUTH_ID_UNKNOWN', 0],
    ['one does not answer, so it may know', [unknown.origin, nobody], unavailable, 0],
    ['one does not answer, so it may know', [nobody, unknown.origin], unavailable, 0],
    ['the one that knows it refuses it', [expired.origin, unknown.origin], 'B24_ERR_AUTH_ID_EXPIRED', 0],
    ['the one that knows it refuses it', [expired.origin, nobody], 'B24_ERR_AUTH_ID_EXPIRED', 0],
    ['the one that knows it refuses it', [unknown.origin, expired.origin], 'B24_ERR_AUTH_ID_EXPIRED', 0]
  ]
  for (const [name, servers, code, goodAsked] of rows) {
    good.count = 0
    t.equal(await outcome(t, servers), code, name)
    t.equal(good.count, goodAsked, name)
  }
})
