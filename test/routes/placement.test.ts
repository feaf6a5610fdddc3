import { Type } from '@sinclair/typebox'
import t from 'tap'
import { codeOf, startService, type Answer } from '../service.ts'

const big = 'x'.repeat(128 * 1024)

await t.test("placement: answers a link with a typed page in the user's language", async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  await service.install()
  for (const generation of ['A', 'B', 'C'] as const) {
    const answer = await service.call(alpha.placementCall('REST_APP_URI', {
      generation,
      lang: 'de',
      user: alpha.users.employee,
      params: { test: 'y', filter: { status: 'open' } },
      uri: '/stream/?a=1'
    }))
    t.equal(answer.status, 200, `generation ${generation}`)
    t.match(answer.headers.get('content-type'), 'text/html; charset=utf-8')
    t.match(answer.text, '<html lang="de" dir="ltr">')
    for (const text of ['test', 'y', 'filter.status', 'open', alpha.domain]) t.match(answer.text, text)
    if (generation === 'C') t.match(answer.text.replaceAll('<wbr>', ''), `${alpha.url}/stream/?a=1`)
  }
  t.match((await service.call(alpha.placementCall('REST_APP_URI', { lang: 'ar' }))).text, '<html lang="ar" dir="rtl">')
})

await t.test('placement: takes one flat body as the same call', async t => {
  const service = await startService(t)
  await service.install()
  const { alpha } = service.sandbox.portals
  const { query, body } = alpha.placementCall('REST_APP_URI', { generation: 'A', params: { test: 'y' }, lang: 'fr' })
  const answer = await service.post('/placement', { ...query, ...body })
  t.equal(answer.status, 200)
  t.match(answer.text, '<html lang="fr"')
})

await t.test('DEFAULT: shows what is bound and a link to copy', async t => {
  const service = await startService(t, {
    prepare: fastify => {
      fastify.placement('CRM_DEAL_DETAIL_TAB', { title: 'Deal' }, async () => ({}))
      fastify.placement('IM_CONTEXT_MENU', { title: { fr: 'Barre' } }, async () => ({}))
      fastify.placement('LEFT_MENU', { title: null as never }, async () => ({})) // as plain JavaScript may
      fastify.placement('SONET_GROUP_*', { title: 'Family' }, async () => ({}))
      fastify.placement('USERFIELD_TYPE', { bind: false, title: { en: 'Field', de: 'Feld' } }, async () => ({}))
      fastify.placement('SETTING_CONNECTOR', { title: 'Channel' }, async () => ({}))
    }
  })
  const { alpha } = service.sandbox.portals
  const open = () => service.call(alpha.placementCall('DEFAULT', { lang: 'de', handler: `${service.url}/placement` }))

  alpha.scope = alpha.scope.filter(scope => scope !== 'crm')
  await service.install()
  const { text } = await open()
  t.match(text, `/marketplace/view/${service.sandbox.appCode}/`)
  t.notMatch(text, 'params%5Btest%5D', 'no parameter for tests is handed out')
  t.match(text, /crm/, 'the missing scope is named')
  t.match(text.replaceAll('<wbr>', ''), /SONET_GROUP_\*[^]*?Aktiv/, 'a family is bound by its members')
  t.match(text, 'Feld')
  t.equal(text.split('gesondert eingebunden').length - 1, 2, 'other methods register the field and the channel')

  const { beta } = service.sandbox.portals
  beta.installed = true
  const fresh = await service.call(beta.placementCall('DEFAULT', { handler: `${service.url}/placement` }))
  t.equal(fresh.status, 200, 'a portal that is not stored is served')
  t.match(fresh.text, 'Not installed yet')
})

await t.test('placement: answers an unknown placement with a page', async t => {
  const service = await startService(t)
  await service.install()
  const { alpha } = service.sandbox.portals
  for (const code of ['CRM_LEAD_DETAIL_TAB', 'rest_app_uri', 'X'.repeat(300)]) {
    const answer = await service.call(alpha.placementCall('REST_APP_URI'), { body: { PLACEMENT: code } })
    t.equal(answer.status, code.length > 256 ? 400 : 404)
    t.equal(codeOf(answer), code.length > 256 ? 'B24_ERR_CALL_MALFORMED' : 'B24_ERR_PLACEMENT_UNKNOWN')
    t.notMatch(answer.text, code)
    t.equal(answer.headers.get('content-security-policy')?.includes(`frame-ancestors 'self' ${alpha.url}`), true)
  }
})

