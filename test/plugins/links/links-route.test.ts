import { createHash, randomBytes } from 'node:crypto'
import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { until } from '../../until.ts'
import { startService, type Service } from '../../service.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const key = randomBytes(32).toString('base64url')

/** A service with three screens that is installed on alpha. */
async function start (t: Test): Promise<Service> {
  const service = await startService(t, {
    env: { TRUST_PROXY: 'loopback', LINKS_API_KEYS: `erp:${sha256(key)},crm:${sha256('for nobody')}:m1|m2` },
    prepare: fastify => {
      const params = Type.Object({ partId: Type.Integer({ minimum: 1 }), note: Type.Optional(Type.String()) })
      fastify.screen(
        'part', { schema: { params }, title: 'Part' }, async ({ screen }) => ({ part: screen.params.partId })
      )
      fastify.screen('offer', {
        schema: { params }, title: 'RecoveryCall', signed: { expiresIn: 60 }
      }, async ({ screen }) => ({ offer: screen.params.partId }))
      const closed = Type.Optional(Type.Integer({ composer: false }))
      const deep = Type.Object({
        partId: Type.Integer(),
        discount: closed,
        filter: Type.Optional(Type.Object({ city: Type.String(), margin: closed })),
        lines: Type.Optional(Type.Array(Type.Object({ sku: Type.String(), price: closed }))),
        byName: Type.Optional(Type.Record(Type.String(), Type.Object({ sku: Type.String(), price: closed }))),
        who: Type.Optional(Type.Union(
          [Type.Object({ userId: Type.Integer() }), Type.Object({ everybody: Type.Boolean({ composer: false }) })]
        ))
      })
      fastify.screen(
        'deep', { schema: { params: deep }, title: 'Deep', signed: true }, async ({ screen }) => screen.params
      )
      fastify.screen(
        'invoice', { schema: { params }, title: 'Invoice', signed: true, composer: false }, async () => ({})
      )
    }
  })
  await service.install()
  return service
}

/** The session of a page that somebody has opened. */
async function sessionOf (service: Service): Promise<string> {
  const page = await service.call(service.sandbox.portals.alpha.placementCall('DEFAULT'))
  return /<meta name="page-session" content="([^"]+)"/.exec(page.text)?.[1] ?? ''
}

async function write (service: Service, bearer: string, body: object | string, scheme = 'Bearer') {
  const response = await fetch(`${service.url}/api/links`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `${scheme} ${bearer}` },
    body: typeof body === 'string' ? body : JSON.stringify(body)
  })
  return { status: response.status, body: await response.json() as Record<string, unknown> } // a JSON API
}

await t.test('links route: writes a link for a back-end with an API key', async t => {
  const service = await start(t)
  const { alpha } = service.sandbox.portals
  const { status, body } = await write(
    service, key, { screen: 'offer', params: { partId: '42' }, portal: alpha.memberId }
  )
  t.equal(status, 200)
  t.match(body, {
    id: /^[\w-]{16}$/, path: /^\/marketplace\/view\//, url: alpha.url + String(body['path']), expiresAt: Number
  })
  const params = Object.fromEntries(
    [...new URL(String(body['url'])).searchParams].map(([name, value]) => [name.slice(7, -1), value])
  )
  t.strictSame(JSON.parse((await service.call(alpha.placementCall('REST_APP_URI', { params }))).text), { offer: 42 })
})

await t.test('links route: reads any case of Bearer, and an empty list', async t => {
  const service = await start(t)
  const { alpha } = service.sandbox.portals
  const body = { screen: 'part', params: { partId: 42 }, portal: alpha.memberId }
  for (const scheme of ['bearer', 'BEARER']) t.equal((await write(service, key, body, scheme)).status, 200, scheme)
  const rows: Array<[params: unknown, fields: object[]]> = [
    [[], [{ parameter: 'partId', reason: 'required' }]],
    [{}, [{ parameter: 'partId', reason: 'required' }]],
    [['42'], [{ parameter: 'params', reason: 'type' }]],
    [null, [{ parameter: 'params', reason: 'type' }]]
  ]
  for (const [params, fields] of rows) {
    t.match(await write(service, key, { ...body, params }), { status: 400, body: { fields } }, JSON.stringify(params))
  }
  for (const odd of ['[]', 'null', '"text"']) t.equal((await write(service, key, odd)).status, 400, odd)
})

