import Fastify from 'fastify'
import t, { type Test } from 'tap'
import authToken from '../../../plugins/auth-token/index.ts'
import tokens, { type TokensOptions } from '../../../plugins/tokens/index.ts'
import type { Sandbox } from '../../../sandbox/index.ts'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import type { InstallationStore } from '../../../src/store/installation-store.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { startPostgres } from '../../postgres.ts'
import { sandboxFor } from '../../sandbox/helper.ts'
import { installationOn } from '../../service.ts'
import { until } from '../../until.ts'

const keyRing = createKeyRing(Buffer.alloc(32, 1).toString('base64'))
const postgres = await startPostgres()
const day = 24 * 3_600_000

/** One process of a service: its tokens, over a store of its own on this database. */
async function processOn (t: Test, url: string, sandbox: Sandbox, options: Partial<TokensOptions> = {}) {
  const store = await openStore({ url, keyRing })
  t.after(() => store.close())
  const app = Fastify()
  t.after(() => app.close())
  const { clientId, clientSecret, authorizationServer } = sandbox
  const servers = [authorizationServer]
  const { now = Date.now } = options
  await app.register(authToken, { clientId, clientSecret, servers, allowInsecurePortals: true, now })
  await app.register(tokens, { store, clientId, servers, ...options })
  await app.ready()
  return { ...app.tokens, store }
}

/** Alpha, where the application is installed, and the store has pairs of its administrator and its system user. */
async function scene (t: Test, url: string, options: Partial<TokensOptions> = {}, expiresIn = -60) {
  const sandbox = await sandboxFor(t)
  const { alpha } = sandbox.portals
  alpha.installed = true
  const { memberId } = alpha
  const one = await processOn(t, url, sandbox, options)
  const stored = Date.now() - 600_000
  /** Stores new pairs, which have expired or are as old as they may be. */
  async function put (store: InstallationStore): Promise<void> {
    await store.install(installationOn(alpha, sandbox, expiresIn), stored)
    const { accessToken, refreshToken, expiresAt } = alpha.grant(alpha.systemUser, { expiresIn })
    await store.systemUsers.put(memberId, 9, { accessToken, refreshToken, expiresAt: expiresAt * 1000 }, stored)
  }
  await put(one.store)
  const refreshes = () => sandbox.requests.filter(({ name }) => name === 'refresh_token').length
  return { ...one, sandbox, alpha, memberId, refreshes, put }
}

const databases = [
  ['SQLite', (t: Test) => `sqlite:${t.testdir()}/test.db`], ['PostgreSQL', () => postgres.createDatabase()]
] as const

for (const [kind, url] of databases) {
  await t.test(`${kind}: of many processes one refreshes the pair of a system user`, async t => {
    const address = url(t)
    const { preferred, holder, sandbox, memberId, refreshes, store } = await scene(t, address)
    const asking = [preferred]
    for (let n = 0; n < 3; n++) asking.push((await processOn(t, address, sandbox)).preferred)
    const found = await Promise.all([...asking, ...asking, ...asking].map(ask => ask(memberId)))
    t.equal(refreshes(), 1)
    t.equal(new Set(found.map(({ tokens }) => tokens.accessToken)).size, 1)
    t.ok(found.every(({ userId }) => userId === 9))
    t.match(await store.systemUsers.get(memberId), { tokenVersion: 2, refresh: null })
    t.match(await store.get(memberId), { tokenVersion: 1 }, 'the other pair is as it was')
    t.match(await holder(memberId), { userId: 1 })
    t.equal(refreshes(), 2, 'each pair has its own lease')
  })
}

