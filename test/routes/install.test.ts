import t from 'tap'
import { until } from '../helper.ts'
import { codeOf, startService, type Service } from '../service.ts'

const stored = (service: Service, memberId = service.sandbox.portals.alpha.memberId) => service.fastify.installations.find(memberId)

await t.test('install: verifies, stores and binds before the portal may finish', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  const answer = await service.install()
  t.equal(answer.status, 200)
  t.match(answer.text, 'data-install="done"')
  t.match(answer.text, 'REST_APP_URI')
  t.strictSame(alpha.placements.map(({ placement, handler }) => [placement, handler]), [['REST_APP_URI', `${service.url}/placement`]])
  t.strictSame(alpha.events.map(({ event, handler }) => [event, handler]).sort(), ['ONAPPINSTALL', 'ONAPPUNINSTALL', 'ONAPPUPDATE'].map(event => [event, `${service.url}/events`]))
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
  const handler = `${service.url}/install`
  const rows: Array<[name: string, trouble: () => void, options: object, status: number, code: string]> = [
    ['not an administrator', () => {}, { user: alpha.users.employee }, 403, 'B24_ERR_NOT_ADMIN'],
    ['the portal does not answer', () => { service.sandbox.trouble.rest = 'down' }, {}, 503, 'B24_ERR_PORTAL_UNAVAILABLE'],
    ['the portal talks nonsense', () => { service.sandbox.trouble.rest = 'nonsense' }, {}, 503, 'B24_ERR_PORTAL_UNAVAILABLE'],
    ['the authorization server is down', () => { service.sandbox.trouble.authorizationServer = 'down' }, {}, 503, 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE']
  ]
  for (const [name, trouble, options, status, code] of rows) {
    trouble()
    const answer = await service.call(alpha.placementCall('DEFAULT', { handler, ...options }))
    t.equal(answer.status, status, name)
    t.equal(codeOf(answer), code, name)
    t.notMatch(answer.text, 'data-install', name)
    t.equal(await stored(service), undefined, name)
  }
  service.sandbox.trouble.rest = 'none'
  service.sandbox.trouble.authorizationServer = 'none'
  service.sandbox.trouble.access = 'denied'
  const refused = await service.call(alpha.placementCall('DEFAULT', { handler, user: alpha.users.employee }))
  t.strictSame([refused.status, codeOf(refused)], [502, 'B24_ERR_INSTALL_REFUSED'])
  t.match(refused.text, '<h1>Bitrix24 refused the installation</h1>')
  service.sandbox.trouble.access = 'none'
  t.equal(codeOf(await service.call(alpha.placementCall('DEFAULT', { handler }), { body: { AUTH_ID: 'x'.repeat(70) } })), 'B24_ERR_AUTH_ID_UNKNOWN')
  t.equal((await service.install()).status, 200, 'and afterwards all is well')
})

await t.test('install: needs neither a refresh token nor an application token', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  const answer = await service.call(alpha.placementCall('DEFAULT', { generation: 'A' }), { body: { REFRESH_ID: undefined } })
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
  t.match(await stored(service), { applicationToken: alpha.applicationToken, tokens: { refreshToken: body['auth[refresh_token]'] } })
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
  await until(() => service.log.filter(line => line.includes('"msg":"installed"')).length === 2) // the page and the event after it

  const forged = await service.post('/events', alpha.event('ONAPPUNINSTALL', { 'auth[application_token]': 'e'.repeat(32) }).body)
  t.equal(forged.status, 403)
  t.match(JSON.parse(forged.text), { status: 'error', error: 'invalid_application_token', code: 'B24_ERR_APPLICATION_TOKEN' }, 'as documented')

  t.equal((await service.post('/events', alpha.event('ONAPPUNINSTALL').body)).status, 200, 'an insider knows the application token')
  await until(() => service.log.some(line => line.includes('an uninstall was refused')))
  t.match(await stored(service), { uninstallRequestedAt: null, uninstalledAt: null, applicationToken: alpha.applicationToken })

  const { beta } = service.sandbox.portals
  await service.install(beta)
  const { body } = beta.event('ONAPPUNINSTALL')
  beta.uninstall()
  t.equal((await service.post('/events', body)).status, 200)
  await until(async () => (await stored(service, beta.memberId))?.uninstalledAt != null)
  t.match(await stored(service, beta.memberId), { tokens: null, applicationToken: null })

  t.equal(codeOf(await service.post('/events', body)), 'B24_ERR_APPLICATION_TOKEN', 'twice is once')
  t.equal((await service.install(beta)).status, 200, 'installing again begins anew')
  t.match(await stored(service, beta.memberId), { uninstalledAt: null, applicationToken: beta.applicationToken })
})

