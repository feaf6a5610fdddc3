import Fastify, { type FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import t from 'tap'
import type { Test } from 'tap'
import authToken from '../../../plugins/auth-token/index.ts'
import installation, { type InstallationOptions } from '../../../plugins/installation/index.ts'
import lifecycleEvents, { type LifecycleEventsOptions } from '../../../plugins/lifecycle-events/index.ts'
import placementDispatch from '../../../plugins/placement-dispatch/index.ts'
import portalRest from '../../../plugins/portal-rest/index.ts'
import tokens from '../../../plugins/tokens/index.ts'
import type { LifecycleEventName, Portal, Sandbox, SandboxUser } from '../../../sandbox/index.ts'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import { loggerOptions } from '../../../src/log/logger.ts'
import type { LifecycleEvent } from '../../../plugins/lifecycle-events/event-schema.ts'
import type { Installation, InstallationStore } from '../../../src/store/installation-store.ts'
import { openStore, type Store } from '../../../src/store/open-store.ts'
import { installed } from '../../store-contract/contract-values.ts'
import { heldPortal } from '../../held-portal.ts'
import { logLines } from '../../log-lines.ts'
import { until } from '../../until.ts'
import { sandboxFor } from '../../sandbox/helper.ts'

const here = 'http://127.0.0.1:9'
const hour = 3_600_000
const day = 24 * hour
const settings = {
  publicUrl: here,
  handlerPath: '/placement',
  eventsPath: '/events',
  workerErrorsPath: '/events/worker',
  keys: [Buffer.alloc(32)]
}

async function storeFor (t: Test): Promise<Store> {
  const store = await openStore({
    url: 'sqlite::memory:', keyRing: createKeyRing(Buffer.alloc(32, 1).toString('base64'))
  })
  t.after(() => store.close())
  return store
}

/** A store, and how often somebody has looked for requests to uninstall. */
function lookedAt (store: Store) {
  let looks = 0
  return {
    looks: () => looks,
    store: {
      ...store,
      async uninstallRequests () {
        looks++
        return await store.uninstallRequests()
      }
    }
  }
}

interface Given {
  sandbox?: Sandbox
  store?: Store
  options?: Partial<InstallationOptions & LifecycleEventsOptions>
  placements?: string[]
  /** Called before the service is ready */
  prepare?: (app: FastifyInstance) => void
}

/** Both plugins with the two that they depend on, a store in memory, and a sandbox portal to install on. */
async function serviceFor (t: Test, given: Given = {}) {
  const sandbox = given.sandbox ?? await sandboxFor(t)
  const store = given.store ?? await storeFor(t)
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { ...loggerOptions('info'), stream } })
  t.after(() => app.close())
  const { clientId, clientSecret, authorizationServer, portals: { alpha } } = sandbox
  const servers = [authorizationServer]
  // A busy machine is no silent server.
  await app.register(authToken, { clientId, clientSecret, servers, allowInsecurePortals: true, timeout: 60_000 })
  await app.register(tokens, { store, clientId, servers })
  await app.register(portalRest, { store: { recordPortal: async () => null }, allowInsecurePortals: true })
  await app.register(placementDispatch)
  const { delays = [20], checkInterval = 60_000, ...own } = given.options ?? {}
  await app.register(installation, { ...settings, store, servers, ...own })
  await app.register(lifecycleEvents, { delays, checkInterval, ...(own.now && { now: own.now }) })
  for (const code of given.placements ?? ['REST_APP_URI', 'CRM_DEAL_DETAIL_TAB']) {
    app.placement(code, {}, async () => 'ok')
  }
  given.prepare?.(app)
  await app.ready()

  /** Installs through the proven call of a user. */
  async function install (
    user: SandboxUser = alpha.users.admin, secrets: { applicationToken?: string, refreshToken?: string } = {}
  ) {
    const { accessToken, refreshToken } = alpha.grant(user)
    const caller = await app.authToken.verify({
      memberId: alpha.memberId,
      authId: accessToken,
      applicationToken: '',
      serverEndpoint: '',
      ip: '192.0.2.1',
      installing: true
    })
    const report = await app.installations.install(caller, {
      applicationToken: alpha.applicationToken, refreshToken, ...secrets
    })
    alpha.installed = true
    return { report, accessToken, refreshToken }
  }
  return {
    app,
    sandbox,
    store,
    alpha,
    install,
    take: (name: LifecycleEventName, overrides: Record<string, string> = {}) =>
      app.lifecycleEvents.take(eventOf(alpha, name, overrides), '192.0.2.1'),
    row: () => app.installations.find(alpha.memberId),
    said: () => lines.filter(({ level }) => Number(level) >= 30).map(({ msg }) => String(msg)),
    lines
  }
}

function eventOf (portal: Portal, name: LifecycleEventName, overrides: Record<string, string> = {}): LifecycleEvent {
  const { body } = portal.event(name, overrides)
  return { ...body, event: body['event'] ?? '', 'auth[member_id]': body['auth[member_id]'] ?? '' }
}

const refusedUninstall = 'an uninstall was refused: the authorization server still calls the application installed'
const notRefreshed = 'the tokens of an installation could not be refreshed'
const keptUninstall = 'an uninstall cannot be confirmed yet; it is kept and checked again'

