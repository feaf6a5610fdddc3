import { mock } from 'node:test'
import Fastify from 'fastify'
import t from 'tap'
import authToken, { type AuthTokenOptions } from '../../../plugins/auth-token/index.ts'
import tokens, { type TokensOptions } from '../../../plugins/tokens/index.ts'
import { until } from '../../helper.ts'
import { worldFor, type Given } from './world.ts'

interface Scope { after: (fn: () => unknown) => void }

async function serviceFor (t: Scope, options: Partial<TokensOptions> = {}, given: Given = {}, authOptions: Partial<AuthTokenOptions> = {}) {
  const world = await worldFor(t, given)
  const { sandbox: { clientId, clientSecret, authorizationServer }, store, now } = world
  const app = Fastify()
  t.after(() => app.close())
  const servers = [authorizationServer]
  await app.register(authToken, { clientId, clientSecret, servers, allowInsecurePortals: true, now, ...authOptions })
  await app.register(tokens, { store, clientId, servers, now, ...options })
  await app.ready()
  return { ...world, app }
}

await t.test('an access token of the installation is good for a minute at least', async t => {
  const { app, install, memberId, store, asked } = await serviceFor(t, {}, { ahead: { ms: 5.1 * 60_000 } })
  const { accessToken } = await install(70 + 5.1 * 60)
  t.equal(await app.tokens.accessToken(memberId), accessToken)
  const refreshed = await app.tokens.holder(memberId, accessToken)
  t.equal(await app.tokens.accessToken(memberId), refreshed.tokens.accessToken)
  t.equal((await store.get(memberId))?.tokens?.accessToken, refreshed.tokens.accessToken)
  t.equal(asked(), 1)
  t.strictSame(app.tokens.counts(), { refreshed: 1, superseded: 0, lost: 0, refused: 0, unavailable: 0, recovered: 0, recovery_refused: 0 })
  t.match(app.tokens.refusals(), { lost: 0, other: 0 })
})

await t.test('an administrator\'s offer is taken in the background when the pair is dead', async t => {
  const { app, install, memberId, sandbox, store } = await serviceFor(t)
  const { alpha } = sandbox.portals
  const { accessToken, refreshToken } = alpha.grant(alpha.users.admin)
  const caller = await app.authToken.verify({ memberId, authId: accessToken, applicationToken: '', serverEndpoint: '', ip: '192.0.2.1', installing: false })
  await install()
  await store.recordRefresh(memberId, { code: 'lost', at: 0, attempts: 1, nextTryAt: Infinity }, 1)
  await t.rejects(app.tokens.accessToken(memberId), { code: 'B24_ERR_TOKENS_LOST' })
  t.equal(app.tokens.recover({ caller, refreshToken, isAdmin: async () => true }), undefined)
  await until(async () => app.tokens.counts().recovered === 1)
  await t.resolves(app.tokens.accessToken(memberId))
})

await t.test('what nobody used for 150 days is refreshed by itself', async t => {
  const { install, asked, store, memberId } = await serviceFor(t, { keepAlivePause: 20 }, { ahead: { ms: 151 * 24 * 3_600_000 } })
  await install()
  await until(async () => (await store.get(memberId))?.tokenVersion === 2)
  await new Promise(resolve => setTimeout(resolve, 100))
  t.equal(asked(), 1)
})

await t.test('a service that ends does not wait for the pause', async t => {
  let looks = 0
  t.after(() => mock.timers.reset())
  mock.timers.enable({ apis: ['setInterval'] })
  const { install, app, asked } = await serviceFor(t, { keepAlivePause: 600_000 }, {
    ahead: { ms: 151 * 24 * 3_600_000 },
    around: store => ({ ...store, staleTokens: async (...args) => { looks++; return await store.staleTokens(...args) } })
  })
  await install()
  mock.timers.tick(600_000)
  await until(() => looks === 1)
  await app.close()
  t.equal(looks, 1)
  t.equal(asked(), 0)
})

await t.test('a service that ends waits for a refresh that its caller did not wait for, and stores the pair', async t => {
  const { app, install, memberId, store, sandbox } = await serviceFor(t, { patience: 300 })
  sandbox.trouble.authorizationServerDelay = 600
  const { accessToken } = await install()
  await t.rejects(app.tokens.accessToken(memberId), { code: 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE' })
  await app.close()
  const row = await store.get(memberId)
  t.equal(row?.tokenVersion, 2)
  t.not(row?.tokens?.accessToken, accessToken)
})

await t.test('a server may take longer for a refresh than for a question', async t => {
  const { app, install, memberId, sandbox } = await serviceFor(t, {}, {}, { timeout: 1500 })
  sandbox.trouble.authorizationServerDelay = 2000
  const { accessToken } = await install()
  t.not(await app.tokens.accessToken(memberId), accessToken)
})

await t.test('another process leaves a refresh alone for a third longer than the server is given', async t => {
  const leases: number[] = []
  const { app, install, memberId } = await serviceFor(t, {}, {
    around: store => ({ ...store, acquireTokenLease: async (...args) => { leases.push(args[2] - args[3]); return await store.acquireTokenLease(...args) } })
  }, { refreshTimeout: 3000 })
  await install()
  await app.tokens.accessToken(memberId)
  t.strictSame(leases, [4000])
})