await t.test('placement: names the parameter that does not fit, not its value', async t => {
  const service = await startService(t, {
    prepare: fastify => {
      const options = Type.Object({ ID: Type.Integer({ minimum: 1 }) })
      fastify.placement('CRM_DEAL_DETAIL_TAB', { schema: { options } },
        async (request, reply) => reply.send({ id: request.placement.options.ID + 1 }))
    }
  })
  await service.install()
  const { alpha } = service.sandbox.portals
  const open = (ID: string) => service.call(alpha.placementCall('CRM_DEAL_DETAIL_TAB', { params: { ID } }))
  t.strictSame(JSON.parse((await open('8061')).text), { id: 8062 })
  const answer = await open('eighty')
  t.equal(answer.status, 400)
  t.equal(codeOf(answer), 'B24_ERR_OPTIONS_MISMATCH')
  t.match(answer.text, /<code[^>]*>ID</)
  t.notMatch(answer.text, 'eighty')
})

await t.test('placement: answers GET with a harmless page', async t => {
  const { url } = await startService(t)
  for (const path of ['/placement', '/install', '/placement?LANG=de&DOMAIN=evil.example']) {
    const answer = await fetch(new URL(path, url))
    t.equal(answer.status, 200)
    t.match(await answer.text(), path.includes('de') ? 'lang="de"' : 'Bitrix24')
  }
})

await t.test('placement: refuses bad input with a code and a page, writing nothing', async t => {
  const service = await startService(t, {
    env: {
      ALLOW_INSECURE_PORTALS: 'false',
      PUBLIC_URL: 'https://app.example',
      B24_OAUTH_SERVERS: 'https://127.0.0.1:1'
    }
  })
  const call = service.sandbox.portals.alpha.placementCall('REST_APP_URI', { handler: `${service.url}/placement` })
  call.query['DOMAIN'] = 'portal.bitrix24.com'
  call.query['PROTOCOL'] = '1'
  const { AUTH_ID: token = '', member_id: memberId = '' } = call.body
  const encoded = new URLSearchParams(call.body).toString()
  const query = new URLSearchParams(call.query).toString()
  call.url = `${service.url}/placement?${query}`

  const path = `/placement?${query}`
  const post = (form: string, type = 'application/x-www-form-urlencoded', to = path) =>
    service.post(to, form, { 'content-type': type })
  const withBody = (body: Record<string, string | undefined>) => service.call(call, { body })
  const withQuery = (query: Record<string, string>) => service.call(call, { query })
  const [malformed, repeated, domain] = ['B24_ERR_CALL_MALFORMED', 'B24_ERR_FIELD_REPEATED', 'B24_ERR_DOMAIN']
  const [missing, content] = ['B24_ERR_AUTH_ID_MISSING', 'B24_ERR_CONTENT_TYPE']
  const [foreign, down] = ['B24_ERR_SERVER_ENDPOINT', 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE']
  const shortFields = [
    'AUTH_ID', 'REFRESH_ID', 'AUTH_EXPIRES', 'SERVER_ENDPOINT', 'APPLICATION_TOKEN', 'status', 'PLACEMENT', 'member_id'
  ]
  const wrongDomains = [
    '169.254.169.254', 'localhost', 'evil.com#.bitrix24.com', 'portal.bitrix24.com\r\nX-Evil: 1', '10.0.0.1:8080',
    'a b.com', "x';", '[::1]'
  ]
  type Row = [name: string, answer: Promise<Answer>, status: number, code: string]
  const rows: Row[] = [
    ['JSON', post(JSON.stringify(call.body), 'application/json'), 415, content],
    ['plain text', post(encoded, 'text/plain'), 415, content],
    ['a body over 128 KiB', post(`${encoded}&x=${big}`), 413, 'B24_ERR_TOO_LARGE'],
    ['no body', post(''), 400, malformed],
    ['a field twice', post(`${encoded}&AUTH_ID=other`), 400, repeated],
    ['an unknown field twice', post(`${encoded}&a=1&a=2`), 400, repeated],
    ['a query field twice', post(encoded, undefined, `${path}&LANG=de`), 400, repeated],
    ['a field in query and body', post(`${encoded}&DOMAIN=portal.bitrix24.com`), 400, repeated],
    ['no AUTH_ID', withBody({ AUTH_ID: undefined }), 401, missing],
    ['an empty AUTH_ID', withBody({ AUTH_ID: '' }), 401, missing],
    ['no member_id', withBody({ member_id: undefined }), 400, malformed],
    ['a member_id with a quote', withBody({ member_id: 'a"b' }), 400, malformed],
    ['no PLACEMENT', withBody({ PLACEMENT: undefined }), 400, malformed],
    ...shortFields.map((field): Row =>
      [`a long ${field}`, withBody({ [field]: 'a'.repeat(257) }), 400, malformed]),
    ...['LANG', 'PROTOCOL', 'APP_SID'].map((field): Row =>
      [`a long ${field}`, withQuery({ [field]: 'a'.repeat(257) }), 400, malformed]),
    ['a long DOMAIN', withQuery({ DOMAIN: `${'a.'.repeat(130)}a` }), 400, domain],
    ['a long APPLICATION_SCOPE', withBody({ APPLICATION_SCOPE: 'a'.repeat(4097) }), 400, malformed],
    ['no DOMAIN', post(encoded, undefined, '/placement'), 400, domain],
    [
      'a call with a field of an event',
      service.call(call, { query: { DOMAIN: '10.0.0.1' }, body: { event: 'ONAPPINSTALL' } }), 400, domain
    ],
    ...wrongDomains.map((DOMAIN): Row => [`DOMAIN ${JSON.stringify(DOMAIN)}`, withQuery({ DOMAIN }), 400, domain]),
    ['a foreign SERVER_ENDPOINT', withBody({ SERVER_ENDPOINT: 'https://evil.example/rest/' }), 400, foreign],
    ['an authorization server that is down', withBody({ SERVER_ENDPOINT: undefined }), 503, down]
  ]
  for (const [name, answering, status, code] of rows) {
    const answer = await answering
    t.equal(answer.status, status, name)
    t.equal(codeOf(answer), code, name)
    t.match(answer.headers.get('content-type'), 'text/html', name)
    t.notMatch(answer.text, token, name)
    t.equal(answer.headers.get('x-evil'), null, name)
    t.equal(answer.headers.get('x-frame-options'), null, name)
    t.equal(answer.headers.get('retry-after'), status === 503 ? '30' : null, name)
  }
  t.equal(await service.fastify.installations.find(memberId), undefined)
  t.strictSame(service.sandbox.requests, [], 'nobody was asked')
})

await t.test('placement: ignores odd values of fields that it does not need', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  await service.install()
  type Row = [body: Record<string, string | undefined>, query: Record<string, string>]
  const rows: Row[] = [
    ...['-5', '', 'soon', '3600.5', '1e99', undefined].map((AUTH_EXPIRES): Row => [{ AUTH_EXPIRES }, {}]),
    [{ status: 'a new kind of licence', APPLICATION_SCOPE: '!', APPLICATION_TOKEN: '' }, {}],
    [{ unknown: 'x'.repeat(50_000) }, {}],
    [{}, { LANG: 'a language of tomorrow', PROTOCOL: 'https:', APP_SID: '' }]
  ]
  for (const [body, query] of rows) {
    const { status } = await service.call(alpha.placementCall('REST_APP_URI'), { body, query })
    t.equal(status, 200, JSON.stringify([body, query]).slice(0, 80))
  }
})