await t.test('installation: checks its options at registration', async t => {
  const store = await storeFor(t)
  async function register (options: Partial<InstallationOptions>) {
    const app = Fastify()
    t.after(() => app.close())
    await app.register(authToken, { clientId: 'x', clientSecret: 'x' })
    await app.register(tokens, { store, clientId: 'x', servers: [here] })
    await app.register(portalRest, { store: { recordPortal: async () => null } })
    await app.register(placementDispatch)
    await app.register(installation, { ...settings, store, servers: [here], ...options })
  }
  const address = 'publicUrl must be an address without a trailing slash'
  for (const [wrong, message] of [
    ['{"store":{}}', 'store must be a store of installations'],
    ['{"publicUrl":""}', address],
    ['{"publicUrl":"https://service.example/"}', address],
    ['{"publicUrl":"service.example"}', address],
    ['{"publicUrl":"ftp://service.example"}', address],
    ['{"handlerPath":"placement"}', 'handlerPath must be a path that begins with a slash'],
    ['{"eventsPath":""}', 'eventsPath must be a path that begins with a slash'],
    ['{"workerErrorsPath":null}', 'workerErrorsPath must be a path that begins with a slash'],
    ['{"keys":[]}', 'keys must be a list of keys of 32 bytes'],
    ['{"servers":[]}', 'servers must be a list of origins, such as https://oauth.bitrix.info'],
    ['{"servers":null}', 'servers must be a list of origins, such as https://oauth.bitrix.info'],
    ['{"turnTimeout":0}', 'turnTimeout must be a number above 0, at most 2147483647'],
    ['{"now":0}', 'now must be a function that returns a number']
  ] as const) {
    const options = JSON.parse(wrong) // as plain JavaScript may pass them
    await t.rejects(register(options), { message: `installation: options.${message}` })
  }
  for (const publicUrl of ['https://service.example', 'http://127.0.0.1:3000/b24']) {
    await t.resolves(register({ publicUrl }), publicUrl)
  }
})

await t.test('lifecycle-events: checks its options at registration', async t => {
  for (const [wrong, message] of [
    ['{"checkInterval":0}', 'checkInterval must be a number above 0, at most 2147483647'],
    ['{"delays":[]}', 'delays must hold at least one number, and none below 0'],
    ['{"delays":[-1]}', 'delays must hold at least one number, and none below 0'],
    ['{"now":0}', 'now must be a function that returns a number']
  ] as const) {
    const app = Fastify()
    t.after(() => app.close())
    const others = ['b24-auth-token', 'b24-installation', 'b24-tokens']
    for (const name of others) app.register(fp(async () => {}, { name }))
    const options = JSON.parse(wrong) // as plain JavaScript may pass them
    await t.rejects(async () => await app.register(lifecycleEvents, options), {
      message: `lifecycle-events: options.${message}`
    })
  }
})

await t.test('install: stores the portal with its tokens, and binds placements', async t => {
  const { install, row, alpha, sandbox, app } = await serviceFor(t)
  const { report, accessToken, refreshToken } = await install()
  t.match(report, { bound: ['REST_APP_URI', 'CRM_DEAL_DETAIL_TAB'], skipped: [] })
  t.match(await row(), {
    memberId: alpha.memberId,
    domain: alpha.domain,
    clientEndpoint: `${alpha.url}/rest/`,
    serverEndpoint: `${sandbox.authorizationServer}/rest/`,
    scope: alpha.scope,
    status: 'L',
    userId: 1,
    applicationToken: alpha.applicationToken,
    tokens: { accessToken, refreshToken },
    handlerUrl: `${here}/placement`,
    bindings: report,
    uninstalledAt: null
  })
  const lives = Number((await row())?.tokens?.expiresAt) - Date.now()
  t.ok(lives > hour - 10_000 &&
    lives <= hour, 'the stored token is good for as long as it lives, although it was proven before the installation')
  t.strictSame(alpha.placements.map(({ handler }) => handler), [`${here}/placement`, `${here}/placement`])
  t.strictSame(
    alpha.events.map(({ event, handler }) => `${event} ${handler}`),
    ['ONAPPINSTALL', 'ONAPPUPDATE', 'ONAPPUNINSTALL'].map(event => `${event} ${here}/events`)
  )
  await t.resolves(app.installations.ping())
})

await t.test('install: binds nothing twice, and keeps what it is not told', async t => {
  const { install, row, sandbox, alpha } = await serviceFor(t)
  const { refreshToken } = await install()
  sandbox.wire.clear()
  const ids = alpha.placements.map(({ id }) => id)
  await install(alpha.users.admin, { applicationToken: '', refreshToken: '' })
  t.strictSame(sandbox.requests.map(({ name }) => name), ['app.info', 'batch', 'batch'], 'who asks, and what is there')
  t.strictSame(alpha.placements.map(({ id }) => id), ids)
  t.match(await row(), { applicationToken: alpha.applicationToken, tokens: { refreshToken } })
})

