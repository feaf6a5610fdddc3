import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { prove } from '../../../plugins/auth-token/prove.ts'
import { jsonServerFor, serverFor } from '../../helper.ts'
import { appInfo, clientId, ladderFor, type Ladder } from './stages.ts'

const silent = 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE'
const nobody = 'http://127.0.0.1:9'
const hour = 3_600_000

/** Asks for the proof of a token. */
const proveWith = ({ deps }: Ladder, token: string = 'token') =>
  prove({ accessToken: token, key: token, servers: deps.servers, epoch: '', clientId, memberId: 'm1', ip: '192.0.2.1', kind: 'installation' }, deps)

/** The code of the refusal, or 'proven'. */
const outcome = (ladder: Ladder, token?: string) => proveWith(ladder, token).then(() => 'proven', error => error.code)

/** A server that answers with this status and JSON, and counts how often. */
async function countingServer (t: { after: (fn: () => unknown) => void }, status: number, json: unknown, delay = 0) {
  const server = { origin: '', count: 0 }
  server.origin = await serverFor(t, async (_request, response) => {
    server.count++
    await wait(delay)
    response.writeHead(status).end(JSON.stringify(json))
  })
  return server
}

await t.test('a proof is what the authorization server says', async t => {
  const server = await jsonServerFor(t, 200, appInfo({ result: { expires: undefined }, install: { client_endpoint: 'https://portal.example:8443/rest/' } }))
  const ladder = ladderFor(t, [server])
  t.strictSame(await proveWith(ladder), {
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
    expiresAt: ladder.clock.now + 10_000
  })
})

await t.test('the pages of a portal are at its domain, which may be another name than that of its REST interface', async t => {
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
    const server = await jsonServerFor(t, 200, appInfo({ install: { domain, client_endpoint: 'https://portal.example:8443/rest/' } }))
    t.equal((await proveWith(ladderFor(t, [server]))).origin, origin, domain)
  }
})

await t.test('what a portal is called is read as strictly as what a call says', async t => {
  const rest = 'https://portal.example/rest/'
  const rows: Array<[install: object, names: object]> = [
    [{ domain: 'company.example' }, { domain: 'company.example' }],
    [{ domain: "company.example;script-src 'unsafe-inline'" }, { domain: 'portal.example' }],
    [{ domain: 'a'.repeat(100_000) }, { domain: 'portal.example' }],
    [{ client_endpoint: 'https://Portal.Example:443/bitrix/rest' }, { clientEndpoint: 'https://portal.example/bitrix/rest/', origin: 'https://portal.example' }],
    [{ client_endpoint: 'http://10.0.0.1/rest/', domain: 'b24_test.local:8080' }, { clientEndpoint: 'http://10.0.0.1/rest/', origin: 'http://b24_test.local:8080' }],
    [{ member_id: 'm'.repeat(65) }, { memberId: '' }],
    [{ member_id: 'm1"' }, { memberId: '' }],
    [{ status: 'x'.repeat(17) }, { status: '' }],
    [{ status: 'a b' }, { status: '' }],
    [{ scope: `crm,${'x'.repeat(65)},user_brief,"quoted"` }, { scope: ['crm', 'user_brief'] }],
    [{ scope: Array.from({ length: 300 }, (_, i) => `s${i}`).join() }, { scope: Array.from({ length: 256 }, (_, i) => `s${i}`) }]
  ]
  for (const [install, names] of rows) {
    const server = await jsonServerFor(t, 200, appInfo({ install: { client_endpoint: rest, ...install } }))
    t.match(await proveWith(ladderFor(t, [server])), names, JSON.stringify(install).slice(0, 80))
  }
})

await t.test('a proof is kept as long as its token lives, an hour at most', async t => {
  const rows: Array<[name: string, expires: unknown, installed: boolean, lives: number | undefined, kept: number]> = [
    ['half an hour', 1800, true, 1800_000, 1800_000],
    ['a year', 365 * 86_400, true, hour, hour],
    ['no readable time', undefined, true, 10_000, 10_000],
    ['not installed yet', 1800, false, 1800_000, 10_000],
    ['not installed yet, for five seconds', 5, false, 5000, 5000]
  ]
  for (const [name, seconds, installed, lives, kept] of rows) {
    const ladder = ladderFor(t, [])
    ladder.clock.now = 1_700_000_000_000
    const expires = typeof seconds === 'number' ? 1_700_000_000 + seconds : seconds
    const server = await jsonServerFor(t, 200, appInfo({ result: { expires }, install: { installed } }))
    const proof = await proveWith({ ...ladder, deps: { ...ladder.deps, servers: [server] } })
    t.equal(proof.expiresAt - ladder.clock.now, lives, name)
    t.ok(ladder.deps.cache.proof('token', ladder.clock.now + kept - 1), name)
    t.notOk(ladder.deps.cache.proof('token', ladder.clock.now + kept), name)
  }
})

