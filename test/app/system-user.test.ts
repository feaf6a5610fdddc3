import t, { type Test } from 'tap'
import type { Portal } from '../../sandbox/index.ts'
import { codeOf, startService, type ServiceOptions } from '../service.ts'
import { until } from '../until.ts'

/** A service that is installed on alpha, which has not sent the pair of its system user yet. */
async function scene (t: Test, options: ServiceOptions = {}) {
  const service = await startService(t, options)
  const { sandbox, fastify, store } = service
  const { alpha, beta } = sandbox.portals
  alpha.hasSystemUser = true
  await service.install()
  /** Sends ONAPPUSERREADY of alpha, and waits for the work. Out: the code of its refusal, or `accepted`. */
  async function send (overrides: Record<string, string> = {}, path = '/install'): Promise<string> {
    const answer = await service.post(path, alpha.event('ONAPPUSERREADY', overrides).body)
    await until(() => fastify.lifecycleEvents.pending() === 0)
    return codeOf(answer) ?? JSON.parse(answer.text).status
  }
  const portal = () => fastify.portal(alpha.memberId)
  /** The users that the service is on alpha: without a user who calls, and as the administrator. */
  const who = async () => await Promise.all([portal().rest, portal().adminRest].map(rest =>
    rest.call<{ ID: string }>('profile').then(({ ID }) => ID, ({ code }) => String(code))))
  const systemUser = async () => await store.systemUsers.get(alpha.memberId)
  const refreshes = () => sandbox.requests.filter(({ name }) => name === 'refresh_token').length
  const events = () => service.lines().map(({ event }) => event).filter(event => /^system-user/.test(String(event)))
  /** Makes the pair of the system user old enough to be refreshed with its next use. */
  async function expire (): Promise<void> {
    const row = await systemUser()
    if (row?.tokens) await store.systemUsers.replaceTokens(alpha.memberId, { ...row.tokens, expiresAt: 0 }, Date.now())
  }
  /** Refreshes, until the service knows that the pair is dead. */
  async function lose (): Promise<void> {
    await expire()
    sandbox.trouble.refresh = 'cut'
    await portal().rest.call('profile').catch(() => undefined)
    sandbox.trouble.refresh = 'none'
    await until(async () => Number((await systemUser())?.refresh?.nextTryAt) < Date.now())
    await portal().rest.call('profile')
  }
  return { ...service, alpha, beta, send, who, systemUser, refreshes, events, expire, lose }
}

await t.test('system user: is stored at the installation, and acts for it', async t => {
  const { install, fastify, store, sandbox, lines } = await startService(t)
  const { alpha } = sandbox.portals
  await install()
  t.match(await store.systemUsers.get(alpha.memberId), { userId: 9, tokens: {}, refresh: null, tokenVersion: 1 })
  t.match(await store.get(alpha.memberId), { userId: 1, tokens: {} })
  const { rest, adminRest } = fastify.portal(alpha.memberId)
  t.match(await rest.call('profile'), { ID: '9', ADMIN: false })
  t.match(await adminRest.call('profile'), { ID: '1', ADMIN: true })
  t.match(lines().find(({ event }) => event === 'system-user.stored'), { user: 9, ip: '127.0.0.1', member: /^.{12}$/ })
})

type Overrides = (portals: { alpha: Portal, beta: Portal }) => Record<string, string>
const pairIn = (part: string, { accessToken, refreshToken }: ReturnType<Portal['grant']>, userId: number) => ({
  [`${part}[access_token]`]: accessToken,
  [`${part}[refresh_token]`]: refreshToken,
  [`${part}[user_id]`]: String(userId)
})