await t.test('install: rejects who is no administrator, and delays nobody', async t => {
  const { install, row, alpha } = await serviceFor(t)
  const [employee, admin] = await Promise.allSettled([install(alpha.users.employee), install()])
  t.match(employee, { status: 'rejected', reason: { code: 'B24_ERR_NOT_ADMIN' } })
  t.equal(admin.status, 'fulfilled')
  t.match(await row(), { userId: 1 })

  const alone = await serviceFor(t)
  await t.rejects(alone.install(alone.alpha.users.employee), { code: 'B24_ERR_NOT_ADMIN' })
  t.strictSame([await alone.row(), alone.alpha.placements, alone.alpha.events], [undefined, [], []])
})

await t.test('install: runs one after the other on one portal', async t => {
  const { install, sandbox, alpha } = await serviceFor(t)
  const reports = await Promise.all([install(), install()])
  t.strictSame(reports.map(({ report }) => report.skipped), [[], []])
  t.equal(sandbox.requests.filter(({ name }) => name === 'batch').length, 5, 'only the first one had something to bind')
  t.equal(alpha.placements.length, 2)
})

await t.test('install: logs a warning for what it skipped', async t => {
  const { install, lines } = await serviceFor(t, { placements: ['REST_APP_URI', 'NO_SUCH_PLACEMENT'] })
  await install()
  const skipped = [{ code: 'NO_SUCH_PLACEMENT', reason: 'unknown:' }]
  t.match(lines.filter(({ msg }) => msg === 'installed'), [{ level: 40, bound: ['REST_APP_URI'], skipped }])
})

await t.test('install: moves every handler when PUBLIC_URL has changed', async t => {
  const first = await serviceFor(t)
  await first.install()
  const { sandbox, store } = first
  const moved = 'https://moved.example/b24'
  const second = await serviceFor(t, { sandbox, store, options: { publicUrl: moved } })
  const { report } = await second.install()
  t.strictSame(report.skipped, [])
  t.strictSame(second.alpha.placements.map(({ handler }) => handler), [`${moved}/placement`, `${moved}/placement`])
  t.strictSame([...new Set(second.alpha.events.map(({ handler }) => handler))], [`${moved}/events`])
  t.match(await second.row(), { handlerUrl: `${moved}/placement` })

  const other = await serviceFor(t, { sandbox, store, options: { handlerPath: '/widgets' } })
  await other.install()
  t.ok(other.alpha.placements.some(({ placement, handler }) => placement === 'REST_APP_URI' &&
    handler === `${here}/widgets`), 'under another path, too')
})

await t.test('take: installs for ONAPPINSTALL and ONAPPUPDATE in any case', async t => {
  for (const event of ['ONAPPINSTALL', 'OnAppInstall', 'ONAPPUPDATE']) {
    const { take, row, alpha } = await serviceFor(t)
    await take('ONAPPINSTALL', { event })
    await until(async () => (await row())?.bindings)
    t.match(
      await row(),
      { applicationToken: alpha.applicationToken, tokens: { refreshToken: /./ }, bindings: { skipped: [] } },
      event
    )
  }
})

await t.test('take: tries an event again after an outage', async t => {
  const { take, row, sandbox, said } = await serviceFor(t, {
    options: { delays: Array.from({ length: 200 }, () => 20) }
  })
  sandbox.trouble.authorizationServer = 'down'
  await take('ONAPPINSTALL')
  await until(() => said().includes('ONAPPINSTALL has to wait'))
  t.equal(await row(), undefined)
  sandbox.trouble.rest = 'down'
  sandbox.trouble.authorizationServer = 'none'
  await until(() => sandbox.requests.some(({ to }) => to === 'portal'))
  sandbox.trouble.rest = 'none'
  await until(async () => (await row())?.bindings)
  t.match(await row(), { bindings: { skipped: [] } })
})

await t.test('take: changes nothing for an unproven event', async t => {
  const { app, take, row, alpha, lines } = await serviceFor(t)
  await until(() => app.lifecycleEvents.pending() === 0)
  await t.rejects(
    app.lifecycleEvents.take({ event: 'ONAPPINSTALL', 'auth[member_id]': alpha.memberId }, '192.0.2.1'),
    { code: 'B24_ERR_AUTH_ID_MISSING' },
    'no token'
  )
  await t.rejects(
    take('ONAPPINSTALL', { 'auth[access_token]': 'forged' }), { code: 'B24_ERR_AUTH_ID_UNKNOWN' }, 'forged token'
  )
  t.strictSame([app.lifecycleEvents.pending(), lines], [0, []])
  t.equal(await row(), undefined)
})

await t.test('take: installs without a pair when only an access token came', async t => {
  const { app, row, alpha } = await serviceFor(t)
  const { accessToken } = alpha.grant(alpha.users.admin)
  await app.lifecycleEvents.take(
    { event: 'ONAPPINSTALL', 'auth[member_id]': alpha.memberId, 'auth[access_token]': accessToken }, '192.0.2.1'
  )
  await until(async () => (await row())?.bindings)
  t.match(await row(), { tokens: null, applicationToken: null })
})

await t.test('take: refuses events that it does not handle', async t => {
  const { take } = await serviceFor(t)
  await t.rejects(take('ONAPPINSTALL', { event: 'ONCRMDEALADD' }), { code: 'B24_ERR_EVENT_UNKNOWN' })
})

