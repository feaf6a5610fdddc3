import Fastify from 'fastify'
import t from 'tap'
import authToken from '../../plugins/auth-token.ts'
import tokens, { type TokensOptions } from '../../plugins/tokens.ts'
import { until } from '../helper.ts'
import { worldFor, type Given } from '../src/tokens/world.ts'

interface Scope { after: (fn: () => unknown) => void }

async function serviceFor (t: Scope, options: Partial<TokensOptions> = {}, given: Given = {}) {
  const world = await worldFor(t, given)
  const { sandbox: { clientId, clientSecret, authorizationServer }, store, now } = world
  const app = Fastify()
  t.after(() => app.close())
  const servers = [authorizationServer]
  await app.register(authToken, { clientId, clientSecret, servers, allowInsecurePortals: true, now })
  await app.register(tokens, { store, clientId, servers, now, ...options })
  await app.ready()
  return { ...world, app }
}

await t.test('an access token of the installation is good for a minute at least', async t => {
  const { app, install, memberId, store, asked } = await serviceFor(t)
  const { accessToken } = await install(70)
  t.equal(await app.tokens.accessToken(memberId), accessToken)
  const renewed = await app.tokens.holder(memberId, accessToken)
  t.equal(await app.tokens.accessToken(memberId), renewed.tokens.accessToken)
  t.equal((await store.get(memberId))?.tokens?.accessToken, renewed.tokens.accessToken)
  t.equal(asked(), 1)
  t.strictSame(app.tokens.counts(), { renewed: 1, superseded: 0, lost: 0, refused: 0, silent: 0, revived: 0, revival_refused: 0 })
})

await t.test('an administrator\'s offer is taken in the background when the pair is dead', async t => {
  const { app, install, memberId, sandbox, store } = await serviceFor(t)
  const { alpha } = sandbox.portals
  const { accessToken, refreshToken } = alpha.grant(alpha.users.admin)
  const caller = await app.authToken.verifyClaim({ memberId, authId: accessToken, applicationToken: '', serverEndpoint: '', caller: '192.0.2.1', installing: false })
  await install()
  await store.recordRenewal(memberId, { code: 'lost', at: 0, attempts: 1, nextTryAt: Infinity }, 1)
  await t.rejects(app.tokens.accessToken(memberId), { code: 'B24_ERR_TOKENS_LOST' })
  t.equal(app.tokens.offer({ caller, refreshToken, isAdmin: async () => true }), undefined)
  await until(async () => app.tokens.counts().revived === 1)
  await t.resolves(app.tokens.accessToken(memberId))
})

await t.test('what nobody used for 150 days is renewed by itself', async t => {
  const { install, asked, store, memberId } = await serviceFor(t, { keepAlivePause: 20 }, { ahead: { ms: 151 * 24 * 3_600_000 } })
  await install()
  await until(async () => (await store.get(memberId))?.tokenVersion === 2)
  await new Promise(resolve => setTimeout(resolve, 100))
  t.equal(asked(), 1)
})

await t.test('a service that ends does not wait for the pause', async t => {
  const { app, install, asked } = await serviceFor(t, { keepAlivePause: 500 }, { ahead: { ms: 151 * 24 * 3_600_000 } })
  await install()
  await new Promise(resolve => setTimeout(resolve, 600))
  const start = Date.now()
  await app.close()
  t.ok(Date.now() - start < 200)
  t.equal(asked(), 0)
})
