import { SignJWT, UnsecuredJWT } from 'jose'
import t, { type Test } from 'tap'
import pageSession, { type NewPageSession, type PageSessionOptions } from '../../../plugins/page-session/index.ts'
import { RateLimitedError } from '../../../src/errors.ts'
import { build, installationOf } from '../../build.ts'

const key = (byte: number) => new Uint8Array(32).fill(byte)
const session = {
  memberId: 'm1', userId: 7, domain: 'portal.example:8443', placement: 'LEFT_MENU', lang: 'la', isAdmin: false
}
const hour = 3_600_000
const start = 1_700_000_000_000

/** A bare Fastify with this plugin alone, and a route that says whose page is calling. */
async function serviceFor (t: Test, changes: Partial<PageSessionOptions> = {}) {
  const clock = { now: start }
  const app = await build(t, async app => {
    await app.register(pageSession, { keys: [key(1)], clientId: 'local.app', now: () => clock.now, ...changes })
    app.get('/me', { onRequest: app.verifyPageSession }, async request => request.pageSession)
  })
  const ask = async (authorization?: string) => {
    const answer = await app.inject({ url: '/me', headers: authorization === undefined ? {} : { authorization } })
    return answer.statusCode === 200 ? answer.json() : `${answer.statusCode} ${answer.json().code}`
  }
  return { app, clock, ask }
}
const refused = '401 B24_ERR_PAGE_SESSION'

await t.test('page session: gives a page back what its session was made of', async t => {
  const { app, ask } = await serviceFor(t)
  const token = await app.pageTokens.createSession(session, start + 1000)
  for (const scheme of ['Bearer', 'bearer', 'BEARER']) t.strictSame(await ask(`${scheme} ${token}`), session, scheme)
})

await t.test("page session: is an administrator's only where it says so", async t => {
  const { app, ask } = await serviceFor(t)
  const { isAdmin, ...unsaid } = session
  const rows: Array<[name: string, given: NewPageSession, isAdmin: boolean]> = [
    ['unsaid', unsaid, false],
    ['no', { ...unsaid, isAdmin }, false],
    ['yes', { ...unsaid, isAdmin: true }, true]
  ]
  for (const [name, given, expected] of rows) {
    const token = await app.pageTokens.createSession(given, start + 1000)
    t.strictSame(await ask(`Bearer ${token}`), { ...unsaid, isAdmin: expected }, name)
  }
  for (const admin of ['true', 1, {}]) {
    const token = new SignJWT({ domain: session.domain, placement: session.placement, lang: session.lang, admin })
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience('local.app')
      .setSubject('m1:7')
      .setExpirationTime(start / 1000 + 60)
    t.match(await ask(`Bearer ${await token.sign(key(1))}`), { isAdmin: false }, JSON.stringify(admin))
  }
})

await t.test('page session: checks its options at registration', async t => {
  const rows: Array<[options: PageSessionOptions, message: RegExp]> = [
    [{ keys: [], clientId: 'local.app' }, /options\.keys/],
    // The letters of a text, and the numbers of a key, could be taken for keys.
    ...['k'.repeat(32), key(1)].map((keys): typeof rows[number] =>
      [{ keys: keys as never, clientId: 'local.app' }, /options\.keys must be a list of keys of 32 bytes/]),
    [{ keys: [key(1)], clientId: '' }, /options\.clientId/]
  ]
  for (const [options, message] of rows) {
    await t.rejects(build(t, app => app.register(pageSession, options)), { message })
  }
})

await t.test('page session: refuses a token that is not its own', async t => {
  const { app, ask } = await serviceFor(t)
  const good = await app.pageTokens.createSession(session, start + hour)
  const other = await serviceFor(t, { clientId: 'local.other' })
  const stranger = await serviceFor(t, { keys: [key(9)] })
  const [header = '', payload = '', signature = ''] = good.split('.')
  const said = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const forged = Buffer.from(JSON.stringify({ ...said, sub: 'm1:1' })).toString('base64url')
  const claims = { domain: 'portal.example', placement: 'LEFT_MENU', lang: 'en' }
  const sign = (token: SignJWT) => token.setProtectedHeader({ alg: 'HS256' }).setAudience('local.app').sign(key(1))
  const later = start / 1000 + 60
  const unsigned = new UnsecuredJWT(claims)
    .setAudience('local.app')
    .setSubject('m1:7')
    .setExpirationTime(later)
    .encode()
  const otherAlgorithm = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS512' })
    .setAudience('local.app')
    .setSubject('m1:7')
    .setExpirationTime(later)
    .sign(new Uint8Array(64).fill(1))
  const rows: Array<[name: string, authorization: string | undefined]> = [
    ['nothing', undefined],
    ['no token', 'Bearer'],
    ['another scheme', `Basic ${good}`],
    ['no JWT', 'Bearer nonsense'],
    ['another payload', `Bearer ${header}.${forged}.${signature}`],
    ['no signature', `Bearer ${header}.${payload}.`],
    ['of another application', `Bearer ${await other.app.pageTokens.createSession(session, start + hour)}`],
    ['of another key', `Bearer ${await stranger.app.pageTokens.createSession(session, start + hour)}`],
    ['unsigned', `Bearer ${unsigned}`],
    ['another algorithm', `Bearer ${otherAlgorithm}`],
    ['for ever', `Bearer ${await sign(new SignJWT(claims).setSubject('m1:7'))}`],
    ['of nobody', `Bearer ${await sign(new SignJWT(claims).setExpirationTime(later))}`]
  ]
  for (const [name, authorization] of rows) t.equal(await ask(authorization), refused, name)
  t.strictSame(await ask(`Bearer ${good}`), session, 'the genuine one is accepted')
})