await t.test('take: refuses an uninstall without the right application token', async t => {
  const { app, take, install, row, alpha, sandbox } = await serviceFor(t)
  const refused = { code: 'B24_ERR_APPLICATION_TOKEN' }
  await t.rejects(take('ONAPPUNINSTALL'), refused, 'of a portal that is not stored')
  await install()
  sandbox.wire.clear()
  await t.rejects(take('ONAPPUNINSTALL', { 'auth[application_token]': 'wrong' }), refused, 'wrong')
  await t.rejects(
    app.lifecycleEvents.take({ event: 'ONAPPUNINSTALL', 'auth[member_id]': alpha.memberId }, '192.0.2.1'),
    refused,
    'missing'
  )
  t.match(await row(), { uninstallRequestedAt: null, uninstalledAt: null, tokens: { refreshToken: /./ } })
  t.strictSame(sandbox.requests, [], 'nobody is asked')
})

await t.test('uninstall: is refused while the application is installed', async t => {
  const { take, install, row, said } = await serviceFor(t)
  await install()
  const before = await row()
  await take('ONAPPUNINSTALL')
  await until(() => said().includes(refusedUninstall))
  t.strictSame({ ...await row(), updatedAt: 0 }, { ...before, updatedAt: 0 })
})

await t.test('uninstall: deletes the tokens, and ends cached proofs', async t => {
  const { app, take, install, row, alpha, said } = await serviceFor(t)
  await install()
  const authId = alpha.grant(alpha.users.employee).accessToken
  const claim = {
    memberId: alpha.memberId, authId, applicationToken: '', serverEndpoint: '', ip: '192.0.2.1', installing: false
  }
  await app.authToken.verify(claim)
  const { body } = alpha.event('ONAPPUNINSTALL')
  alpha.uninstall()
  await app.lifecycleEvents.take({ ...body, event: 'ONAPPUNINSTALL', 'auth[member_id]': alpha.memberId }, '192.0.2.1')
  await until(() => said().includes('uninstalled'))
  t.match(await row(), { tokens: null, applicationToken: null, uninstalledAt: Number, uninstallRequestedAt: null })
  await t.rejects(app.authToken.verify(claim), { code: 'B24_ERR_NOT_INSTALLED' })
  await t.rejects(take('ONAPPUNINSTALL'), { code: 'B24_ERR_APPLICATION_TOKEN' }, 'once only')
  await install()
  t.match(await row(), { tokens: { refreshToken: /./ }, uninstalledAt: null }, 'it can be installed again')
})

await t.test('uninstall: waits while the authorization server is unavailable', async t => {
  const { take, install, row, alpha, sandbox, said } = await serviceFor(t, { options: { checkInterval: 30 } })
  await install()
  sandbox.trouble.authorizationServer = 'error'
  alpha.uninstall()
  await take('ONAPPUNINSTALL')
  await until(() => said().filter(line => line === keptUninstall).length > 1)
  t.match(await row(), { tokens: { refreshToken: /./ }, uninstallRequestedAt: Number, uninstalledAt: null })
  sandbox.trouble.authorizationServer = 'none'
  await until(() => said().includes('uninstalled'))
  t.match(await row(), { tokens: null, uninstalledAt: Number })
})

await t.test('uninstall: is checked again after a restart', async t => {
  const first = await serviceFor(t)
  const { sandbox, store, alpha } = first
  await first.install()
  sandbox.trouble.authorizationServer = 'down'
  alpha.uninstall()
  await first.take('ONAPPUNINSTALL')
  await until(() => first.said().includes(keptUninstall))
  await first.app.close()
  sandbox.trouble.authorizationServer = 'none'
  const second = await serviceFor(t, { sandbox, store })
  await until(() => second.said().includes('uninstalled'))
  t.match(await store.get(alpha.memberId), { tokens: null, uninstalledAt: Number })
})

await t.test('uninstall: is checked once an hour after the first one', async t => {
  const sandbox = await sandboxFor(t)
  const store = await storeFor(t)
  const first = await serviceFor(t, { sandbox, store })
  await first.install()
  sandbox.trouble.authorizationServer = 'error'
  await first.take('ONAPPUNINSTALL')
  await until(() => first.said().includes(keptUninstall))
  await first.app.close()
  const start = Number((await store.get(first.alpha.memberId))?.uninstallRequestedAt)
  const rows: Array<[name: string, age: number, checked: boolean]> = [
    ['59 minutes', hour - 60_000, true],
    ['one hour', hour, true],
    ['an hour and half a minute', hour + 30_000, true],
    ['an hour and a minute', hour + 60_000, false],
    ['an hour and a half', 1.5 * hour, false],
    ['two days', 48 * hour, true]
  ]
  for (const [name, age, checked] of rows) {
    const { app, said } = await serviceFor(t, { sandbox, store, options: { now: () => start + age } })
    await app.close()
    t.strictSame(said().filter(message => message !== notRefreshed), checked ? [keptUninstall] : [], name)
  }
})

await t.test('uninstall: refreshes an expired token before it asks', async t => {
  const { take, install, row, alpha, store, said } = await serviceFor(t)
  const { refreshToken } = await install()
  await store.replaceTokens(alpha.memberId, { accessToken: 'old', refreshToken, expiresAt: Date.now() - 1 }, Date.now())
  await take('ONAPPUNINSTALL')
  await until(() => said().includes(refusedUninstall))
  const tokens = (await row())?.tokens
  t.ok(Number(tokens?.expiresAt) > Date.now())
  t.not(tokens?.refreshToken, refreshToken)
})

