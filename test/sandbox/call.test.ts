import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { ask, sandboxFor } from './helper.ts'

interface Fixture { query?: Record<string, string>, body?: Record<string, string>, rawQuery?: string, rawBody?: string }

// What differs from portal to portal and from call to call.
const VARYING = ['DOMAIN', 'PROTOCOL', 'APP_SID', 'AUTH_ID', 'REFRESH_ID', 'SERVER_ENDPOINT', 'APPLICATION_TOKEN',
  'member_id', 'status']
// The documentation prints & where Json::encode writes it as a code.
const comparable = (fields: Record<string, string>): Array<[string, string]> => Object.entries(fields)
  .map(([name, value]): [string, string] =>
    [name, VARYING.includes(name) ? '(varies)' : value.replaceAll('&', String.raw`\u0026`)])

const folder = new URL('../fixtures/payloads/', import.meta.url)
const fixtures = readdirSync(folder).map(name =>
  ({ name, ...JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Fixture }))
const generationOf = (body: Record<string, string>) => body.APPLICATION_TOKEN ? 'C' : body.SERVER_ENDPOINT ? 'B' : 'A'

await t.test('call: reproduces each documented call, field by field, in order', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.installed = true
  const calls = fixtures.filter(({ query, body }) => query?.DOMAIN && body?.PLACEMENT)
  for (const { name, query = {}, body = {} } of calls) {
    alpha.scope = body.APPLICATION_SCOPE?.split(',') ?? []
    const { URI: uri, ...params } = JSON.parse(body.PLACEMENT_OPTIONS ?? '{}')
    const call = alpha.placementCall(body.PLACEMENT ?? '',
      { params, lang: query.LANG ?? 'en', generation: generationOf(body), ...(uri && { uri }) })
    // One page of the documentation shows four fields only.
    const shown = (ours: Record<string, string>, theirs: Record<string, string>) =>
      comparable(ours).filter(([field]) => query.APP_SID || field in theirs)
    t.strictSame(shown(call.query, query), comparable(query), `${name}: the query`)
    // The two pages about landings print the body in an order of their own.
    const ordered = (fields: Array<[string, string]>) => name.startsWith('LANDING_') ? fields.sort() : fields
    t.strictSame(ordered(shown(call.body, body)), ordered(comparable(body)), `${name}: the body`)
  }
  t.equal(calls.length, 52)
})

await t.test('call: a captured call is reproduced as the bytes that were sent', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const captures = fixtures.filter(({ rawBody, body }) => rawBody && body?.PLACEMENT)
  for (const { name, query = {}, body = {}, rawQuery, rawBody } of captures) {
    const call = alpha.placementCall('DEFAULT',
      { params: JSON.parse(body.PLACEMENT_OPTIONS ?? ''), generation: generationOf(body), lang: query.LANG ?? '' })
    const same = (ours: Record<string, string>, theirs: Record<string, string>) =>
      new URLSearchParams(Object.entries(ours).map(([field, value]) =>
        [field, VARYING.includes(field) ? theirs[field] ?? '' : value])).toString()
    t.strictSame([same(call.query, query), same(call.body, body)], [rawQuery, rawBody], name)
  }
  t.ok(captures.length > 0)
})

await t.test('call: the options that the starter passes on are those of the portal', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const starter = fixtures.find(({ name }) => name === 'INSTALL_DEFAULT.starter-json.json')
  t.equal(alpha.placementCall('DEFAULT', { params: { any: '6/' } }).body.PLACEMENT_OPTIONS,
    starter?.body?.PLACEMENT_OPTIONS)
})

await t.test('call: each generation of portals sends its fields, in order', async t => {
  const { portals: { alpha }, authorizationServer } = await sandboxFor(t)
  const A = ['AUTH_ID', 'AUTH_EXPIRES', 'REFRESH_ID', 'member_id', 'status', 'PLACEMENT']
  t.strictSame(Object.keys(alpha.placementCall('LEFT_MENU', { generation: 'A', uri: '/' }).body), A)
  t.strictSame(Object.keys(alpha.placementCall('LEFT_MENU', { generation: 'B', uri: '/' }).body),
    A.toSpliced(3, 0, 'SERVER_ENDPOINT'))
  const { body } = alpha.placementCall('LEFT_MENU', { uri: '/' })
  t.strictSame(Object.keys(body),
    [...A.toSpliced(3, 0, 'SERVER_ENDPOINT', 'APPLICATION_TOKEN', 'APPLICATION_SCOPE'), 'PLACEMENT_OPTIONS'])
  t.match(body, {
    SERVER_ENDPOINT: `${authorizationServer}/rest/`,
    member_id: alpha.memberId,
    APPLICATION_TOKEN: alpha.applicationToken
  })
})

