import t from 'tap'
import type { SandboxUser } from '../../sandbox/index.ts'
import { until } from '../until.ts'
import { codeOf, startService, type Service } from '../service.ts'

const stored = (service: Service, memberId = service.sandbox.portals.alpha.memberId) =>
  service.fastify.installations.find(memberId)

await t.test('install: verifies, stores and binds before the portal may finish', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  const answer = await service.install()
  t.equal(answer.status, 200)
  t.match(answer.text, 'data-install="done"')
  t.match(answer.text, '<bdi>Opened from a link</bdi> <code dir="ltr">REST_<wbr>APP_<wbr>URI</code>')
  t.match(alpha.placements, [{ placement: 'REST_APP_URI', handler: `${service.url}/placement` }])
  t.equal(alpha.placements.length, 1)
  const events = alpha.events.map(({ event, handler }) => [event, handler]).sort()
  const names = ['ONAPPINSTALL', 'ONAPPUNINSTALL', 'ONAPPUPDATE']
  t.strictSame(events, names.map(event => [event, `${service.url}/events`]))
  t.match(await stored(service), {
    domain: alpha.domain,
    clientEndpoint: `${alpha.url}/rest/`,
    applicationToken: alpha.applicationToken,
    scope: alpha.scope,
    status: 'L',
    userId: 1,
    handlerUrl: `${service.url}/placement`,
    bindings: { bound: ['REST_APP_URI'], skipped: [] },
    uninstalledAt: null
  })
})

await t.test('install: updates the row and binds nothing again the second time', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  await service.install()
  const first = await stored(service)
  const placements = structuredClone(alpha.placements)
  await service.install()
  t.strictSame(alpha.placements, placements)
  const second = await stored(service)
  t.not(second?.tokens?.accessToken, first?.tokens?.accessToken)
  t.equal(second?.installedAt, first?.installedAt)
})

await t.test('install: answers a failure with a page, and stores nothing', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  const { trouble } = service.sandbox
  const { admin, employee } = alpha.users
  const handler = `${service.url}/install`
  const call = (user: SandboxUser, body = {}) =>
    service.call(alpha.placementCall('DEFAULT', { handler, user }), { body })
  const down = 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE'
  const rows: Array<[name: string, begin: () => void, user: SandboxUser, status: number, code: string]> = [
    ['not an administrator', () => {}, employee, 403, 'B24_ERR_NOT_ADMIN'],
    ['no answer of the portal', () => { trouble.rest = 'down' }, admin, 503, 'B24_ERR_PORTAL_UNAVAILABLE'],
    ['nonsense of the portal', () => { trouble.rest = 'nonsense' }, admin, 503, 'B24_ERR_PORTAL_UNAVAILABLE'],
    ['no authorization server', () => { trouble.authorizationServer = 'down' }, admin, 503, down]
  ]
  for (const [name, begin, user, status, code] of rows) {
    begin()
    const answer = await call(user)
    t.equal(answer.status, status, name)
    t.equal(codeOf(answer), code, name)
    t.notMatch(answer.text, 'data-install', name)
    t.equal(await stored(service), undefined, name)
  }
  trouble.rest = 'none'
  trouble.authorizationServer = 'none'
  trouble.access = 'denied'
  const refused = await call(employee)
  t.strictSame([refused.status, codeOf(refused)], [502, 'B24_ERR_INSTALL_REFUSED'])
  t.match(refused.text, '<h1>Bitrix24 refused the installation</h1>')
  trouble.access = 'none'
  t.equal(codeOf(await call(admin, { AUTH_ID: 'x'.repeat(70) })), 'B24_ERR_AUTH_ID_UNKNOWN')
  t.equal((await service.install()).status, 200, 'afterwards it succeeds')
})

await t.test('install: needs neither a refresh token nor an application token', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  const call = alpha.placementCall('DEFAULT', { generation: 'A' })
  const answer = await service.call(call, { body: { REFRESH_ID: undefined } })
  t.equal(answer.status, 200)
  t.match(await stored(service), { tokens: null, applicationToken: null, bindings: { bound: ['REST_APP_URI'] } })
})

await t.test('events: ONAPPINSTALL installs an application without an interface', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  alpha.installed = true
  const { body } = alpha.event('ONAPPINSTALL')
  const answer = await service.post('/install', body)
  t.equal(answer.status, 200)
  t.strictSame(JSON.parse(answer.text), { status: 'accepted' })
  await until(async () => (await stored(service))?.bindings != null)
  t.match(await stored(service), {
    applicationToken: alpha.applicationToken,
    tokens: { refreshToken: body['auth[refresh_token]'] }
  })
  t.equal(alpha.placements.length, 1)
})

await t.test('events: ONAPPUPDATE binds again what the portal dropped', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  await service.install()
  alpha.events.length = 0
  t.equal((await service.post('/events', alpha.event('ONAPPUPDATE').body)).status, 200)
  await until(() => alpha.events.length === 3)
  t.equal(alpha.events.length, 3)
})