await t.test('placement: refuses an access token that proves nothing', async t => {
  const service = await startService(t)
  const { alpha, beta } = service.sandbox.portals
  await service.install()
  const call = alpha.placementCall('REST_APP_URI')
  const grant = (options: object) => alpha.grant(alpha.users.admin, options).accessToken
  const wrongToken = { AUTH_ID: alpha.grant(alpha.users.employee).accessToken, APPLICATION_TOKEN: 'e'.repeat(32) }
  const rows: Array<[name: string, body: Record<string, string | undefined>, status: number, code: string]> = [
    ['unknown', { AUTH_ID: 'f'.repeat(70) }, 401, 'B24_ERR_AUTH_ID_UNKNOWN'],
    ['expired', { AUTH_ID: grant({ expiresIn: -1 }) }, 401, 'B24_ERR_AUTH_ID_EXPIRED'],
    ['of another application', { AUTH_ID: grant({ clientId: 'local.other' }) }, 403, 'B24_ERR_FOREIGN_APPLICATION'],
    ['of another portal', { AUTH_ID: beta.grant(beta.users.admin).accessToken }, 403, 'B24_ERR_FOREIGN_PORTAL'],
    ['of an employee with a wrong application token', wrongToken, 403, 'B24_ERR_APPLICATION_TOKEN']
  ]
  beta.installed = true
  for (const [name, body, status, code] of rows) {
    const answer = await service.call(call, { body })
    t.equal(answer.status, status, name)
    t.equal(codeOf(answer), code, name)
  }
  alpha.installed = false
  const unfinished = await service.call(alpha.placementCall('REST_APP_URI', { handler: `${service.url}/placement` }))
  t.equal(codeOf(unfinished), 'B24_ERR_NOT_INSTALLED')
  t.equal(await service.fastify.installations.find(beta.memberId), undefined, 'no refused call was stored')
})