for (const [kind, url] of databases) {
  await t.test(`${kind}: a dead pair of a system user waits for the next one`, async t => {
    const { preferred, isLostSystemUser, storeSystemUser, memberId, store, sandbox, alpha } = await scene(t, url(t))
    const spent = { accessToken: 'expired', refreshToken: 'spent', expiresAt: 0 }
    await store.systemUsers.replaceTokens(memberId, spent, Date.now())
    t.notOk(await isLostSystemUser(memberId, 9), 'nobody knows yet')
    t.match(await preferred(memberId), { userId: 1 })
    t.match(await store.systemUsers.get(memberId), { refresh: { code: 'lost' } })
    t.ok(await isLostSystemUser(memberId, 9))
    t.notOk(await isLostSystemUser(memberId, 1), 'another user')
    t.notOk(await isLostSystemUser('another', 9))
    const claim = { memberId, userId: 9, senderId: 1, serverEndpoint: `${sandbox.authorizationServer}/rest/` }
    t.notOk(await storeSystemUser({ ...claim, refreshToken: 'made-up' }))
    t.notOk(await isLostSystemUser(memberId, 9, 1), 'who has brought nothing is not believed at once')
    t.ok(await isLostSystemUser(memberId, 9, 2))
    t.match(await preferred(memberId), { userId: 1 })
    t.ok(await storeSystemUser({ ...claim, refreshToken: alpha.grant(alpha.systemUser).refreshToken }))
    t.match(await preferred(memberId), { userId: 9 })
    t.notOk(await isLostSystemUser(memberId, 9))
    const unreadable = { access_token: 'v1.00000000.a.b.c' }
    await store.database.updateTable('system_users').set(unreadable).where('member_id', '=', memberId).execute()
    t.ok(await isLostSystemUser(memberId, 9), 'no key opens it')
    t.match(await preferred(memberId), { userId: 1 })
    await store.markUninstalled(memberId, Date.now())
    t.notOk(await isLostSystemUser(memberId, 9), 'it is gone')
  })

  await t.test(`${kind}: a system user that the portal refuses rests for ten minutes`, async t => {
    let now = Date.now()
    const scenery = await scene(t, url(t), { now: () => now }, 3600)
    const { preferred, holder, systemUserRefused, storeSystemUser, memberId, store, sandbox, alpha } = scenery
    t.notOk(await systemUserRefused(memberId, 1, 'user_access_error'), 'the administrator is nobody\'s substitute')
    t.notOk(await systemUserRefused('another', 9, 'user_access_error'))
    t.match(await preferred(memberId), { userId: 9 })
    for (let time = 0; time < 2; time++) t.ok(await systemUserRefused(memberId, 9, 'user_access_error'))
    t.match(await preferred(memberId), { userId: 1 })
    t.match(await store.systemUsers.get(memberId), { refresh: null }, 'nothing speaks against its tokens')
    now += 599_000
    t.match(await preferred(memberId), { userId: 1 })
    now += 2000
    t.match(await preferred(memberId), { userId: 9 })
    await systemUserRefused(memberId, 9, 'user_access_error')
    const { refreshToken } = alpha.grant(alpha.systemUser)
    const serverEndpoint = `${sandbox.authorizationServer}/rest/`
    t.ok(await storeSystemUser({ memberId, userId: 9, senderId: 1, refreshToken, serverEndpoint }))
    t.match(await preferred(memberId), { userId: 9 }, 'a new pair is tried at once')
    t.match(await holder(memberId), { userId: 1 })
  })
}

await t.test('PostgreSQL: refreshes both pairs of a portal at the same time', async t => {
  const url = postgres.createDatabase()
  const { preferred, holder, sandbox, memberId, refreshes } = await scene(t, url)
  const other = await processOn(t, url, sandbox)
  const found = await Promise.all([preferred, holder, other.preferred, other.holder].map(ask => ask(memberId)))
  t.strictSame(found.map(({ userId }) => userId), [9, 1, 9, 1])
  t.equal(refreshes(), 2)
})

