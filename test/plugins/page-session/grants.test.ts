import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import pageSession, { type PageSessionOptions } from '../../../plugins/page-session/index.ts'
import { build, installationOf } from '../../build.ts'

const key = (byte: number) => new Uint8Array(32).fill(byte)
const session = { memberId: 'm1', userId: 7, domain: 'portal.example', placement: 'CRM_DEAL_DETAIL_TAB', lang: 'en' }
const hour = 3_600_000
const start = 1_700_000_000_000
const Deal = Type.Object({ deal: Type.Integer() })
const refused = '401 B24_ERR_PAGE_SESSION'

/** A bare Fastify whose routes seal what a page posts, and open a grant for a deal. */
async function serviceFor (t: Test, changes: Partial<PageSessionOptions> = {}) {
  const clock = { now: start }
  let counted = 0
  const app = await build(t, async app => {
    const limit = () => { counted++ }
    const now = () => clock.now
    await app.register(pageSession, { keys: [key(1)], clientId: 'local.app', now, limit, ...changes })
    app.decorateRequest('verifiedCall', null)
    app.post<{ Body: Record<string, unknown> }>('/seal', async request => {
      await app.verifyPageSession(request)
      return { grant: await app.pageTokens.sealGrant(request, request.body) }
    })
    app.post<{ Body: Record<string, unknown> }>('/unverified', async request =>
      await app.pageTokens.sealGrant(request, request.body))
    const open = async (request: Parameters<typeof app.verifyPageSession>[0]) =>
      await app.pageTokens.openGrant(request, String(request.headers['grant']), Deal)
    app.post('/open', open)
    app.post('/verified/open', { onRequest: app.verifyPageSession }, open)
  })
  const ask = async (url: string, user: Partial<typeof session>, given: { payload?: object, grant?: string } = {}) => {
    const token = await app.pageTokens.createSession({ ...session, ...user }, clock.now + hour)
    const { payload = {}, grant = '' } = given
    const headers = { authorization: `Bearer ${token}`, grant }
    const answer = await app.inject({ method: 'POST', url, headers, payload })
    return answer.statusCode === 200 ? answer.json() : `${answer.statusCode} ${answer.json().code}`
  }
  const seal = async (payload: object, user = {}): Promise<string> => (await ask('/seal', user, { payload })).grant
  return { app, clock, ask, seal, counted: () => counted }
}

await t.test('grant: opens for the user it was sealed for', async t => {
  const { ask, seal, counted } = await serviceFor(t)
  const grant = await seal({ deal: 8061 })
  t.strictSame(await ask('/open', {}, { grant }), { deal: 8061 })
  const elsewhere = { placement: 'LEFT_MENU', lang: 'de' }
  t.strictSame(await ask('/open', elsewhere, { grant }), { deal: 8061 }, 'on other pages, too')
  const before = counted()
  t.strictSame(await ask('/verified/open', {}, { grant }), { deal: 8061 })
  t.equal(counted(), before + 1, 'a session that is verified counts once')
})

await t.test('grant: does not open for anybody or anything else', async t => {
  const { ask, seal } = await serviceFor(t)
  const other = await serviceFor(t, { clientId: 'local.other' })
  const grant = await seal({ deal: 8061 })
  const rows: Array<[name: string, user: Partial<typeof session>, grant: string]> = [
    ['another user', { userId: 8 }, grant],
    ['another portal', { memberId: 'm2' }, grant],
    ['another application', {}, await other.seal({ deal: 8061 })],
    ['changed', {}, `${grant}x`],
    ['none', {}, ''],
    ['another record', {}, await seal({ task: 8061 })],
    ['another type', {}, await seal({ deal: '8061' })]
  ]
  for (const [name, user, grant] of rows) t.equal(await ask('/open', user, { grant }), refused, name)
})

await t.test('grant: is no page session, and only a verified user gets one', async t => {
  const { app, ask, seal } = await serviceFor(t)
  const authorization = `Bearer ${await seal({ deal: 8061 })}`
  t.equal((await app.inject({ method: 'POST', url: '/open', headers: { authorization } })).statusCode, 401)
  const token = await app.pageTokens.createSession(session, start + hour)
  t.equal(await ask('/open', {}, { grant: token }), refused, 'nor is a session a grant')
  t.equal(await ask('/unverified', {}, { payload: { deal: 1 } }), refused)
})

await t.test('grant: ends after a day', async t => {
  const { clock, ask, seal } = await serviceFor(t)
  const grant = await seal({ deal: 8061 })
  clock.now += 24 * hour - 1000
  t.strictSame(await ask('/open', {}, { grant }), { deal: 8061 })
  clock.now += 1000
  t.equal(await ask('/open', {}, { grant }), refused)
})

await t.test('grant: ends with the installation', async t => {
  let installedAt = 10
  const { ask, seal } = await serviceFor(t, {
    store: { get: async memberId => installationOf({ memberId, installedAt }) }
  })
  const grant = await seal({ deal: 8061 })
  t.strictSame(await ask('/open', {}, { grant }), { deal: 8061 })
  installedAt = 20
  t.equal(await ask('/open', {}, { grant }), refused)
})

await t.test('grant: opens with an older key until that is removed', async t => {
  const grant = await (await serviceFor(t)).seal({ deal: 8061 })
  const rotated = await serviceFor(t, { keys: [key(2), key(1)] })
  t.strictSame(await rotated.ask('/open', {}, { grant }), { deal: 8061 })
  t.equal(await (await serviceFor(t, { keys: [key(2)] })).ask('/open', {}, { grant }), refused)
})