await t.test('links route: lets a page write what the composer offers', async t => {
  const service = await start(t)
  const { alpha, beta } = service.sandbox.portals
  const session = await sessionOf(service)
  t.match(await write(
    service, session, { screen: 'part', params: { partId: 42 } }
  ), { status: 200, body: { url: new RegExp(`^${alpha.url}/`) } })
  t.equal(
    (await write(service, session, { screen: 'part', params: { partId: 42 }, portal: alpha.memberId })).status, 200
  )
  const paramsOf = async (bearer: string) => new URL(String(
    (await write(service, bearer, { screen: 'offer', params: { partId: 42 }, portal: alpha.memberId })).body['url']
  )).searchParams
  t.equal((await paramsOf(session)).get('params[by]'), String(alpha.users.admin.id), 'a signed one says who wrote it')
  t.equal((await paramsOf(key)).get('params[by]'), null, 'a back-end is nobody')
  const rows: Array<[body: object, why: string]> = [
    [{ screen: 'part', params: { partId: 42 }, portal: beta.memberId }, 'another portal'],
    [{ screen: 'invoice', params: { partId: 42 } }, 'a screen that people write no links to'],
    [{ screen: 'nothing', params: {} }, 'a screen that is not there']
  ]
  for (const [body, why] of rows) {
    t.match(await write(service, session, body), { status: 403, body: { error: 'B24_ERR_LINK_WRITER' } }, why)
  }
})

await t.test('links route: refuses closed values of a page at any depth', async t => {
  const service = await start(t)
  const { memberId } = service.sandbox.portals.alpha
  const session = await sessionOf(service)
  const rows: Array<[params: object, parameters: string[]]> = [
    [{ discount: 90 }, ['discount']],
    [{ discount: '90' }, ['discount']],
    [{ filter: { city: 'Köln', margin: 0 } }, ['filter.margin']],
    [{ lines: [{ sku: 'a' }, { sku: 'b', price: 1 }, { sku: 'c', price: 1 }] }, ['lines.1.price', 'lines.2.price']],
    [{ lines: { 0: { sku: 'a', price: '1' } } }, ['lines.0.price']],
    [{ byName: { first: { sku: 'a', price: 1 } } }, ['byName.price']],
    [{ who: { everybody: 'Y' } }, ['who.everybody']],
    [{ discount: 90, who: { everybody: true } }, ['discount', 'who.everybody']]
  ]
  for (const [params, parameters] of rows) {
    const body = { screen: 'deep', params: { partId: 42, ...params } }
    const refused = await write(service, session, body)
    t.match(refused, { status: 400, body: { error: 'B24_ERR_OPTIONS_MISMATCH' } }, JSON.stringify(params))
    t.strictSame((refused.body['fields'] as Array<{ parameter: string }>).map(({ parameter }) => parameter), parameters)
    t.equal((await write(service, key, { ...body, portal: memberId })).status, 200, 'a back-end may')
  }
  const allowed = {
    partId: 42, filter: { city: 'Köln' }, lines: [{ sku: 'a' }], byName: { first: { sku: 'a' } }, who: { userId: 7 }
  }
  t.equal((await write(service, session, { screen: 'deep', params: allowed })).status, 200)
  const { alpha } = service.sandbox.portals
  const home = await service.call(alpha.placementCall('DEFAULT', { user: alpha.users.employee }))
  t.match(home.text, 'data-screen="deep"')
  t.notMatch(home.text, /discount|margin|price|everybody/, 'nor is it asked for it')
})