await t.test('call: the address of the page is added to the options', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[unknown, unknown]> = [
    [undefined, { URI: '/p/' }],
    [{ a: '1' }, { a: '1', URI: '/p/' }],
    [['x', 'y'], { 0: 'x', 1: 'y', URI: '/p/' }],
    ['text', { URI: '/p/' }],
    [null, { URI: '/p/' }],
    [{ URI: '/own' }, { URI: '/own' }],
    [{ URI: '0' }, { URI: '/p/' }]
  ]
  for (const [params, expected] of rows) {
    const { body } = alpha.placementCall('REST_APP_URI', { params, uri: '/p/' })
    t.strictSame(JSON.parse(body.PLACEMENT_OPTIONS ?? ''), expected, JSON.stringify(params))
  }
  t.equal(alpha.placementCall('REST_APP_URI', { params: 'foo' }).body.PLACEMENT_OPTIONS, '"foo"',
    'not without a Referer')
  t.notOk('PLACEMENT_OPTIONS' in alpha.placementCall('IMMOBILE_CONTEXT_MENU', { uri: '/p/' }).body,
    'not in the mobile application')
})

await t.test('call: the handler is chosen as on a portal', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const pathOf = (code: string, handler?: string) =>
    alpha.placementCall(code, handler ? { handler } : {}).url.split('?')[0]
  t.equal(pathOf('LEFT_MENU'), 'http://127.0.0.1:9/install', 'the install page until the installation is finished')
  alpha.installed = true
  t.equal(pathOf('LEFT_MENU'), 'http://127.0.0.1:9/placement', "the application's address without a binding")
  alpha.placements.push({
    id: 1,
    placement: 'LEFT_MENU',
    userId: 0,
    handler: 'https://a.example/h',
    options: {},
    title: '',
    description: '',
    langAll: {}
  })
  t.equal(pathOf('LEFT_MENU'), 'https://a.example/h', 'the bound one')
  t.equal(pathOf('LEFT_MENU', 'https://b.example/'), 'https://b.example/', 'or the one that the test wants')
})

await t.test('call: the four query fields stand behind those of the handler', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { url, query, body, payload } =
    alpha.placementCall('DEFAULT', { handler: 'https://a.example/?x=1', lang: 'de', user: alpha.users.employee })
  t.match(url, /^https:\/\/a\.example\/\?x=1&DOMAIN=localhost%3A\d+&PROTOCOL=0&LANG=de&APP_SID=[0-9a-f]{32}$/)
  t.strictSame(Object.keys(query), ['DOMAIN', 'PROTOCOL', 'LANG', 'APP_SID'])
  t.strictSame(Object.fromEntries(new URLSearchParams(payload)), body)
})

await t.test('call: a fault of the tokens is one of the calls', async t => {
  const { portals: { alpha }, trouble, authorizationServer } = await sandboxFor(t)
  const rows = [['none', 'result'], ['expired', 'expired_token'], ['revoked', 'NO_AUTH_FOUND'],
    ['foreign', 'result']] as const
  for (const [fault, expected] of rows) {
    trouble.token = fault
    const { AUTH_ID = '' } = alpha.placementCall('LEFT_MENU').body
    const { body } = await ask(`${authorizationServer}/rest/app.info`,
      { method: 'POST', body: new URLSearchParams({ auth: AUTH_ID }) })
    t.equal(body.error ?? 'result', expected, fault)
    if (fault === 'foreign') t.notMatch(body, { result: { client_id: alpha.state.application.clientId } })
  }
})

await t.test('call: the BI menu opens its handler by GET and passes nothing', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.strictSame(alpha.placementCall('BI_ANALYTICS_MENU', { handler: 'https://a.example/' }),
    { method: 'GET', url: 'https://a.example/', query: {}, body: {}, payload: '' })
})