await t.test('uninstall: is forgotten with a call that proves the portal alive', async t => {
  const { store, looks } = lookedAt(await storeFor(t))
  const { take, install, row, alpha, said, sandbox } = await serviceFor(t, { store, options: { checkInterval: 30 } })
  await install()
  sandbox.trouble.authorizationServer = 'error'
  await take('ONAPPUNINSTALL')
  await until(() => said().includes(keptUninstall))
  const { memberId, domain, clientEndpoint, serverEndpoint, scope, status } = {
    ...await row(), ...alpha, domain: alpha.domain, clientEndpoint: '', serverEndpoint: '', status: 'L'
  }
  await store.recordPortal({ memberId, domain, clientEndpoint, serverEndpoint, scope, status }, Date.now())
  const before = said().length
  const seen = looks()
  await until(() => looks() > seen + 2)
  t.ok(said().length <= before + 1, 'nobody is asked any more')
  t.match(await row(), { uninstallRequestedAt: null, uninstalledAt: null })
})

await t.test('onUninstalled: calls every handler, also after one that fails', async t => {
  const gone: string[] = []
  const { take, install, alpha, said, lines } = await serviceFor(t, {
    prepare: app => {
      app.onUninstalled(async () => { throw new Error('disk full') })
      app.onUninstalled(async ({ portal }) => { gone.push(portal.memberId) })
    }
  })
  await install()
  alpha.uninstall()
  await take('ONAPPUNINSTALL')
  await until(() => said().includes('uninstalled'))
  t.strictSame(gone, [alpha.memberId])
  t.match(lines.filter(({ level }) => level === 50), [
    { err: { message: 'disk full' }, msg: 'a lifecycle handler failed' }
  ])
  await install()
  t.strictSame(gone, [alpha.memberId, alpha.memberId], 'nothing comes back with the next installation')
})

await t.test('uninstall: happens once when asked for twice', async t => {
  const { take, install, said, alpha } = await serviceFor(t)
  await install()
  alpha.uninstall()
  await Promise.all([take('ONAPPUNINSTALL'), take('ONAPPUNINSTALL')])
  await until(() => said().includes('uninstalled'))
  t.equal(said().filter(line => line === 'uninstalled').length, 1)
})

await t.test('uninstall: logs a store that cannot be read, and goes on', async t => {
  const store = await openStore({
    url: 'sqlite::memory:', keyRing: createKeyRing(Buffer.alloc(32, 1).toString('base64'))
  })
  await store.close()
  const { said, app } = await serviceFor(t, { store })
  await until(() => said().length > 2)
  t.strictSame(said().sort(), [
    'clearing old tombstones failed', 'looking at uninstalls again failed',
    'looking for lifecycle handlers to run failed'
  ])
  await t.rejects(app.installations.ping())
})

await t.test('log: holds no secret of an installation', async t => {
  const { take, install, alpha, lines, sandbox, said } = await serviceFor(t)
  const { accessToken, refreshToken } = await install()
  await take('ONAPPUNINSTALL')
  await until(() => said().includes(refusedUninstall))
  sandbox.trouble.authorizationServer = 'down'
  await take('ONAPPINSTALL', { 'auth[access_token]': 'forged-token' })
  sandbox.trouble.authorizationServer = 'none'
  await until(() => said().includes('ONAPPINSTALL failed'))
  const log = JSON.stringify(lines)
  for (const secret of [accessToken, refreshToken, alpha.applicationToken, sandbox.clientSecret, 'forged-token']) {
    t.notOk(log.includes(secret))
  }
})

await t.test('uninstall: ends when nobody can confirm it for a week', async t => {
  const clock = { now: Date.now() }
  const { install, take, row, sandbox, alpha, app } = await serviceFor(t, { options: { now: () => clock.now } })
  await install()
  alpha.uninstall()
  sandbox.trouble.authorizationServer = 'down'
  await take('ONAPPUNINSTALL')
  clock.now += 6 * 24 * hour
  await app.installations.confirmUninstall(alpha.memberId)
  t.match(await row(), { uninstalledAt: null, tokens: {} })
  clock.now += 2 * 24 * hour
  await app.installations.confirmUninstall(alpha.memberId)
  t.match(await row(), { uninstalledAt: clock.now, tokens: null })
})

await t.test('uninstall: is asked about once a minute, however often it comes', async t => {
  const { install, take, sandbox, said } = await serviceFor(t)
  await install()
  sandbox.wire.clear()
  for (let time = 0; time < 50; time++) await take('ONAPPUNINSTALL')
  await until(() => said().includes(refusedUninstall))
  t.equal(sandbox.requests.filter(({ path }) => path === '/rest/app.info').length, 1)
})