await t.test('placement: serves verified calls during an outage', async t => {
  const service = await startService(t)
  await service.install()
  const { alpha } = service.sandbox.portals
  const proven = alpha.placementCall('REST_APP_URI')
  t.equal((await service.call(proven)).status, 200)
  for (const trouble of ['down', 'nonsense', 'error'] as const) {
    service.sandbox.trouble.authorizationServer = trouble
    t.equal((await service.call(proven)).status, 200, trouble)
    const answer = await service.call(alpha.placementCall('REST_APP_URI'))
    t.equal(answer.status, 503, trouble)
    t.equal(answer.headers.get('retry-after'), '30')
    t.match(answer.text, 'Bitrix24 is not responding')
  }
})

await t.test('placement: stores a lost installation again, without tokens', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  alpha.installed = true
  t.equal((await service.call(alpha.placementCall('REST_APP_URI'))).status, 200)
  t.match(await service.fastify.installations.find(alpha.memberId), {
    domain: alpha.domain, tokens: null, applicationToken: null, uninstalledAt: null
  })
})

await t.test('placement: serves good calls during a flood of forged ones', async t => {
  const service = await startService(t)
  await service.install()
  const { alpha } = service.sandbox.portals
  service.sandbox.wire.clear()
  const forge = (index: number) => service.call(alpha.placementCall('REST_APP_URI'), {
    body: { AUTH_ID: `forged${index}`.padEnd(70, '0'), APPLICATION_TOKEN: undefined }
  })
  // Fewer than a server keeps waiting to be accepted: beyond them a connection takes seconds, or is given up.
  const flood = Promise.all(Array.from({ length: 400 }, (_, index) => forge(index)))
  const [forged, genuine] = await Promise.all([flood, service.call(alpha.placementCall('REST_APP_URI'))])
  t.equal(genuine.status, 200)
  const statuses = forged.map(({ status }) => status)
  t.strictSame([...new Set(statuses)].sort(), [401, 429])
  const isForged = ({ to, memberId }: { to: string, memberId?: string | undefined }) =>
    to === 'authorization server' && memberId === undefined
  const asked = service.sandbox.requests.filter(isForged).length
  t.ok(asked <= 60 && asked > 0, `the authorization server was asked ${asked} times`)
})

await t.test('placement: answers 503 to each call during an outage, however many', async t => {
  const service = await startService(t)
  await service.install()
  const { alpha } = service.sandbox.portals
  service.sandbox.trouble.authorizationServer = 'down'
  for (let index = 0; index < 40; index++) {
    const answer = await service.call(alpha.placementCall('REST_APP_URI', { generation: 'A' }))
    t.equal(answer.status, 503)
  }
})

await t.test('placement: refuses a call that there is no time for once it is proven', async t => {
  const late = `export default Object.assign(async fastify => {
    fastify.addHook('onRequest', async request => {
      request.throwIfOverloaded = () => {
        throw Object.assign(new Error(), { code: 'B24_ERR_OVERLOADED', user: request.verifiedCall.userId })
      }
    })
  }, { [Symbol.for('skip-override')]: true })`
  const service = await startService(t, { app: { application: t.testdir({ plugins: { 'late.mjs': late } }) } })
  await service.install()
  const answer = await service.call(service.sandbox.portals.alpha.placementCall('DEFAULT'))
  t.equal(answer.status, 503)
  t.match(answer.text, 'B24_ERR_OVERLOADED')
})

await t.test('placement: a handler that never answers gets a page when the connection would end', async t => {
  const service = await startService(t, {
    prepare: fastify => {
      fastify.placement('LEFT_MENU', async () => await new Promise(() => {}))
      fastify.get('/own', async () => await new Promise(() => {}))
      fastify.placement('CALL_CARD', async (_, { raw }) => await new Promise(() => { raw.writeHead(200).write('a') }))
    }
  })
  await service.install()
  const { alpha } = service.sandbox.portals
  service.fastify.server.setTimeout(500)
  const answer = await service.call(alpha.placementCall('LEFT_MENU'))
  t.strictSame([answer.status, codeOf(answer)], [500, 'B24_ERR_INTERNAL'])
  t.match(await (await fetch(`${service.url}/own`)).json(), { error: 'B24_ERR_INTERNAL' }, 'a route of an application')
  await t.rejects(service.call(alpha.placementCall('CALL_CARD')), 'what has begun is not left open')
})