await t.test('events: refuses a malformed or unverified event with JSON', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  const { body } = alpha.event('ONAPPINSTALL')
  const elsewhere = { 'auth[server_endpoint]': 'https://oauth.evil.example/rest/' }
  const rows: Array<[name: string, path: string, form: Record<string, string>, code: string]> = [
    ['unknown event', '/events', { ...body, event: 'ONTASKADD' }, 'B24_ERR_EVENT_UNKNOWN'],
    ['unknown event', '/install', { ...body, event: 'ONCRMDEALADD' }, 'B24_ERR_EVENT_UNKNOWN'],
    ['an authorization server that is not listed', '/events', { ...body, ...elsewhere }, 'B24_ERR_SERVER_ENDPOINT'],
    ['an authorization server that is not listed', '/install', { ...body, ...elsewhere }, 'B24_ERR_SERVER_ENDPOINT'],
    ['a forged access token', '/events', { ...body, 'auth[access_token]': 'forged' }, 'B24_ERR_AUTH_ID_UNKNOWN'],
    ['no member_id', '/events', { event: 'ONAPPINSTALL' }, 'B24_ERR_CALL_MALFORMED'],
    ['no member_id', '/install', { event: 'ONAPPINSTALL' }, 'B24_ERR_CALL_MALFORMED'],
    ['no access token', '/events', { ...body, 'auth[access_token]': '' }, 'B24_ERR_AUTH_ID_MISSING'],
    ['an empty form', '/events', {}, 'B24_ERR_CALL_MALFORMED'],
    ...['/events', '/install'].flatMap(path => [
      ...['member_id', 'access_token', 'refresh_token', 'server_endpoint', 'application_token'].map(field => [`auth[${field}]`, 257] as const),
      ['event', 65] as const, ['auth[unknown]', 4097] as const, ['data[unknown]', 4097] as const
    ].map(([field, length]) => [`a long ${field}`, path, { ...body, [field]: 'a'.repeat(length) }, 'B24_ERR_CALL_MALFORMED'] as [string, string, Record<string, string>, string]))
  ]
  for (const [name, path, form, code] of rows) {
    const answer = await service.post(path, form)
    t.match(answer.headers.get('content-type'), 'application/json', `${name} at ${path}`)
    t.equal(JSON.parse(answer.text).error, code, `${name} at ${path}`)
    t.ok(answer.status >= 400 && answer.status < 500, `${name} at ${path}`)
  }
  const { status } = await service.post('/events', { ...body, 'auth[unknown]': 'a'.repeat(4096) })
  t.equal(status, 200, 'what is unknown passes')
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

await t.test('events: acknowledges ONAPPUSERREADY at both addresses', async t => {
  const service = await startService(t)
  const { body } = service.sandbox.portals.alpha.event('ONAPPINSTALL', { event: 'ONAPPUSERREADY', 'data[access_token]': 'x'.repeat(70) })
  for (const path of ['/install', '/events']) {
    const answer = await service.post(path, body)
    t.strictSame([answer.status, JSON.parse(answer.text)], [200, { status: 'accepted' }])
  }
  t.equal(await stored(service), undefined)
  t.strictSame(service.sandbox.requests, [])
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
      await fetch(`${alpha.url}/devops/`, { method: 'POST', body: new URLSearchParams({ action }), redirect: 'manual' })
      t.equal((await service.install()).status, 200)
      t.strictSame(bound(), before, `${action}, ${events}`)
      t.strictSame((await service.fastify.installations.find(alpha.memberId))?.bindings?.skipped, [])
    }
  }
})