await t.test('take: refuses forged events, and keeps none', async t => {
  const { app } = await serviceFor(t)
  await until(() => app.lifecycleEvents.pending() === 0)
  const answers = await Promise.all(Array.from({ length: 1100 }, (_, index) => app.lifecycleEvents.take(
    {
      event: 'ONAPPINSTALL', 'auth[member_id]': `portal${index}`, 'auth[access_token]': `forged ${index}`
    }, `192.0.2.${index % 2}`
  ).then(() => 'taken', ({ code }) => String(code))))
  t.strictSame([...new Set(answers)].sort(), ['B24_ERR_AUTH_ID_UNKNOWN', 'B24_ERR_TOO_MANY_PROOFS'])
  t.equal(app.lifecycleEvents.pending(), 0)
})

await t.test('take: keeps true events beside forged ones in an outage', async t => {
  const { app, install, take, row, alpha, sandbox, store } = await serviceFor(t, { options: { delays: [1000] } })
  const { beta } = sandbox.portals
  await install()
  await until(() => app.lifecycleEvents.pending() === 0)
  const before = await row()
  sandbox.trouble.authorizationServer = 'down'
  /** How many of a hundred are kept. */
  async function flood (memberId: (index: number) => string, ip: (index: number) => string) {
    const kept = app.lifecycleEvents.pending()
    for (let index = 0; index < 100; index++) {
      const event = {
        event: 'ONAPPUPDATE', 'auth[member_id]': memberId(index), 'auth[access_token]': `forged ${index}`
      }
      await app.lifecycleEvents.take(event, ip(index)).catch(({ code }) =>
        t.equal(code, 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE'))
    }
    return app.lifecycleEvents.pending() - kept
  }
  t.equal(await flood(index => `portal${index}`, () => '192.0.2.7'), 10, 'from one address')
  t.equal(await flood(index => `portal${index}`, index => `2001:db8:1:${index}::1`), 20, 'from one network')
  t.equal(await flood(() => alpha.memberId, index => `192.0.2.${100 + index}`), 8, 'in the name of one portal')
  const free = app.lifecycleEvents.pending()
  t.equal(await flood(() => alpha.memberId, () => '192.0.2.100'), 0, 'the same once more')

  await take('ONAPPUPDATE')
  const first = eventOf(beta, 'ONAPPINSTALL')
  beta.installed = true
  await app.lifecycleEvents.take(first, '198.51.100.1')
  t.equal(app.lifecycleEvents.pending() - free, 2, 'true ones have room')
  sandbox.trouble.authorizationServer = 'none'
  await until(() => app.lifecycleEvents.pending() === 0)
  t.match(
    await store.get(beta.memberId), { tokens: { refreshToken: first['auth[refresh_token]'] } }, 'a first installation'
  )
  t.not((await row())?.tokens?.accessToken, before?.tokens?.accessToken, 'an update')
})

await t.test("a portal's users know its token, and cannot use up the room of others with it", async t => {
  const { app, install, take, alpha, sandbox } = await serviceFor(t)
  const { beta } = sandbox.portals
  await install()
  await until(() => app.lifecycleEvents.pending() === 0)
  sandbox.trouble.authorizationServer = 'down'
  const answers: string[] = []
  for (let index = 0; index < 100; index++) {
    const event = eventOf(alpha, 'ONAPPUPDATE', { 'auth[access_token]': `forged ${index}` })
    answers.push(await app.lifecycleEvents.take(event, `198.51.100.${index}`).then(() =>
      'taken', ({ code }) => String(code)))
  }
  t.strictSame(answers, answers.map((_, index) => index < 4 ? 'taken' : 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE'))
  await t.resolves(app.lifecycleEvents.take(eventOf(beta, 'ONAPPINSTALL'), '192.0.2.1'))
  await t.rejects(take('ONAPPUPDATE', { 'auth[server_endpoint]': 'https://evil.example/rest/' }), {
    code: 'B24_ERR_SERVER_ENDPOINT'
  })
})

await t.test("the events of one portal's users have a share, and no other portal waits for them", async t => {
  const { app, alpha, sandbox, row } = await serviceFor(t)
  await until(() => app.lifecycleEvents.pending() === 0)
  const { portal, held, release } = await heldPortal(t, sandbox, () => true)
  alpha.installed = portal.installed = true
  const users = [1, 2, 3, 4, 5].map(id => ({ ...portal.users.admin, id }))
  const answers: string[] = []
  for (const name of ['ONAPPINSTALL', 'ONAPPUPDATE'] as const) {
    for (const user of users) {
      const event = eventOf(portal, name, { 'auth[access_token]': portal.grant(user).accessToken })
      answers.push(await app.lifecycleEvents.take(event, '192.0.2.1').then(() => 'taken', ({ code }) => String(code)))
    }
  }
  t.strictSame(answers, answers.map((_, index) => index < 8 ? 'taken' : 'B24_ERR_TOO_MANY_INSTALLATIONS'))
  await app.lifecycleEvents.take(eventOf(alpha, 'ONAPPINSTALL'), '192.0.2.1')
  await until(async () => (await row())?.bindings)
  t.equal(held(), 5, 'one request for each user')
  release()
})

await t.test('take: works once on an event that is repeated', async t => {
  const { app, alpha, row, sandbox } = await serviceFor(t)
  alpha.installed = true
  const event = eventOf(alpha, 'ONAPPINSTALL')
  await app.lifecycleEvents.take(event, '192.0.2.1')
  await until(() => app.lifecycleEvents.pending() === 0)
  t.match(await row(), { bindings: { skipped: [] } })
  sandbox.wire.clear()
  for (const ip of ['192.0.2.1', '198.51.100.1']) await app.lifecycleEvents.take({ ...event }, ip)
  t.strictSame([sandbox.requests, app.lifecycleEvents.pending()], [[], 0])
  await app.lifecycleEvents.take({ ...event, event: 'ONAPPUPDATE' }, '192.0.2.1')
  await until(() => app.lifecycleEvents.pending() === 0)
  t.equal(sandbox.requests.length > 0, true, 'another one is worked on')
})

await t.test('take: keeps ONAPPUSERREADY until the application is installed', async t => {
  const { app, take, install, store, alpha, sandbox, said } = await serviceFor(t)
  const waits = () => said().filter(line => line === 'ONAPPUSERREADY has to wait').length
  await take('ONAPPUSERREADY', { event: 'OnAppUserReady' })
  await until(() => waits() > 0)
  t.equal(await store.systemUsers.get(alpha.memberId), undefined)
  t.notOk(sandbox.requests.some(({ name }) => name === 'refresh_token'), 'its refresh token is not spent before')
  await install()
  await until(() => app.lifecycleEvents.pending() === 0)
  t.match(await store.systemUsers.get(alpha.memberId), { userId: 9 })
  await store.markUninstalled(alpha.memberId, Date.now())
  await take('ONAPPUSERREADY')
  const before = waits()
  await until(() => waits() > before)
  t.match(await store.systemUsers.get(alpha.memberId), { tokens: null })
})

await t.test('take: keeps ONAPPUSERREADY during an outage', async t => {
  for (const kind of ['rest', 'authorizationServer'] as const) {
    const { app, take, install, store, alpha, sandbox, said } = await serviceFor(t)
    await install()
    sandbox.trouble[kind] = 'down'
    await take('ONAPPUSERREADY')
    await until(() => said().includes('ONAPPUSERREADY has to wait'))
    sandbox.trouble[kind] = 'none'
    await until(() => app.lifecycleEvents.pending() === 0)
    t.match(await store.systemUsers.get(alpha.memberId), { userId: 9 }, kind)
  }
})

await t.test('uninstall: is kept when the store cannot take it now', async t => {
  const store = await storeFor(t)
  const trouble = { isAway: false }
  const get: InstallationStore['get'] = async memberId => {
    if (trouble.isAway) throw new Error('disk full')
    return await store.get(memberId)
  }
  const { install, take, row, alpha, said } = await serviceFor(t, { store: { ...store, get } })
  await install()
  alpha.uninstall()
  trouble.isAway = true
  await take('ONAPPUNINSTALL')
  await until(() => said().includes('ONAPPUNINSTALL has to wait'))
  trouble.isAway = false
  await until(async () => (await row())?.uninstalledAt != null)
  t.match(await row(), { tokens: null })
})

await t.test('uninstall: is written once, however often it comes', async t => {
  const store = await storeFor(t)
  let writes = 0
  const requestUninstall: InstallationStore['requestUninstall'] = async (...wish) => {
    writes++
    await store.requestUninstall(...wish)
  }
  const { install, take, sandbox, row } = await serviceFor(t, { store: { ...store, requestUninstall } })
  await install()
  sandbox.trouble.authorizationServer = 'down'
  await take('ONAPPUNINSTALL')
  await until(() => sandbox.requests.some(({ path }) => path === '/rest/app.info'))
  for (let time = 0; time < 1000; time++) await take('ONAPPUNINSTALL')
  t.equal(writes, 2, 'once when it comes, and once when the question is put')
  t.match(await row(), { uninstallRequestedAt: Number, uninstallClean: true })
  await take('ONAPPUNINSTALL', { 'data[CLEAN]': '0' })
  t.equal(writes, 3, 'but for one that keeps settings and data')
  t.match(await row(), { uninstallRequestedAt: Number, uninstallClean: false })
})

await t.test('install: ends with its time when a portal never answers', async t => {
  const store = await storeFor(t)
  const calls: string[] = []
  const { app, sandbox } = await serviceFor(t, {
    store: {
      ...store,
      install: async (...row) => { calls.push('install'); return await store.install(...row) }
    },
    options: { turnTimeout: 5000 }
  })
  // Who asks is answered, what is there is not.
  const { portal, held, release } = await heldPortal(t, sandbox, body => body.includes('placement.get'))
  const { accessToken } = portal.grant(portal.users.admin)
  const { memberId } = portal
  const caller = await app.authToken.verify({
    memberId, authId: accessToken, applicationToken: '', serverEndpoint: '', ip: '192.0.2.1', installing: true
  })
  const install = () => app.installations.install(caller, { applicationToken: '', refreshToken: '' })
  const installing = t.rejects(install(), { code: 'B24_ERR_PORTAL_UNAVAILABLE' })
  await until(() => held() === 1)
  await t.resolves(app.installations.confirmUninstall(memberId), 'the next one has its turn')
  await installing
  release()
  await t.resolves(install())
  t.equal(calls.filter(name => name === 'install').length, 1)
})

await t.test('install: writes nothing when its time is over', async t => {
  const store = await storeFor(t)
  let installs = 0
  const released = Promise.withResolvers<void>()
  let waiting = 0
  const { install, row } = await serviceFor(t, {
    store: {
      ...store,
      install: async (...row) => {
        installs++
        return await store.install(...row)
      }
    },
    options: { turnTimeout: 5000 },
    prepare: app => {
      app.onUninstalled(async () => {
        waiting++
        await released.promise
      })
    }
  })
  await install()
  const { memberId } = await row() as Installation
  await store.markUninstalled(memberId, Date.now())
  const late = t.rejects(install(), { code: 'B24_ERR_PORTAL_UNAVAILABLE' })
  await until(() => waiting > 0)
  await late
  released.resolve()
  await t.resolves(install())
  t.equal(installs, 2)
})

await t.test('uninstall: is not lost beside a forged one', async t => {
  const { install, take, row, sandbox, alpha, said } = await serviceFor(t, { options: { checkInterval: 1500 } })
  await install()
  sandbox.trouble.authorizationServerDelay = 100
  await take('ONAPPUNINSTALL')
  await take('ONAPPUNINSTALL')
  await until(() => said().includes(refusedUninstall))
  t.match(await row(), { uninstallRequestedAt: null, uninstalledAt: null })
  alpha.uninstall()
  await until(async () => (await row())?.uninstalledAt != null)
  t.match(await row(), { tokens: null, applicationToken: null })
})

await t.test('uninstall: is not lost beside an installation', async t => {
  const { install, take, row, alpha, sandbox, said } = await serviceFor(t)
  await install()
  sandbox.trouble.restDelay = 100
  sandbox.wire.clear()
  const installing = install()
  // The second one looks at what is bound, under the turn.
  await until(() => sandbox.requests.filter(({ path }) => path.includes('batch')).length === 2)
  sandbox.trouble.authorizationServerDelay = 100
  await take('ONAPPUNINSTALL')
  await installing
  alpha.uninstall()
  await until(() => said().includes('uninstalled'))
  t.match(await row(), { tokens: null, uninstalledAt: Number })
})

await t.test('uninstall: is not asked about again once it is over', async t => {
  const { store, looks } = lookedAt(await storeFor(t))
  const { install, take, row, alpha, said } = await serviceFor(t, { store, options: { checkInterval: 200 } })
  await install()
  alpha.uninstall()
  await take('ONAPPUNINSTALL')
  await take('ONAPPUNINSTALL')
  await until(async () => (await row())?.uninstalledAt != null)
  const seen = looks()
  await until(() => looks() > seen + 1)
  t.strictSame(said().filter(line => line.includes('failed')), [])
})

await t.test('take: names a store that does not answer', async t => {
  const store = await storeFor(t)
  const { app, alpha } = await serviceFor(t, { store: { ...store, get: async () => { throw new Error('disk full') } } })
  await t.rejects(app.installations.find(alpha.memberId), {
    code: 'B24_ERR_STORE_UNAVAILABLE', cause: { message: 'disk full' }
  })
})

await t.test('tombstones: are cleared 90 days after the uninstall', async t => {
  const store = await storeFor(t)
  const now = Date.now()
  const portals = [['living', undefined], ['89 days', 89], ['91 days', 91]] as const
  for (const [memberId, days] of portals) {
    await store.install({ ...installed, memberId }, 10)
    if (days !== undefined) await store.markUninstalled(memberId, now - days * day)
  }
  const { app } = await serviceFor(t, { store, options: { now: () => now } })
  await app.close()
  const { domain } = installed
  const names = await Promise.all(portals.map(async ([memberId]) => (await store.get(memberId))?.domain))
  t.strictSame(names, [domain, domain, ''])
})

await t.test('tombstones: a store that fails does not stop the service', async t => {
  const store = await storeFor(t)
  const clearTombstones = async () => { throw new Error('disk full') }
  const { lines } = await serviceFor(t, { store: { ...store, clearTombstones } })
  await until(() => lines.length > 0)
  t.match(lines, [{ msg: 'clearing old tombstones failed', err: { message: 'disk full' } }])
})

await t.test('install: refuses all but the latest of one user', async t => {
  const { install, sandbox } = await serviceFor(t)
  sandbox.trouble.restDelay = 300
  const codes = await Promise.all(Array.from({ length: 3 }, () => install().then(() =>
    'installed', ({ code }) => code)))
  t.strictSame(codes.sort(), ['B24_ERR_TOO_MANY_INSTALLATIONS', 'installed', 'installed'])
})

await t.test('isInstalled: tells one installation from the next', async t => {
  const { app, install, store, sandbox: { portals: { alpha: { memberId } } } } = await serviceFor(t)
  const { installations } = app
  t.equal(await installations.isInstalled(memberId, undefined), false, 'not yet')
  await install()
  const since = (await store.get(memberId))?.installedAt
  t.equal(await installations.isInstalled(memberId, undefined), true)
  t.equal(await installations.isInstalled(memberId, since), true)
  t.equal(await installations.isInstalled(memberId, Number(since) - 1), false, 'an earlier one')
  await store.markUninstalled(memberId, Date.now())
  t.equal(await installations.isInstalled(memberId, since), false, 'no longer')
})