const refused: Array<[name: string, code: string, overrides: Overrides]> = [
  ['a made-up access token', 'B24_ERR_AUTH_ID_UNKNOWN', () => ({ 'auth[access_token]': 'made-up' })],
  ['no access token', 'B24_ERR_AUTH_ID_MISSING', () => ({ 'auth[access_token]': '' })],
  ['a server that is not listed', 'B24_ERR_SERVER_ENDPOINT', () =>
    ({ 'auth[server_endpoint]': 'https://oauth.evil.example/rest/' })],
  ['a token of another portal', 'B24_ERR_FOREIGN_PORTAL', ({ beta }) =>
    pairIn('auth', beta.grant(beta.users.admin), 1)],
  ['a token of another application', 'B24_ERR_FOREIGN_APPLICATION', ({ alpha }) =>
    pairIn('auth', alpha.grant(alpha.users.admin, { clientId: 'local.other' }), 1)],
  ['a long refresh token', 'B24_ERR_CALL_MALFORMED', () => ({ 'data[refresh_token]': 'a'.repeat(257) })],
  ['an employee, who calls himself the system user', 'accepted', ({ alpha }) => {
    const grant = alpha.grant(alpha.users.employee)
    return { ...pairIn('auth', grant, 2), ...pairIn('data', grant, 2) }
  }],
  ['an employee, who has the pair of the system user', 'accepted', ({ alpha }) =>
    pairIn('auth', alpha.grant(alpha.users.employee), 1)],
  ['the pair of an employee', 'accepted', ({ alpha }) => pairIn('data', alpha.grant(alpha.users.employee), 9)],
  ['the pair of a user of another portal', 'accepted', ({ beta }) =>
    pairIn('data', beta.grant(beta.systemUser), 9)],
  ['the pair of another application', 'accepted', ({ alpha }) =>
    pairIn('data', alpha.grant(alpha.systemUser, { clientId: 'local.other' }), 9)],
  ['a made-up refresh token', 'accepted', () => ({ 'data[refresh_token]': 'made-up' })],
  ['no refresh token', 'accepted', () => ({ 'data[refresh_token]': '' })],
  ['no user', 'accepted', () => ({ 'data[user_id]': '' })],
  ['another user', 'accepted', () => ({ 'data[user_id]': '2' })]
]
for (const [name, code, overrides] of refused) {
  await t.test(`system user: refuses ${name}`, async t => {
    const { send, who, systemUser, events, alpha, beta, sandbox } = await scene(t)
    t.equal(await send(overrides({ alpha, beta })), code)
    t.strictSame(events(), code === 'accepted' ? ['system-user.refused'] : [])
    t.equal(await systemUser(), undefined)
    t.strictSame(await who(), ['1', '1'])
    t.notOk(sandbox.requests.some(({ to, memberId }) => to === 'portal' && memberId === beta.memberId))
  })
}

await t.test('system user: an attack does not harm a pair that works', async t => {
  const { send, who, systemUser, alpha, beta } = await scene(t)
  t.equal(await send({}, '/events'), 'accepted')
  const before = await systemUser()
  for (const [name, code, overrides] of refused) {
    t.equal(await send(overrides({ alpha, beta })), code, name)
    t.strictSame(await systemUser(), before, name)
  }
  t.strictSame(await who(), ['9', '1'])
})

await t.test('system user: asks only the server that has proven the sender', async t => {
  const { send, who } = await scene(t)
  const elsewhere = { 'data[server_endpoint]': 'https://oauth.evil.example/rest/', 'data[member_id]': 'another' }
  t.equal(await send(elsewhere), 'accepted')
  t.strictSame(await who(), ['9', '1'])
})

await t.test('system user: an event that comes twice spends one refresh token', async t => {
  const { alpha, post, fastify, systemUser, refreshes, who } = await scene(t)
  const { body } = alpha.event('ONAPPUSERREADY')
  for (const path of ['/install', '/events', '/install']) {
    t.equal((await post(path, body)).status, 200)
    await until(() => fastify.lifecycleEvents.pending() === 0)
    t.equal((await systemUser())?.tokenVersion, 1)
  }
  t.equal(refreshes(), 1)
  // Another process does not know what this one has done.
  const call = await fastify.authToken.verify({
    memberId: alpha.memberId,
    authId: String(body['auth[access_token]']),
    applicationToken: '',
    serverEndpoint: '',
    ip: '192.0.2.1',
    installing: true
  })
  const refreshToken = String(body['data[refresh_token]'])
  await fastify.installations.storeSystemUser(call, { userId: 9, refreshToken, ip: '192.0.2.1' })
  t.equal((await systemUser())?.tokenVersion, 1)
  t.strictSame(await who(), ['9', '1'])
})

