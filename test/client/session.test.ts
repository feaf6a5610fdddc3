import t from 'tap'
import { failure, openPage } from './scene.ts'
import { createApi } from '../../client/api.ts'
import { FrameError } from '../../client/frame.ts'
import { keepSession } from '../../client/session.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute

await t.test('api: a page that was idle for three hours makes its next call', async t => {
  const { api, clock, employee, asked, exchanges } = await openPage(t)
  t.match(await api('/api/me'), { user: { id: employee.id } })
  t.equal(exchanges(), 0)
  clock.advance(3 * hour)
  t.match(await api('/api/me'), { user: { id: employee.id } })
  t.match(await api('/api/me'), { user: { id: employee.id } })
  t.equal(exchanges(), 1)
  t.strictSame(asked, ['getAuth', 'refreshAuth'])
})

await t.test('api: refreshes the session before it ends', async t => {
  const { api, clock, exchanges, lines } = await openPage(t)
  await api('/api/me')
  for (const [passed, expected] of [[58, 0], [1.5, 1], [13.5, 1], [1, 2]] as const) {
    clock.advance(passed * minute)
    await api('/api/me')
    t.equal(exchanges(), expected, `after ${passed} minutes more`)
  }
  t.strictSame(lines().filter(({ msg, status }) => msg === 'call' && status === 401), [], 'no call was refused')
})

await t.test('api: refreshes the session once for calls at the same time', async t => {
  const { api, clock, exchanges } = await openPage(t)
  clock.advance(3 * hour)
  const answers = await Promise.all(Array.from({ length: 10 }, async () => await api('/api/me')))
  t.equal(answers.length, 10)
  t.equal(exchanges(), 1)
})

await t.test('api: refreshes a session that the service does not take', async t => {
  const { api, clock, page, frame, url: origin, exchanges, grant, open } = await openPage(t)
  const { now } = Date
  const session = await open(grant(120).authId)
  clock.advance(10 * minute)
  // The clock of the page's machine is ten minutes late: the plugins of the service have kept the other one.
  Date.now = () => now() - 10 * minute
  const late = createApi({ page: { ...page, session }, frame: async () => frame, origin })
  const answers = await Promise.all(Array.from({ length: 5 }, async () => await late('/api/me')))
  t.equal(answers.length, 5)
  t.equal(exchanges(), 1)
  const [header] = session.split('.')
  const forged = `${header}.${Buffer.from('{"exp":9000000000}').toString('base64url')}.`
  const other = createApi({ page: { ...page, session: forged }, frame: async () => frame, origin })
  t.match(await failure(other('/api/me')), ['B24_ERR_PAGE_SESSION', 401, /^Die Seite war zu lange geöffnet/])
  t.equal(exchanges(), 2, 'once')
  t.ok(await api('/api/me'))
})

await t.test('session: is not refreshed over and over when the clock is wrong', async t => {
  let exchanges = 0
  const exchange = async () => ({ session: `new-${++exchanges}`, expiresIn: 900 })
  const payload = Buffer.from(JSON.stringify({ exp: (Date.now() - hour) / 1000 })).toString('base64url')
  const { current, after } = keepSession({ session: `header.${payload}.signature`, exchange })
  t.strictSame([await current(), await current(), await current()], ['new-1', 'new-1', 'new-1'])
  t.strictSame([await after('another'), await after('new-1')], ['new-1', 'new-2'])
})

await t.test('session: can be refreshed again after a failure', async t => {
  let exchanges = 0
  async function exchange () {
    if (++exchanges === 1) throw new Error('refused')
    return { session: 'new', expiresIn: 900 }
  }
  const { current, after } = keepSession({ session: 'mock', exchange })
  t.equal(await current(), 'mock', 'what is no session of the service does not end')
  await t.rejects(Promise.all([after('mock'), after('mock')]), { message: 'refused' })
  t.equal(exchanges, 1)
  t.equal(await after('mock'), 'new')
})

await t.test('session: is used until its end while it cannot be exchanged', async t => {
  const { now } = Date
  t.after(() => { Date.now = now })
  let exchanges = 0
  async function exchange () {
    if (++exchanges > 1) throw new Error('refused')
    return { session: 'new', expiresIn: 900 }
  }
  const { current, after } = keepSession({ session: 'mock', exchange })
  t.equal(await after('mock'), 'new')
  Date.now = () => now() + 14.5 * minute
  t.equal(await current(), 'new')
  Date.now = () => now() + 15 * minute
  await t.rejects(current(), { message: 'refused' })
  t.equal(exchanges, 3, 'it was tried each time')
})

await t.test('api: asks the portal for a new token where the old one does not last', async t => {
  const { api, clock, portal, grant, asked, exchanges } = await openPage(t)
  clock.advance(3 * hour)
  portal.auth = grant()
  await api('/api/me')
  t.strictSame(asked.splice(0), ['getAuth'], 'a token of an hour is good')
  clock.advance(3 * hour)
  portal.auth = grant(60)
  await api('/api/me')
  t.strictSame(asked.splice(0), ['getAuth', 'refreshAuth'], 'a token of a minute is not')
  clock.advance(3 * hour)
  portal.auth = { authId: 'f'.repeat(70), expiresAt: Date.now() + hour }
  await api('/api/me')
  t.strictSame(asked, ['getAuth', 'refreshAuth'], 'nor is one that the service does not take')
  t.equal(exchanges(), 4)
})

await t.test('api: says so when the session cannot be refreshed', async t => {
  const { api, clock, frame, sandbox, page, url: origin } = await openPage(t)
  clock.advance(3 * hour)
  sandbox.trouble.access = 'denied'
  t.match(await failure(api('/api/me')), ['B24_ERR_PORTAL_REFUSED', 502, /Bitrix24/])
  sandbox.trouble.access = 'none'
  frame.getAuth = async () => { throw new FrameError('B24_FRAME_NO_ANSWER', 'The portal did not answer') }
  const texts = { unreachable: 'Nicht erreichbar', expired: 'Abgelaufen' }
  const german = createApi({ page: { ...page, texts }, frame: async () => frame, origin })
  t.strictSame(await failure(german('/api/me')), ['B24_FRAME_NO_ANSWER', 0, 'Abgelaufen'])
  const alone = createApi({
    page, frame: async () => { throw new FrameError('B24_FRAME_OUTSIDE', 'This page is not inside Bitrix24') }, origin
  })
  t.match(await failure(alone('/api/me')), { code: 'B24_FRAME_OUTSIDE', message: 'This page is not inside Bitrix24' })
  t.match(await failure(api('/api/me')), ['B24_FRAME_NO_ANSWER', 0, /^This page was open too long/], 'or in English')
})