await t.test('preferred: falls back when the system user\'s is refused, and that only', async t => {
  const { preferred, holder, memberId, store, put } = await scene(t, 'sqlite::memory:', {}, 3600)
  t.match(await preferred(memberId), { userId: 9 })
  for (const code of ['lost', 'not_installed', 'payment_required', 'invalid_scope', 'unavailable']) {
    await put(store)
    const { tokenVersion = 0, tokens } = await store.systemUsers.get(memberId) ?? {}
    await store.systemUsers.replaceTokens(memberId, { ...tokens!, expiresAt: 0 }, Date.now())
    const state = { code, at: Date.now(), attempts: 1, nextTryAt: Infinity }
    await store.systemUsers.recordRefresh(memberId, state, tokenVersion + 1)
    if (code === 'unavailable') {
      await t.rejects(preferred(memberId), { code: 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE' })
    } else t.match(await preferred(memberId), { userId: 1 }, code)
    t.match(await holder(memberId), { userId: 1, refresh: null })
  }
  await store.markUninstalled(memberId, Date.now())
  await t.rejects(preferred(memberId), { code: 'B24_ERR_NOT_INSTALLED' })
  await t.rejects(preferred('another'), { code: 'B24_ERR_NOT_INSTALLED' })
})

await t.test('preferred: refreshes a token that the portal calls expired, of whom it was', async t => {
  const { preferred, memberId, refreshes, store } = await scene(t, 'sqlite::memory:', {}, 3600)
  const { tokens: { accessToken } } = await preferred(memberId)
  const refreshed = await preferred(memberId, accessToken)
  t.match(refreshed, { userId: 9, tokenVersion: 2 })
  t.equal(refreshes(), 1)
  t.match(await store.get(memberId), { tokenVersion: 1 })
})

await t.test('keep-alive: refreshes the pairs of system users, too', async t => {
  const now = () => Date.now() + 151 * day
  const { store, memberId, refreshes } = await scene(t, 'sqlite::memory:', {
    keepAlivePause: 20, now
  })
  await until(async () => (await store.systemUsers.get(memberId))?.tokenVersion === 2)
  await until(async () => (await store.get(memberId))?.tokenVersion === 2)
  for (const pairs of [store, store.systemUsers]) t.strictSame(await pairs.staleTokens(now() - 150 * day, 9), [])
  t.equal(refreshes(), 2)
})

await t.test('recover: a call lets refused refreshes of both pairs be tried again', async t => {
  for (const isRefused of [true, false]) {
    const { store, memberId, recover, alpha, sandbox } = await scene(t, 'sqlite::memory:')
    const state = { code: 'payment_required', at: Date.now() - 600_000, attempts: 6, nextTryAt: Date.now() + day }
    await store.recordRefresh(memberId, state, 1)
    if (isRefused) await store.systemUsers.recordRefresh(memberId, state, 1)
    const { tokens: _tokens, ...address } = installationOn(alpha, sandbox)
    const { clientId } = sandbox
    const call = {
      ...address, accessToken: '', clientId, origin: alpha.url, userId: 2, installed: true, expiresAt: 0
    }
    recover({ call, refreshToken: '', isAdmin: async () => false })
    for (const pairs of isRefused ? [store, store.systemUsers] : [store]) {
      await until(async () => Number((await pairs.get(memberId))?.refresh?.nextTryAt) <= Date.now())
    }
    const { refresh = null } = await store.systemUsers.get(memberId) ?? {}
    t.match(refresh, isRefused ? { code: 'payment_required', attempts: 6 } : null)
  }
})

await t.test('storeSystemUser: sends nothing to a server that is not listed', async t => {
  const { storeSystemUser, memberId, alpha, sandbox } = await scene(t, 'sqlite::memory:')
  const claim = {
    memberId,
    userId: 9,
    senderId: 1,
    refreshToken: alpha.grant(alpha.systemUser).refreshToken,
    serverEndpoint: 'https://evil.example/'
  }
  t.equal(await storeSystemUser(claim), false)
  t.strictSame(sandbox.requests, [])
})

await t.test('storeSystemUser: drops a pair that comes after the uninstall', async t => {
  const { storeSystemUser, memberId, alpha, sandbox, store } = await scene(t, 'sqlite::memory:')
  const { refreshToken } = alpha.grant(alpha.systemUser)
  const serverEndpoint = `${sandbox.authorizationServer}/rest/`
  await store.markUninstalled(memberId, Date.now())
  t.equal(await storeSystemUser({ memberId, userId: 9, senderId: 1, refreshToken, serverEndpoint }), false)
  t.match(await store.systemUsers.get(memberId), { tokens: null, userId: null })
})
