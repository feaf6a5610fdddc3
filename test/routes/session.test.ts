import { decodeJwt } from 'jose'
import t, { type Test } from 'tap'
import type { SandboxUser } from '../../sandbox/index.ts'
import { movableClock } from '../clock.ts'
import { codeOf, sessionIn, startService, type ServiceOptions } from '../service.ts'

const minute = 60_000
const hour = 60 * minute

/** An installed service, whose application tokens are required, with a page that an employee has opened. */
async function openPage (t: Test, options: ServiceOptions = {}) {
  const clock = movableClock(t)
  const service = await startService(t, { env: { B24_APPLICATION_TOKEN: 'required' }, ...options })
  await service.install()
  const { alpha, beta } = service.sandbox.portals
  const { employee, admin } = alpha.users
  const open = async (user: SandboxUser = employee) =>
    sessionIn(await service.call(alpha.placementCall('REST_APP_URI', { user, lang: 'de' })))
  const send = async (session: string, body: object) => {
    const headers = { authorization: `Bearer ${session}`, 'content-type': 'application/json' }
    const answer = await fetch(`${service.url}/api/session`, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: answer.status, text: await answer.text() }
  }
  const exchange = async (session: string, authId: string): Promise<{ session: string, expiresIn: number }> => {
    const { status, text } = await send(session, { authId })
    t.equal(status, 200, text)
    return JSON.parse(text)
  }
  const refusal = async (session: string, authId: string) => {
    const answer = await send(session, { authId })
    return `${answer.status} ${codeOf(answer)}`
  }
  const me = async (session: string) =>
    await (await fetch(`${service.url}/api/me`, { headers: { authorization: `Bearer ${session}` } })).json()
  const tokenOf = (user: SandboxUser = employee, options = {}) => alpha.grant(user, options).accessToken
  return { ...service, clock, alpha, beta, employee, admin, open, send, exchange, refusal, me, tokenOf }
}

await t.test('session: a page of three hours ago gets a new one', async t => {
  const { clock, alpha, employee, open, exchange, me, tokenOf } = await openPage(t)
  const first = await open()
  clock.advance(3 * hour)
  t.match(await me(first), { error: 'B24_ERR_PAGE_SESSION' })
  const { session, expiresIn } = await exchange(first, tokenOf())
  t.equal(expiresIn, 900)
  t.strictSame(await me(session), {
    user: { id: employee.id },
    portal: { memberId: alpha.memberId, domain: alpha.domain },
    placement: 'REST_APP_URI',
    lang: 'de'
  })
  clock.advance(15 * minute)
  t.match(await me(session), { error: 'B24_ERR_PAGE_SESSION' }, 'it lasts for a quarter of an hour')
  t.match(await me((await exchange(session, tokenOf())).session), { user: { id: employee.id } })
})

await t.test('session: is refreshed before it ends, too', async t => {
  const { clock, open, exchange, tokenOf } = await openPage(t)
  const authId = tokenOf()
  const { session } = await exchange(await open(), authId)
  clock.advance(14 * minute)
  const next = await exchange(session, authId)
  t.equal(next.expiresIn, 900, 'the same token gives a whole new session')
  t.not(next.session, session)
})

await t.test('session: ends with the proof behind it', async t => {
  const { open, exchange, me, tokenOf } = await openPage(t)
  const { session, expiresIn } = await exchange(await open(), tokenOf(undefined, { expiresIn: 60 }))
  t.ok(expiresIn > 50 && expiresIn <= 60, `${expiresIn}`)
  t.match(await me(session), { placement: 'REST_APP_URI' })
})

await t.test('session: cannot be exchanged a day after its end', async t => {
  const { clock, open, exchange, refusal, tokenOf } = await openPage(t)
  const first = await open()
  clock.advance(25 * hour - minute)
  await exchange(first, tokenOf())
  clock.advance(2 * minute)
  t.equal(await refusal(first, tokenOf()), '401 B24_ERR_PAGE_SESSION')
})