await t.test('what a server complains of has a refusal of its own', async t => {
  const rows: Array<[error: string, code: string]> = [
    ['expired_token', 'B24_ERR_AUTH_ID_EXPIRED'],
    ['NOT_INSTALLED', 'B24_ERR_NOT_INSTALLED'],
    ['APPLICATION_NOT_FOUND', 'B24_ERR_NOT_INSTALLED'],
    ['PAYMENT_REQUIRED', 'B24_ERR_PAYMENT_REQUIRED'],
    ['NO_AUTH_FOUND', 'B24_ERR_AUTH_ID_UNKNOWN'],
    ['invalid_client', 'B24_ERR_AUTH_ID_UNKNOWN'],
    ['something new', 'B24_ERR_AUTH_ID_UNKNOWN'],
    ['QUERY_LIMIT_EXCEEDED', silent]
  ]
  for (const [error, code] of rows) t.equal(await outcome(ladderFor(t, [await jsonServerFor(t, 401, { error })])), code, error)
})

await t.test('a token that is past its time is refused, although the server still knows it', async t => {
  const server = await jsonServerFor(t, 200, appInfo({ result: { expires: '2020-01-01T00:00:00+00:00' } }))
  t.equal(await outcome(ladderFor(t, [server])), 'B24_ERR_AUTH_ID_EXPIRED')
})

await t.test('a portal without a public https address is refused, unless that is allowed', async t => {
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
    t.equal(await outcome(ladderFor(t, [server], { allowInsecurePortals: false })), strict, endpoint)
    t.equal(await outcome(ladderFor(t, [server])), lenient, `${endpoint}, allowed`)
  }
})

await t.test('several servers are asked in turn', async t => {
  const good = await countingServer(t, 200, appInfo())
  const unknown = await countingServer(t, 401, { error: 'NO_AUTH_FOUND' })
  const expired = await countingServer(t, 401, { error: 'expired_token' })
  const rows: Array<[name: string, servers: string[], code: string, goodAsked: number]> = [
    ['the first knows', [good.origin, unknown.origin], 'proven', 1],
    ['the second knows', [unknown.origin, good.origin], 'proven', 1],
    ['the first is silent, the second knows', [nobody, good.origin], 'proven', 1],
    ['neither knows', [unknown.origin, unknown.origin], 'B24_ERR_AUTH_ID_UNKNOWN', 0],
    ['one is silent, so nobody can say that none knows', [unknown.origin, nobody], silent, 0],
    ['one is silent, so nobody can say that none knows', [nobody, unknown.origin], silent, 0],
    ['the one that knows it refuses it', [expired.origin, unknown.origin], 'B24_ERR_AUTH_ID_EXPIRED', 0],
    ['the one that knows it refuses it', [expired.origin, nobody], 'B24_ERR_AUTH_ID_EXPIRED', 0],
    ['the one that knows it refuses it', [unknown.origin, expired.origin], 'B24_ERR_AUTH_ID_EXPIRED', 0]
  ]
  for (const [name, servers, code, goodAsked] of rows) {
    good.count = 0
    t.equal(await outcome(ladderFor(t, servers)), code, name)
    t.equal(good.count, goodAsked, name)
  }
})

await t.test('a refusal is remembered for ten seconds, silence is not', async t => {
  const unknown = await countingServer(t, 401, { error: 'NO_AUTH_FOUND' })
  const ladder = ladderFor(t, [unknown.origin])
  for (const [moment, count] of [[0, 1], [9999, 1], [10_000, 2]] as const) {
    ladder.clock.now = 1_700_000_000_000 + moment
    t.equal(await outcome(ladder), 'B24_ERR_AUTH_ID_UNKNOWN')
    t.equal(unknown.count, count, `after ${moment} ms`)
  }
  const nonsense = await countingServer(t, 200, 'Welcome to nginx!')
  const silentLadder = ladderFor(t, [nonsense.origin])
  for (const count of [1, 2]) {
    t.equal(await outcome(silentLadder), silent)
    t.equal(nonsense.count, count)
  }
})

await t.test('a hundred calls with one token at once are one request, and share its end', async t => {
  for (const [status, json, code] of [[200, appInfo(), 'proven'], [401, { error: 'X' }, 'B24_ERR_AUTH_ID_UNKNOWN'], [500, { error: 'X' }, silent]] as const) {
    const server = await countingServer(t, status, json, 20)
    const ladder = ladderFor(t, [server.origin])
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => outcome(ladder)))
    t.strictSame([...new Set(outcomes)], [code])
    t.equal(server.count, 1, code)
    t.equal(ladder.deps.pending.size, 0)
  }
})

await t.test('beyond the limit of failures nobody is asked', async t => {
  const server = await countingServer(t, 401, { error: 'X' })
  const ladder = ladderFor(t, [server.origin])
  const outcomes = await Promise.all(Array.from({ length: 70 }, (_, index) => outcome(ladder, `token ${index}`)))
  t.equal(outcomes.filter(code => code === 'B24_ERR_TOO_MANY_PROOFS').length, 10)
  t.equal(server.count, 60)
  ladder.clock.now += 60_000
  t.equal(await outcome(ladder, 'token 69'), 'B24_ERR_AUTH_ID_UNKNOWN', 'a minute later they are forgotten')
})
