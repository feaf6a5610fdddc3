import { mock } from 'node:test'
import Fastify from 'fastify'
import fp from 'fastify-plugin'
import t from 'tap'
import authToken, { type AuthTokenOptions } from '../../../plugins/auth-token/index.ts'
import tokens, { checkClient, type TokensOptions } from '../../../plugins/tokens/index.ts'
import { createAuthorizationServers } from '../../../plugins/auth-token/authorization-server.ts'
import { createHttpClient } from '../../../src/http/http-client.ts'
import { jsonServerFor } from '../../servers.ts'
import { until } from '../../until.ts'
import { sandboxFor } from '../../sandbox/helper.ts'
import { worldFor, type Given } from './world.ts'

interface Scope { after: (fn: () => unknown) => void }

async function serviceFor (
  t: Scope, options: Partial<TokensOptions> = {}, given: Given = {}, authOptions: Partial<AuthTokenOptions> = {}
) {
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

await t.test('tokens: hand out an access token that is good for a minute', async t => {
  const { app, install, memberId, store, asked } = await serviceFor(t, {}, { ahead: { ms: 5.1 * 60_000 } })
  const { accessToken } = await install(70 + 5.1 * 60)
  t.equal((await app.tokens.holder(memberId)).tokens.accessToken, accessToken)
  const refreshed = await app.tokens.holder(memberId, accessToken)
  t.equal((await app.tokens.holder(memberId)).tokens.accessToken, refreshed.tokens.accessToken)
  t.equal((await store.get(memberId))?.tokens?.accessToken, refreshed.tokens.accessToken)
  t.equal(asked(), 1)
  t.strictSame(app.tokens.refreshes(), {
    refreshed: 1, superseded: 0, lost: 0, refused: 0, unavailable: 0, recovered: 0, recovery_refused: 0
  })
  t.match(app.tokens.refreshErrors(), { lost: 0, other: 0 })
})

await t.test('tokens: recover a dead pair in the background', async t => {
  const { app, install, memberId, sandbox, store } = await serviceFor(t)
  const { alpha } = sandbox.portals
  const { accessToken, refreshToken } = alpha.grant(alpha.users.admin)
  const call = await app.authToken.verify({
    memberId, authId: accessToken, applicationToken: '', serverEndpoint: '', ip: '192.0.2.1', installing: false
  })
  await install()
  await store.recordRefresh(memberId, { code: 'lost', at: 0, attempts: 1, nextTryAt: Infinity }, 1)
  await t.rejects(app.tokens.holder(memberId), { code: 'B24_ERR_TOKENS_LOST' })
  t.equal(app.tokens.recover({ call, refreshToken, isAdmin: async () => true }), undefined)
  await until(async () => app.tokens.refreshes().recovered === 1)
  await t.resolves(app.tokens.holder(memberId))
})

await t.test('tokens: refresh a pair that was unused for 150 days', async t => {
  let looks = 0
  const { install, asked, store, memberId } = await serviceFor(t, { keepAlivePause: 20 }, {
    ahead: { ms: 151 * 24 * 3_600_000 },
    around: store => ({
      ...store,
      async staleTokens (...args) {
        looks++
        return await store.staleTokens(...args)
      }
    })
  })
  await install()
  await until(async () => (await store.get(memberId))?.tokenVersion === 2)
  const before = looks
  await until(() => looks > before + 3)
  t.equal(asked(), 1)
})

await t.test('tokens: close without waiting for the pause', async t => {
  let looks = 0
  t.after(() => mock.timers.reset())
  mock.timers.enable({ apis: ['setInterval'] })
  const { install, app, asked } = await serviceFor(t, { keepAlivePause: 600_000 }, {
    ahead: { ms: 151 * 24 * 3_600_000 },
    around: store =>
      ({ ...store, staleTokens: async (...args) => { looks++; return await store.staleTokens(...args) } })
  })
  await install()
  mock.timers.tick(600_000)
  await until(() => looks === 1)
  await app.close()
  t.equal(looks, 1)
  t.equal(asked(), 0)
})

await t.test('tokens: close after a refresh under way has stored its pair', async t => {
  const { app, install, memberId, store, sandbox } = await serviceFor(t, { patience: 300 })
  sandbox.trouble.authorizationServerDelay = 600
  const { accessToken } = await install()
  await t.rejects(app.tokens.holder(memberId), { code: 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE' })
  await app.close()
  const row = await store.get(memberId)
  t.equal(row?.tokenVersion, 2)
  t.not(row?.tokens?.accessToken, accessToken)
})

await t.test('tokens: give a refresh more time than a question', async t => {
  const { app, install, memberId, sandbox } = await serviceFor(t, {}, {}, { timeout: 1500 })
  sandbox.trouble.authorizationServerDelay = 2000
  const { accessToken } = await install()
  t.not((await app.tokens.holder(memberId)).tokens.accessToken, accessToken)
})

await t.test('tokens: hold the lease a third longer than the server is given', async t => {
  for (const [refreshTimeout, lease] of [[3000, 4000], [4000, 5334]] as const) {
    const leases: number[] = []
    const { app, install, memberId } = await serviceFor(t, {}, {
      around: store => ({
        ...store,
        acquireTokenLease: async (...args) => {
          leases.push(args[2] - args[3])
          return await store.acquireTokenLease(...args)
        }
      })
    }, { refreshTimeout })
    await install()
    await app.tokens.holder(memberId)
    t.strictSame(leases, [lease])
  }
})

const clientSecret = 'top-secret-of-the-client'

await t.test('checkClient: logs once when no server takes the application', async t => {
  const { post, close } = createHttpClient({ timeout: 5000 })
  t.after(close)
  const rows: Array<[answers: string[], said: RegExp | undefined]> = [
    [['invalid_grant'], undefined],
    [['invalid_client'], /B24_CLIENT_SECRET/],
    [['wrong_client'], /B24_CLIENT_ID/],
    [['wrong_client', 'invalid_grant'], undefined],
    [['wrong_client', 'wrong_client'], /B24_CLIENT_ID/],
    [['invalid_client', 'wrong_client'], /B24_CLIENT_SECRET/],
    [['invalid_client', 'invalid_grant'], undefined],
    [['wrong_client', 'overload_limit'], undefined],
    [['invalid_client', 'overload_limit'], /B24_CLIENT_SECRET/],
    [['overload_limit'], undefined],
    [['payment_required'], undefined]
  ]
  for (const [answers, said] of rows) {
    const lines: string[] = []
    const servers = await Promise.all(answers.map(error => jsonServerFor(t, 400, { error })))
    const authorizationServers = createAuthorizationServers({
      post, clientId: 'local.app', clientSecret, now: Date.now
    })
    const log = { error: (fields: object, message?: string) => { lines.push(JSON.stringify(fields) + message) } }
    await checkClient(authorizationServers, servers, log)
    t.equal(lines.length, said === undefined ? 0 : 1, answers.join())
    if (said !== undefined) t.match(lines[0], said, answers.join())
    t.notMatch(lines.join(), clientSecret)
  }
})

await t.test('checkClient: logs nothing for a server of another kind, or none', async t => {
  const { post, close } = createHttpClient({ timeout: 5000 })
  t.after(close)
  const { authorizationServer, clientId } = await sandboxFor(t)
  const lines: unknown[] = []
  const log = { error: (fields: object) => { lines.push(fields) } }
  const authorizationServers = createAuthorizationServers({ post, clientId, clientSecret, now: Date.now })
  const check = (servers: string[]) => checkClient(authorizationServers, servers, log)
  await check(['http://127.0.0.1:9', await jsonServerFor(t, 200, { access_token: 'a', member_id: '' })])
  t.strictSame(lines, [])
  await check([authorizationServer])
  t.strictSame(lines, [{ code: 'invalid_client' }])
})

await t.test('tokens: checks its options at registration', async t => {
  const { app, store, sandbox } = await serviceFor(t)
  const { clientId, authorizationServer } = sandbox
  const good: TokensOptions = { store, clientId, servers: [authorizationServer] }
  for (const [wrong, message] of [
    ['{"store":null}', 'store must be a store of installations'],
    ['{"store":{}}', 'store must be a store of installations'],
    ['{"clientId":""}', 'clientId must be a text that is not empty'],
    ['{"servers":[]}', 'servers must be a list of origins, such as https://oauth.bitrix.info'],
    ['{"servers":null}', 'servers must be a list of origins, such as https://oauth.bitrix.info'],
    ['{"patience":0}', 'patience must be a number above 0, at most 2147483647'],
    ['{"keepAlivePause":"often"}', 'keepAlivePause must be a number above 0, at most 2147483647'],
    ['{"checksClient":1}', 'checksClient must be true or false'],
    ['{"now":0}', 'now must be a function that returns a number']
  ] as const) {
    const fastify = Fastify()
    t.after(() => fastify.close())
    await fastify.register(fp(async fastify => { fastify.decorate('authToken', app.authToken) }, {
      name: 'b24-auth-token'
    }))
    const options = { ...good, ...JSON.parse(wrong) } // as plain JavaScript may pass them
    await t.rejects(async () => await fastify.register(tokens, options), { message: `tokens: options.${message}` })
  }
})