await t.test('session: is refused to whoever is not the user of the page', async t => {
  const { clock, alpha, beta, admin, open, refusal, tokenOf } = await openPage(t)
  const session = await open()
  const [head, payload] = session.split('.')
  clock.advance(3 * hour)
  const others = tokenOf(undefined, { clientId: 'local.other' })
  const rows: Array<[name: string, session: string, authId: string, refused: string]> = [
    ['no session', '', tokenOf(), '401 B24_ERR_PAGE_SESSION'],
    ['a session without its signature', `${head}.${payload}.`, tokenOf(), '401 B24_ERR_PAGE_SESSION'],
    ['no token', session, '', '401 B24_ERR_AUTH_ID_MISSING'],
    ['another user', session, tokenOf(admin), '401 B24_ERR_PAGE_SESSION'],
    ['another portal', session, beta.grant(beta.users.employee).accessToken, '403 B24_ERR_FOREIGN_PORTAL'],
    ['another application', session, others, '403 B24_ERR_FOREIGN_APPLICATION'],
    ['expired', session, tokenOf(undefined, { expiresIn: -1 }), '401 B24_ERR_AUTH_ID_EXPIRED'],
    ['invented', session, 'f'.repeat(70), '401 B24_ERR_AUTH_ID_UNKNOWN']
  ]
  for (const [name, session, authId, refused] of rows) t.equal(await refusal(session, authId), refused, name)
  alpha.state.trouble.authorizationServer = 'down'
  t.equal(await refusal(session, tokenOf()), '503 B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE')
})

await t.test('session: is refused to a user whom the portal has removed', async t => {
  const { sandbox, open, send, exchange, admin, tokenOf } = await openPage(t)
  const [session, authId] = [await open(), tokenOf()]
  await exchange(session, authId)
  sandbox.trouble.access = 'denied'
  const refused = await send(session, { authId })
  t.match(JSON.parse(refused.text), { status: 502, error: 'B24_ERR_PORTAL_REFUSED', portalCode: 'user_access_error' })
  await exchange(await open(admin), tokenOf(admin))
})

await t.test('session: ends with the installation', async t => {
  const { alpha, open, refusal, store, install, tokenOf } = await openPage(t)
  const session = await open()
  await store.markUninstalled(alpha.memberId, Date.now())
  t.equal(await refusal(session, tokenOf()), '401 B24_ERR_PAGE_SESSION')
  await install()
  t.equal(await refusal(session, tokenOf()), '401 B24_ERR_PAGE_SESSION', 'that of an earlier installation')
})

await t.test('session: says what the portal says of the administrator now', async t => {
  let profile: unknown = { ADMIN: true }
  const { admin, open, exchange, tokenOf } = await openPage(t, { methods: { profile: () => profile } })
  const rows: Array<[profile: unknown, admin: true | undefined]> = [
    [{ ADMIN: true }, true], [{ ADMIN: false }, undefined], [{ ADMIN: 'Y' }, undefined], [null, undefined]
  ]
  for (const [said, expected] of rows) {
    profile = said
    const { session } = await exchange(await open(admin), tokenOf(admin))
    t.equal(decodeJwt(session)['admin'], expected, JSON.stringify(said))
  }
})

await t.test('session: counts for its user, and takes nothing but its body', async t => {
  const { open, send, refusal, admin, tokenOf } = await openPage(t)
  const session = await open()
  for (const body of [{}, { authId: { a: 1 } }, { authId: 'f'.repeat(1025) }]) {
    t.match(await send(session, body), { status: 400 }, JSON.stringify(body).slice(0, 40))
  }
  t.match(await send(session, { authId: 'f'.repeat(5000) }), { status: 413 })
  const answers = await Promise.all(Array.from({ length: 70 }, async () => await refusal(session, '')))
  t.ok(answers.includes('401 B24_ERR_AUTH_ID_MISSING'))
  t.ok(answers.includes('429 B24_ERR_RATE_LIMITED'))
  t.match(await send(await open(admin), { authId: tokenOf(admin) }), { status: 200 }, 'others are not stopped')
})

await t.test('session: takes a body of JSON only', async t => {
  const { url, open, tokenOf } = await openPage(t)
  const body = JSON.stringify({ authId: tokenOf() })
  const headers = { authorization: `Bearer ${await open()}` }
  const answer = await fetch(`${url}/api/session`, { method: 'POST', headers, body })
  t.match(await answer.json(), { error: 'B24_ERR_CONTENT_TYPE', status: 415 }, 'text/plain, as nobody named a type')
})