await t.test('page session: ends with the proof behind it, after an hour at most', async t => {
  const rows: Array<[name: string, proofEnds: number, sessionEnds: number]> = [
    ['ten minutes', 600_000, 600_000],
    ['a year', 365 * 24 * hour, hour]
  ]
  for (const [name, proofEnds, sessionEnds] of rows) {
    const { app, clock, ask } = await serviceFor(t)
    const token = await app.pageTokens.createSession(session, start + proofEnds)
    clock.now = start + sessionEnds - 1000
    t.strictSame(await ask(`Bearer ${token}`), session, name)
    clock.now = start + sessionEnds
    t.equal(await ask(`Bearer ${token}`), refused, name)
    const next = await app.pageTokens.createSession(session, start + 2 * hour)
    t.strictSame(await ask(`Bearer ${next}`), session, `${name}: a new one is good`)
  }
})

await t.test('page session: reuses a token while nothing changes and it lasts', async t => {
  const { app, clock, ask } = await serviceFor(t)
  const end = start + 10 * hour
  const token = await app.pageTokens.createSession(session, end)
  t.equal(await app.pageTokens.createSession({ ...session }, end), token)
  const changes = [
    { memberId: 'm2' }, { userId: 8 }, { domain: 'other.example' }, { placement: 'DEFAULT' }, { lang: 'en' },
    { isAdmin: true }
  ]
  for (const change of changes) {
    t.not(await app.pageTokens.createSession({ ...session, ...change }, end), token, JSON.stringify(change))
  }
  clock.now += hour
  const refreshed = await app.pageTokens.createSession(session, end)
  t.strictSame(await ask(`Bearer ${refreshed}`), session, 'an expired one is not handed out again')
})

await t.test('page session: accepts an older key until it is removed', async t => {
  const old = await serviceFor(t, { keys: [key(1)] })
  const token = await old.app.pageTokens.createSession(session, start + hour)
  t.strictSame(await (await serviceFor(t, { keys: [key(2), key(1)] })).ask(`Bearer ${token}`), session)
  t.equal(await (await serviceFor(t, { keys: [key(2)] })).ask(`Bearer ${token}`), refused)
  const rotated = await serviceFor(t, { keys: [key(2), key(1)] })
  const newest = await rotated.app.pageTokens.createSession(session, start + hour)
  t.equal(await old.ask(`Bearer ${newest}`), refused, 'the newest key signs')
})

await t.test('page session: uses the real clock by default', async t => {
  const app = await build(t, async app => {
    await app.register(pageSession, { keys: [key(1)], clientId: 'local.app' })
    app.get('/me', { onRequest: app.verifyPageSession }, async request => request.pageSession)
  })
  const token = await app.pageTokens.createSession(session, Date.now() + 10_000)
  t.strictSame((await app.inject({ url: '/me', headers: { authorization: `Bearer ${token}` } })).json(), session)
})

await t.test('page session: counts calls once the user is known', async t => {
  const counted: unknown[] = []
  const { app, ask } = await serviceFor(t, {
    limit: (memberId, userId) => {
      counted.push([memberId, userId])
      if (counted.length > 1) throw new RateLimitedError(1)
    }
  })
  const authorization = `Bearer ${await app.pageTokens.createSession(session, start + 1000)}`
  t.equal(await ask('Bearer a.b.c'), refused)
  t.strictSame(await ask(authorization), session)
  t.equal(await ask(authorization), '429 B24_ERR_RATE_LIMITED')
  t.strictSame(counted, [['m1', 7], ['m1', 7]])
})

await t.test('page session: ends with the installation it belongs to', async t => {
  const portals = new Map<string, number | null>([['m1', 10]])
  const asked: string[] = []
  const get = async (memberId: string) => {
    asked.push(memberId)
    const installedAt = portals.get(memberId)
    if (installedAt === undefined) return undefined
    return installationOf({ memberId, installedAt: installedAt ?? 0, uninstalledAt: installedAt === null ? 1 : null })
  }
  const { app, ask } = await serviceFor(t, { store: { get } })
  const sign = async (changes: Partial<NewPageSession> = {}) =>
    `Bearer ${await app.pageTokens.createSession({ ...session, ...changes }, start + hour)}`
  const first = await sign()
  const proven = await sign({ installedAt: 10 })
  t.equal(proven, first, 'by default it belongs to the present installation')
  const elsewhere = await sign({ memberId: 'm2' })
  t.strictSame(await ask(first), session)
  t.strictSame(await ask(elsewhere), { ...session, memberId: 'm2' }, 'of a portal that is not stored')

  portals.set('m1', null)
  t.equal(await ask(first), refused, 'uninstalled')
  t.equal(await ask(await sign()), refused, 'nor is one accepted that is signed after it')
  portals.set('m1', 20)
  portals.set('m2', 20)
  t.equal(await ask(first), refused, 'installed anew')
  t.equal(await ask(elsewhere), refused, 'nor is one from before anything was stored')
  t.equal(await ask(await sign({ installedAt: 10 })), refused, 'nor one of a call that was verified before')
  t.strictSame(await ask(await sign({ installedAt: 20 })), session)
  t.strictSame(await ask(await sign()), session)

  asked.length = 0
  for (const token of ['nonsense', first.replace(/.$/, '')]) t.equal(await ask(token), refused)
  t.strictSame(asked, [], 'the store is not asked about a forged session')
})

await t.test('page session: is refused when the store cannot be read', async t => {
  const { app, ask } = await serviceFor(t, { store: { get: async () => { throw new Error('disk full') } } })
  const token = await app.pageTokens.createSession({ ...session, installedAt: 10 }, start + hour)
  t.equal(await ask(`Bearer ${token}`), '503 B24_ERR_STORE_UNAVAILABLE')
})