await t.test('system user: gives way to the administrator when lost', async t => {
  const { send, who, systemUser, lose, refreshes } = await scene(t)
  await send()
  await lose()
  t.match(await systemUser(), { refresh: { code: 'lost' } })
  const asked = refreshes()
  t.strictSame(await who(), ['1', '1'])
  t.equal(refreshes(), asked, 'what is lost is not asked for again')
  t.equal(await send(), 'accepted')
  t.match(await systemUser(), { refresh: null })
  t.strictSame(await who(), ['9', '1'], 'it comes back with the next event')
})

await t.test('system user: brings lost tokens back with an event of its own', async t => {
  for (const event of ['ONAPPUPDATE', 'ONAPPUSERREADY'] as const) {
    const { send, who, lose, events, post, alpha, fastify, refreshes } = await scene(t)
    await send()
    const own = (user = alpha.systemUser) => {
      const grant = alpha.grant(user)
      return { ...pairIn('auth', grant, user.id), ...pairIn('data', grant, user.id) }
    }
    /** Sends the event, with its tokens or other ones. */
    const sendOwn = async (overrides: Record<string, string>) => {
      t.equal((await post('/events', alpha.event(event, overrides).body)).status, 200)
      await until(() => fastify.lifecycleEvents.pending() === 0)
    }
    const before = refreshes()
    await sendOwn(own())
    t.equal(refreshes(), before, 'there is no need')
    await lose()
    await sendOwn(own(alpha.users.employee))
    t.strictSame(await who(), ['1', '1'], 'an employee has no tokens of it')
    await sendOwn({ ...own(), 'auth[refresh_token]': 'made-up', 'data[refresh_token]': 'made-up' })
    t.strictSame(await who(), ['1', '1'])
    await sendOwn(own())
    t.strictSame(await who(), ['9', '1'], event)
    t.equal(events().filter(name => name === 'system-user.stored').length, 2)
  }
})

await t.test('system user: comes back by an installer who is no administrator', async t => {
  const { send, who, lose, refreshes, events, alpha } = await scene(t)
  await send()
  const installer = pairIn('auth', alpha.grant(alpha.users.employee), 2)
  t.equal(await send(installer), 'accepted')
  t.strictSame(events(), ['system-user.stored', 'system-user.refused'], 'not while the pair is good')
  await lose()
  t.equal(await send(installer), 'accepted')
  t.strictSame(await who(), ['9', '1'])
  await lose()
  const before = refreshes()
  const somebody = pairIn('auth', alpha.grant(alpha.users.designer), 3)
  for (const refreshToken of [alpha.grant(alpha.users.employee).refreshToken, 'made-up']) {
    await send({ ...somebody, 'data[refresh_token]': refreshToken })
  }
  t.strictSame(await who(), ['1', '1'], 'not with the tokens of somebody else')
  t.equal(refreshes(), before + 1, 'and who brought those is not tried again at once')
  t.equal(await send(), 'accepted')
  t.strictSame(await who(), ['9', '1'], 'an administrator is')
})

await t.test('system user: tells the operator that it is lost, as of others', async t => {
  const { send, lose, lines, fastify } = await scene(t)
  await send()
  await lose()
  t.match(lines().filter(({ part, level }) => part === 'tokens of system users' && level === 40), [
    { msg: 'the tokens of an installation could not be refreshed', code: 'unavailable', member: /^.{12}$/ },
    { msg: 'the tokens of an installation could not be refreshed', code: 'lost', member: /^.{12}$/ }
  ])
  t.match(fastify.tokens.refreshes(), { lost: 1 })
  t.match(fastify.tokens.refreshErrors(), { lost: 1 })
})

await t.test('system user: gives way to the administrator when the portal refuses it', async t => {
  const { send, who, sandbox, alpha, fastify, lines } = await scene(t)
  const { rest } = fastify.portal(alpha.memberId)
  await send()
  sandbox.trouble.access = 'denied'
  const calls = () => sandbox.requests.filter(({ to }) => to === 'portal').map(({ name }) => name)
  sandbox.wire.clear()
  const fields = { entityTypeId: 2, fields: { title: 'One deal' } }
  t.match(await rest.call('crm.item.add', fields), { item: { title: 'One deal', createdBy: 1 } })
  const filter = { entityTypeId: 2, filter: { title: 'One deal' } }
  t.equal((await rest.list('crm.item.list', filter)).length, 1, 'what was refused has not run')
  t.strictSame(calls(), ['crm.item.add', 'crm.item.add', 'batch'], 'it is asked once only')
  t.strictSame(await who(), ['1', '1'])
  const refusals = lines().filter(({ msg }) => /^the portal refuses the system user/.test(String(msg)))
  t.match(refusals, [{ level: 40, code: 'user_access_error', part: 'tokens of system users', member: /^.{12}$/ }])
  sandbox.trouble.access = 'none'
  t.equal(await send(), 'accepted')
  t.strictSame(await who(), ['9', '1'], 'new tokens are tried at once')
})