await t.test('links route: names what is wrong field by field', async t => {
  const service = await start(t)
  const portal = service.sandbox.portals.alpha.memberId
  const rows: Array<[body: object | string, status: number, answer: object]> = [
    [{ screen: 'part', params: {}, portal }, 400, {
      error: 'B24_ERR_OPTIONS_MISMATCH', fields: [{ parameter: 'partId', reason: 'required' }]
    }],
    [{ screen: 'part', params: { partId: 'x' }, portal }, 400, {
      fields: [{ parameter: 'partId', reason: 'type', expected: 'Expected integer' }]
    }],
    [{
      screen: 'part', params: { partId: 1, partID: 2 }, portal
    }, 400, { fields: [{ parameter: 'partID', reason: 'undeclared' }] }],
    [{ screen: 'part', params: { partID: 2, other: 3 }, portal }, 400, {
      message: 'What is named in fields does not fit',
      fields: [{ parameter: 'partID' }, { parameter: 'other' }, { parameter: 'partId', reason: 'required' }]
    }],
    [{ screen: 'part', params: { partId: 1, note: 'x'.repeat(2000) }, portal }, 400, {
      error: 'B24_ERR_LINK', message: /^the link is \d+ characters longer than 2000$/, fields: []
    }],
    [{ screen: 'part', params: { partId: 1, note: '\0' }, portal }, 400, { error: 'B24_ERR_LINK' }],
    [{ screen: 'part', params: { partId: 1 }, portal: 'm\0' }, 400, { fields: [{ parameter: 'portal' }] }],
    [{ screen: 'part', params: { partId: 1 }, portal: 'my.bitrix24.com' }, 400, {
      message: 'What is named in fields does not fit',
      fields: [{ parameter: 'portal', reason: 'format', expected: 'Expected member_id of a portal' }]
    }],
    [{ screen: 'nothing', params: {}, portal }, 404, { error: 'B24_ERR_SCREEN_UNKNOWN' }],
    [{ screen: 'part', params: { partId: 1 }, portal: 'unknown' }, 404, { error: 'B24_ERR_PORTAL_UNKNOWN' }],
    [{ screen: 'part', params: { partId: 1 } }, 400, {
      error: 'B24_ERR_OPTIONS_MISMATCH', fields: [{ parameter: 'portal', reason: 'required' }]
    }],
    [{
      screen: 'part', params: { partId: 1 }, portal: service.sandbox.portals.beta.memberId
    }, 404, { error: 'B24_ERR_PORTAL_UNKNOWN' }],
    [{ params: {}, portal }, 400, {
      error: 'B24_ERR_CALL_MALFORMED', fields: [{ parameter: 'screen', reason: 'required' }]
    }],
    [{ screen: 'part', params: '1', portal }, 400, {
      error: 'B24_ERR_CALL_MALFORMED', fields: [{ parameter: 'params', reason: 'type' }]
    }],
    [{ screen: {}, portal }, 400, { error: 'B24_ERR_CALL_MALFORMED' }],
    [{ screen: 'part', params: { partId: 1, note: 'x'.repeat(40_000) }, portal }, 413, { error: 'B24_ERR_TOO_LARGE' }],
    ['{', 400, { error: 'B24_ERR_CALL_MALFORMED', message: /JSON/ }]
  ]
  for (const [body, status, answer] of rows) {
    t.match(await write(service, key, body), {
      status, body: { status, requestId: String, ...answer }
    }, JSON.stringify(body).slice(0, 80))
  }
  for (const type of ['application/x-www-form-urlencoded', 'text/plain;charset=UTF-8', 'multipart/form-data', 'x']) {
    const headers = { authorization: `Bearer ${key}`, 'content-type': type }
    const answer = await fetch(`${service.url}/api/links`, { method: 'POST', headers, body: '{}' })
    t.match(await answer.json(), {
      error: 'B24_ERR_CONTENT_TYPE', status: 415, message: 'The body must be application/json'
    }, type)
  }
})