await t.test('events: ONAPPUNINSTALL counts once the authorization server agrees', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  await service.install()
  // The install page and the event after it have both been handled.
  await until(() => service.lines().filter(({ bound }) => bound !== undefined).length === 2)

  const { applicationToken } = alpha
  const guess = alpha.event('ONAPPUNINSTALL', { 'auth[application_token]': 'e'.repeat(32) })
  const forged = await service.post('/events', guess.body)
  t.equal(forged.status, 403)
  const documented = { status: 'error', error: 'invalid_application_token', code: 'B24_ERR_APPLICATION_TOKEN' }
  t.match(JSON.parse(forged.text), documented)

  const { body: insiders } = alpha.event('ONAPPUNINSTALL')
  t.equal((await service.post('/events', insiders)).status, 200, 'an insider knows the application token')
  await until(() => service.lines().some(({ level, part }) => level === 40 && part === 'installation'))
  t.match(await stored(service), { uninstallRequestedAt: null, uninstalledAt: null, applicationToken })

  const { beta } = service.sandbox.portals
  await service.install(beta)
  const { body } = beta.event('ONAPPUNINSTALL')
  beta.uninstall()
  t.equal((await service.post('/events', body)).status, 200)
  await until(async () => (await stored(service, beta.memberId))?.uninstalledAt != null)
  t.match(await stored(service, beta.memberId), { tokens: null, applicationToken: null })

  t.equal(codeOf(await service.post('/events', body)), 'B24_ERR_APPLICATION_TOKEN', 'not a second time')
  t.equal((await service.install(beta)).status, 200, 'it can be installed again')
  t.match(await stored(service, beta.memberId), { uninstalledAt: null, applicationToken: beta.applicationToken })
})

await t.test('events: refuses a malformed or unverified event with JSON', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  const { body } = alpha.event('ONAPPINSTALL')
  const elsewhere = { 'auth[server_endpoint]': 'https://oauth.evil.example/rest/' }
  type Row = [name: string, path: string, form: Record<string, string>, code: string]
  const rows: Row[] = [
    ['unknown event', '/events', { ...body, event: 'ONTASKADD' }, 'B24_ERR_EVENT_UNKNOWN'],
    ['unknown event', '/install', { ...body, event: 'ONCRMDEALADD' }, 'B24_ERR_EVENT_UNKNOWN'],
    ['an authorization server that is not listed', '/events', { ...body, ...elsewhere }, 'B24_ERR_SERVER_ENDPOINT'],
    ['an authorization server that is not listed', '/install', { ...body, ...elsewhere }, 'B24_ERR_SERVER_ENDPOINT'],
    ['a forged access token', '/events', { ...body, 'auth[access_token]': 'forged' }, 'B24_ERR_AUTH_ID_UNKNOWN'],
    ['no member_id', '/events', { event: 'ONAPPINSTALL' }, 'B24_ERR_CALL_MALFORMED'],
    ['no member_id', '/install', { event: 'ONAPPINSTALL' }, 'B24_ERR_CALL_MALFORMED'],
    ['no access token', '/events', { ...body, 'auth[access_token]': '' }, 'B24_ERR_AUTH_ID_MISSING'],
    ['an empty form', '/events', {}, 'B24_ERR_CALL_MALFORMED']
  ]
  const limits: Array<[field: string, limit: number]> = [
    ...['member_id', 'access_token', 'refresh_token', 'server_endpoint', 'application_token'].map(
      (field): [string, number] => [`auth[${field}]`, 256]),
    ['data[refresh_token]', 256],
    ['data[user_id]', 256],
    ['event', 64],
    ['auth[unknown]', 4096],
    ['data[unknown]', 4096]
  ]
  for (const [field, limit] of limits) {
    const form = { ...body, [field]: 'a'.repeat(limit + 1) }
    for (const path of ['/events', '/install']) rows.push([`a long ${field}`, path, form, 'B24_ERR_CALL_MALFORMED'])
  }
  for (const [name, path, form, code] of rows) {
    const answer = await service.post(path, form)
    t.match(answer.headers.get('content-type'), 'application/json', `${name} at ${path}`)
    t.equal(JSON.parse(answer.text).error, code, `${name} at ${path}`)
    t.ok(answer.status >= 400 && answer.status < 500, `${name} at ${path}`)
  }
  const { status } = await service.post('/events', { ...body, 'auth[unknown]': 'a'.repeat(4096) })
  t.equal(status, 200, 'unknown fields are accepted')
})

await t.test('events: accepts other spellings of the authorization server', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  alpha.installed = true
  const { host } = new URL(service.sandbox.authorizationServer)
  for (const endpoint of [`http://${host}/rest/`, `https://${host}/rest`, `HTTP://${host}//REST//`, '']) {
    const { body } = alpha.event('ONAPPINSTALL', { 'auth[server_endpoint]': endpoint })
    t.equal((await service.post('/events', body)).status, 200, endpoint)
    await until(async () => (await stored(service))?.tokens?.accessToken === body['auth[access_token]'])
  }
})

await t.test('events: ONAPPUPDATE leaves every event bound to its handler', async t => {
  for (const events of ['none', 'dropped'] as const) {
    for (const action of ['update', 'update-api']) {
      const service = await startService(t)
      const { alpha } = service.sandbox.portals
      await service.install()
      const bound = () => alpha.events.map(({ event, handler }) => `${event} ${handler}`).sort()
      const before = bound()
      service.sandbox.trouble.events = events
      const form = new URLSearchParams({ action })
      await fetch(`${alpha.url}/devops/`, { method: 'POST', body: form, redirect: 'manual' })
      t.equal((await service.install()).status, 200)
      t.strictSame(bound(), before, `${action}, ${events}`)
      t.strictSame((await stored(service))?.bindings?.skipped, [])
    }
  }
})

await t.test('install: a refused one looks for no handlers to run', async t => {
  let looks = 0
  const service = await startService(t, {
    store: ({ takeChange }) => ({
      takeChange: async (...change) => {
        looks++
        return await takeChange(...change)
      }
    })
  })
  const { alpha } = service.sandbox.portals
  const refused = alpha.placementCall('DEFAULT', { user: alpha.users.employee, handler: `${service.url}/install` })
  t.equal((await service.call(refused)).status, 403)
  await until(() => service.lines().some(({ status }) => status === 403))
  t.equal((await fetch(`${service.url}/ready`)).status, 200)
  t.equal(looks, 0)
  await service.install()
  await until(() => looks > 0)
})