await t.test('system user: acts although the administrator\'s tokens are lost', async t => {
  const { send, who, store, alpha, expire, systemUser } = await scene(t)
  await send()
  const lost = { code: 'lost', at: Date.now(), attempts: 2, nextTryAt: Infinity }
  await store.replaceTokens(alpha.memberId, { accessToken: 'expired', refreshToken: 'spent', expiresAt: 0 }, Date.now())
  await store.recordRefresh(alpha.memberId, lost, Number((await store.get(alpha.memberId))?.tokenVersion))
  await expire()
  t.strictSame(await who(), ['9', 'B24_ERR_TOKENS_LOST'])
  t.equal((await systemUser())?.refresh, null)
})

await t.test('system user: is tried again by a call of anybody once its portal has paid', async t => {
  for (const code of [undefined, 'lost']) {
    const { alpha, call, send, who, expire, sandbox, store, systemUser, url } = await scene(t)
    const { memberId, users: { employee } } = alpha
    await send()
    await expire()
    sandbox.trouble.rest = 'unpaid'
    await who()
    sandbox.trouble.rest = 'none'
    const row = await systemUser()
    t.equal(row?.refresh?.code, 'payment_required')
    const at = Date.now() - 5 * 60_000
    const tryAgain = { code: 'payment_required', at, attempts: 5, nextTryAt: at + 12 * 3_600_000 }
    await store.systemUsers.recordRefresh(memberId, tryAgain, Number(row?.tokenVersion))
    if (code) {
      const { tokenVersion } = await store.get(memberId) ?? {}
      await store.recordRefresh(memberId, { code, at, attempts: 2, nextTryAt: Infinity }, Number(tokenVersion))
    }
    t.equal((await who())[0], '1')
    await call(alpha.placementCall('DEFAULT', { user: employee, handler: `${url}/placement` }))
    await until(async () => Number((await systemUser())?.refresh?.nextTryAt) <= Date.now())
    t.equal((await who())[0], '9', `administrator: ${code}`)
  }
})

await t.test('system user: an outage is no reason to be somebody else', async t => {
  const { send, who, expire, sandbox } = await scene(t)
  await send()
  await expire()
  sandbox.trouble.authorizationServer = 'down'
  t.strictSame(await who(), ['B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE', '1'])
})

await t.test('system user: goes with the installation', async t => {
  const { send, alpha, post, systemUser, store, install, who, fastify, log } = await scene(t)
  await send()
  const { body } = alpha.event('ONAPPUSERREADY')
  const { body: uninstall } = alpha.event('ONAPPUNINSTALL')
  alpha.uninstall()
  t.equal((await post('/events', uninstall)).status, 200)
  await until(async () => typeof (await store.get(alpha.memberId))?.uninstalledAt === 'number')
  t.match(await systemUser(), { tokens: null, userId: null })
  t.equal(codeOf(await post('/install', body)), 'B24_ERR_NOT_INSTALLED', 'an event that is late')
  t.match(await systemUser(), { tokens: null })
  await install()
  await until(() => fastify.lifecycleEvents.pending() === 0)
  t.strictSame(await who(), ['9', '1'], 'and comes with the next one')
  t.notMatch(log.join(''), new RegExp(`${body['data[access_token]']}|${body['data[refresh_token]']}`))
})

await t.test('system user: waits for a store that is down', async t => {
  let failures = 0
  const { send, who, refreshes, lines } = await scene(t, {
    store: store => ({
      systemUsers: {
        ...store.systemUsers,
        async put (...args) {
          if (failures++ < 2) throw new Error('disk full')
          return await store.systemUsers.put(...args)
        }
      }
    })
  })
  t.equal(await send(), 'accepted')
  t.equal(refreshes(), 1)
  t.equal(lines().filter(({ msg }) => msg === 'a refreshed token pair could not be stored yet').length, 2)
  t.strictSame(await who(), ['9', '1'])
})