await t.test('links route: refuses everybody else', async t => {
  const service = await start(t)
  for (const [bearer, error, message] of [
    ['', 'B24_ERR_PAGE_SESSION', /too long/], ['a.b.c', 'B24_ERR_PAGE_SESSION', /too long/],
    ['nonsense', 'B24_ERR_API_KEY', /LINKS_API_KEYS/],
    [createHash('sha256').update(key).digest('hex'), 'B24_ERR_API_KEY', /LINKS_API_KEYS/]
  ] as const) {
    for (const body of [{ screen: 'part', params: { partId: 1 } }, {}, '{']) {
      t.match(await write(service, bearer, body), { status: 401, body: { error, message } }, 'whatever is asked')
    }
  }
  const silent = await fetch(
    `${service.url}/api/links`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
  )
  t.equal(silent.status, 401, 'nor who says nothing of himself')
})

await t.test('links route: refuses when the portal has uninstalled', async t => {
  const service = await start(t)
  const { memberId } = service.sandbox.portals.alpha
  await service.store.markUninstalled(memberId, Date.now())
  t.match(await write(
    service, key, { screen: 'part', params: { partId: 1 }, portal: memberId }
  ), { status: 404, body: { error: 'B24_ERR_PORTAL_UNKNOWN' } })
})

await t.test('links route: answers 503 when the store is unavailable', async t => {
  const service = await start(t)
  await service.store.close()
  t.match(await write(
    service, key, { screen: 'part', params: { partId: 1 }, portal: 'm1' }
  ), { status: 503, body: { error: 'B24_ERR_STORE_UNAVAILABLE' } })
})

await t.test('links route: logs the name of a key, not the key', async t => {
  const service = await start(t)
  await write(service, key, { screen: 'part', params: { partId: 1 }, portal: service.sandbox.portals.alpha.memberId })
  const calls = () => service.log.map(
    line => JSON.parse(line)
  ).filter(({ msg, route }) => msg === 'call' && route === '/api/links')
  await until(() => calls().length === 1)
  t.match(calls(), [{ status: 200, writer: 'erp' }])
  t.notOk(service.log.some(line => line.includes(key)))
})

await t.test('links route: binds a key to its portals', async t => {
  const service = await start(t)
  const { alpha } = service.sandbox.portals
  t.match(await write(
    service, 'for nobody', { screen: 'part', params: { partId: 1 }, portal: alpha.memberId }
  ), { status: 403, body: { error: 'B24_ERR_API_KEY_PORTAL' } })
  t.match(await write(
    service, 'for nobody', { screen: 'part', params: { partId: 1 }, portal: 'm2' }
  ), { status: 404, body: { error: 'B24_ERR_PORTAL_UNKNOWN' } })
  t.match(await write(service, key, { screen: 'part', params: { partId: 1 }, portal: alpha.memberId }), { status: 200 })
})

await t.test('links route: ends the guesses of an address', async t => {
  const service = await start(t)
  const guess = (bearer: string, ip: string) => fetch(`${service.url}/api/links`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `bearer ${bearer}`, 'x-forwarded-for': ip },
    body: JSON.stringify({ screen: 'part', params: { partId: 1 }, portal: service.sandbox.portals.alpha.memberId })
  })
  for (let index = 0; index < 10; index++) t.equal((await guess(`guess ${index}`, `2001:db8::${index}`)).status, 401)
  const answer = await guess(key, '2001:db8::77')
  t.strictSame([answer.status, answer.headers.get('retry-after')], [429, '60'])
  t.match(await answer.json(), { error: 'B24_ERR_RATE_LIMITED', status: 429 })
  t.equal((await guess(key, '192.0.2.1')).status, 200, 'others are not concerned')
  const session = await sessionOf(service)
  t.equal((await guess(session, '2001:db8::77')).status, 200, 'nor are pages, which come with a session')
})
