import { connect } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import callLog from '../../../plugins/call-log/index.ts'
import formGuard, { type FormGuardOptions } from '../../../plugins/form-guard/index.ts'
import frameAncestors from '../../../plugins/frame-ancestors/index.ts'
import { build, type Scope } from '../../build.ts'

const form = 'application/x-www-form-urlencoded'

/** A bare Fastify whose page answers with what was posted; `framedBy` is who may frame it. */
async function serviceFor (t: Scope, options: FormGuardOptions = {}) {
  const faults: string[] = []
  const app = await build(t, app => app.register(callLog).register(frameAncestors))
  app.post('/json', async request => request.body)
  await app.register(async scope => {
    await scope.register(formGuard, options)
    scope.route({
      method: ['GET', 'POST'],
      url: '/call',
      handler: async ({ body }, reply) => reply.type('text/html').send(JSON.stringify({ body: body ?? null }))
    })
    scope.post('/begun', async (_, { raw }) => await new Promise(() => { raw.writeHead(200).write('a') }))
    scope.post('/hijacked', async (_, reply) => { reply.hijack() })
    scope.setErrorHandler(async (error, _request, reply) => {
      const { code, statusCode = 500, message } = error as Error & { code?: string, statusCode?: number } // Fastify's
      faults.push(message)
      return reply.code(statusCode).type('text/html').send(JSON.stringify({ code }))
    })
  })
  return {
    app,
    faults,
    async post (query: string, payload?: string, type: string = form, more: Record<string, string> = {}) {
      const { body, headers } = await app.inject({
        method: 'POST',
        url: `/call?${query}`,
        headers: { 'content-type': type, ...more },
        ...(payload !== undefined && { payload })
      })
      const [, framedBy] = /frame-ancestors (?:'self' )?(\S+)/.exec(String(headers['content-security-policy'])) ?? []
      return { ...JSON.parse(body), framedBy }
    }
  }
}

await t.test('form guard: reads fields as text, as they were sent', async t => {
  const { post } = await serviceFor(t)
  t.strictSame(await post('DOMAIN=portal.example', 'a=1&b%5Bc%5D=%F0%9F%97%82+x&d=&__proto__=1'), {
    body: { a: '1', 'b[c]': '🗂 x', d: '', ['__proto__']: '1' }, framedBy: 'https://portal.example'
  })
  t.strictSame(await post('DOMAIN=portal.example', 'a=1', `${form}; charset=UTF-8`), {
    body: { a: '1' }, framedBy: 'https://portal.example'
  })
})

await t.test('form guard: refuses other types and sizes with a page', async t => {
  const { post } = await serviceFor(t, { bodyLimit: 100 })
  const framedBy = 'https://portal.example'
  const rows: Array<[payload: string, type: string, code: string | undefined]> = [
    ['{"a":1}', 'application/json', 'FST_ERR_CTP_INVALID_MEDIA_TYPE'],
    ['a=1', 'text/plain', 'FST_ERR_CTP_INVALID_MEDIA_TYPE'],
    ['--x\r\n\r\n--x--', 'multipart/form-data; boundary=x', 'FST_ERR_CTP_INVALID_MEDIA_TYPE'],
    ['a=1', 'application/x-www-form-urlencoded2', 'FST_ERR_CTP_INVALID_MEDIA_TYPE'],
    [`a=${'1'.repeat(98)}`, form, undefined],
    [`a=${'1'.repeat(99)}`, form, 'FST_ERR_CTP_BODY_TOO_LARGE']
  ]
  for (const [payload, type, code] of rows) {
    t.match(await post('DOMAIN=portal.example', payload, type), { code, framedBy }, type)
  }
})

await t.test('form guard: refuses a body that is encoded, which it would read as it is', async t => {
  const { post } = await serviceFor(t)
  for (const [encoding, code] of [['gzip', 'B24_ERR_CONTENT_TYPE'], ['identity', undefined]] as const) {
    t.match(await post('DOMAIN=portal.example', 'a=1', form, { 'content-encoding': encoding }), { code }, encoding)
  }
})

await t.test('form guard: ends an idle connection without blaming the handler that owes no answer', async t => {
  const { app, faults } = await serviceFor(t)
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  app.server.setTimeout(100)
  const head = (path: string) => `POST ${path}?DOMAIN=portal.example HTTP/1.1\r\nHost: x\r\nContent-Type: ${form}\r\n`
  const rows: Array<[what: string, sent: string, answer: RegExp]> = [
    ['half of a form', `${head('/call')}Content-Length: 9\r\n\r\na=`, /^$/],
    ['a hijacked reply', `${head('/hijacked')}Content-Length: 1\r\n\r\na`, /^$/],
    ['a reply that has begun', `${head('/begun')}Content-Length: 1\r\n\r\na`, /^HTTP\/1\.1 200 /]
  ]
  for (const [what, sent, answer] of rows) {
    const socket = connect(Number(port))
    socket.write(sent)
    t.match((await socket.toArray()).join(''), answer, what)
  }
  t.strictSame(faults, ['aborted'], 'by the client')
})

await t.test('form guard: accepts 128 KiB by default', async t => {
  const { post } = await serviceFor(t)
  const limit = 128 * 1024
  for (const [length, code] of [[limit, undefined], [limit + 1, 'FST_ERR_CTP_BODY_TOO_LARGE']] as const) {
    t.equal((await post('DOMAIN=portal.example', `a=${'1'.repeat(length - 2)}`)).code, code)
  }
})

await t.test('form guard: refuses a repeated field', async t => {
  const { post } = await serviceFor(t)
  const rows: Array<[query: string, payload: string]> = [
    ['DOMAIN=portal.example', 'a=1&a=2'],
    ['DOMAIN=portal.example', 'a=1&a=1'],
    ['DOMAIN=portal.example&x=1&x=2', 'a=1'],
    ['DOMAIN=portal.example&DOMAIN=evil.example', 'a=1'],
    ['DOMAIN=portal.example', 'DOMAIN=portal.example'],
    ['DOMAIN=portal.example&LANG=en', 'LANG=de'],
    ['DOMAIN=portal.example&APP_SID=1', 'APP_SID=2'],
    ['DOMAIN=portal.example&PROTOCOL=1', 'PROTOCOL=0']
  ]
  for (const [query, payload] of rows) {
    t.match(await post(query, payload), { code: 'B24_ERR_FIELD_REPEATED' }, `${query} ${payload}`)
  }
})

await t.test("form guard: needs a portal's address as DOMAIN, in query or body", async t => {
  const strict = await serviceFor(t)
  const insecure = await serviceFor(t, { allowInsecurePortals: true })
  const rows: Array<[query: string, payload: string, framedBy: string, strictly: boolean, insecurely: boolean]> = [
    ['DOMAIN=portal.example&PROTOCOL=1', 'a=1', 'https://portal.example', true, true],
    ['DOMAIN=Portal.Example:8443', 'a=1', 'https://portal.example:8443', true, true],
    ['', 'DOMAIN=portal.example', 'https://portal.example', true, true],
    ['DOMAIN=portal.example&PROTOCOL=0', '', 'http://portal.example', true, true],
    ['DOMAIN=b24_test.example', 'a=1', 'https://b24_test.example', true, true],
    ['DOMAIN=portal.example.', 'a=1', 'https://portal.example.', true, true],
    ['DOMAIN=xn--e1afmkfd.xn--p1ai:8443', 'a=1', 'https://xn--e1afmkfd.xn--p1ai:8443', true, true],
    ['DOMAIN=b24_test.local', 'a=1', 'https://b24_test.local', false, true],
    ['DOMAIN=localhost.', 'a=1', 'https://localhost.', false, true],
    ['DOMAIN=localhost:3000&PROTOCOL=0', 'a=1', 'http://localhost:3000', false, true],
    ['DOMAIN=192.168.1.5', 'a=1', 'https://192.168.1.5', false, true],
    ['DOMAIN=169.254.169.254', 'a=1', 'https://169.254.169.254', false, true],
    ['', 'a=1', "'none'", false, false],
    ['DOMAIN=', 'a=1', "'none'", false, false],
    ['DOMAIN=evil.example%2Fpath', 'a=1', "'none'", false, false],
    ['DOMAIN=user%40evil.example', 'a=1', "'none'", false, false],
    ['DOMAIN=a.example%20https%3A%2F%2Fevil.example', 'a=1', "'none'", false, false],
    ['DOMAIN=a.example%3B%20script-src%20*', 'a=1', "'none'", false, false],
    ['DOMAIN=a.example%0D%0Ax:1', 'a=1', "'none'", false, false],
    ['DOMAIN=*.bitrix24.com', 'a=1', "'none'", false, false]
  ]
  for (const [query, payload, framedBy, strictly, insecurely] of rows) {
    for (const [{ post }, passes] of [[strict, strictly], [insecure, insecurely]] as const) {
      const code = passes ? undefined : 'B24_ERR_DOMAIN'
      t.match(await post(query, payload), { code, framedBy }, `${query} ${payload}`)
    }
  }
})

await t.test('form guard: allows only the private portals of its list', async t => {
  const { post } = await serviceFor(t, { allowInsecurePortals: ['b24.example.lan', '192.168.1.5:8080'] })
  const rows: Array<[domain: string, passes: boolean]> = [
    ['b24.example.lan', true], ['other.example.lan', false],
    ['192.168.1.5%3A8080', true], ['192.168.1.5', false],
    ['portal.example', true]
  ]
  for (const [domain, passes] of rows) {
    t.match(await post(`DOMAIN=${domain}`, 'a=1'), { code: passes ? undefined : 'B24_ERR_DOMAIN' }, domain)
  }
})

await t.test('form guard: lets a request without a body reach validation', async t => {
  const { app } = await serviceFor(t)
  const { body } = await app.inject({ method: 'POST', url: '/call?DOMAIN=portal.example' })
  t.strictSame(JSON.parse(body), { body: null })
})

await t.test('form guard: frames no events, but refuses their repeated fields', async t => {
  const either = await serviceFor(t, { sender: 'either' })
  t.match(await either.post('', 'event=ONAPPINSTALL'), { body: { event: 'ONAPPINSTALL' }, framedBy: "'none'" })
  t.match(await either.post('', 'event=ONAPPINSTALL&event=x'), { code: 'B24_ERR_FIELD_REPEATED' })
  t.match(await either.post('', 'a=1'), { code: 'B24_ERR_DOMAIN' })
  const frame = await serviceFor(t)
  t.match(await frame.post('', 'event=ONAPPINSTALL'), { code: 'B24_ERR_DOMAIN' }, 'a field makes no event of it')
  const events = await serviceFor(t, { sender: 'queue' })
  t.match(await events.post('', 'a=1'), { body: { a: '1' }, framedBy: "'none'" })
  t.match(await events.post('', 'a=1&a=2'), { code: 'B24_ERR_FIELD_REPEATED' })
})

await t.test('form guard: a cached field does not keep its form in memory', async t => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const used = () => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const remembered: unknown[] = []
  const app = await build(t, async app => {
    await app.register(frameAncestors)
    await app.register(formGuard)
  })
  app.post<{ Body: Record<string, string>, Querystring: Record<string, string> }>('/call', async ({ body, query }) => {
    remembered.push(body['member_id'], body['auth[application_token]'], query['APP_SID'], query['LANG'])
  })
  const post = async (i: number) => {
    const id = String(i).padStart(32, 'a')
    const payload = `filler=${'x'.repeat(100_000)}&member_id=${id}&auth%5Bapplication_token%5D=${id}`
    const url = `/call?DOMAIN=portal.example&PROTOCOL=${'x'.repeat(10_000)}&APP_SID=${id}&LANG=${id}`
    await app.inject({ method: 'POST', url, headers: { 'content-type': form }, payload })
  }
  for (let i = 0; i < 20; i++) await post(i)
  const before = used()
  for (let i = 0; i < 200; i++) await post(i)
  t.equal(remembered.length, 880)
  t.ok(used() - before < 5_000_000, 'less than 5 of the 22 MB that were posted')
})

await t.test('form guard: does not check GET', async t => {
  const { app } = await serviceFor(t)
  for (const url of ['/call', '/call?DOMAIN=localhost', '/call?a=1&a=2']) {
    t.equal((await app.inject(url)).statusCode, 200, url)
  }
})

await t.test('form guard: limits only its own scope to forms', async t => {
  const { app } = await serviceFor(t)
  t.strictSame((await app.inject({ method: 'POST', url: '/json', payload: { a: 1 } })).json(), { a: 1 })
})

await t.test('form guard: needs frame-ancestors', async t => {
  await t.rejects(build(t, app => app.register(formGuard)), {
    message: "The decorator 'isOpenedByPortal' required by 'b24-form-guard' is not present in Request"
  })
})

await t.test('form guard: checks its options at registration', async t => {
  const rows: Array<[options: string, message: string]> = [
    ['{"sender":"anybody"}', 'form-guard: options.sender must be one of frame, queue, either'],
    ['{"bodyLimit":0}', 'form-guard: options.bodyLimit must be a number above 0, at most 2147483647'],
    ...['"b24.example.lan"', '[7]'].map((hosts): typeof rows[number] => [
      `{"allowInsecurePortals":${hosts}}`,
      'form-guard: options.allowInsecurePortals must be true, false or a list of hosts'
    ])
  ]
  for (const [options, message] of rows) {
    const app = await build(t, app => app.register(frameAncestors))
    await t.rejects(async () => { await app.register(formGuard, JSON.parse(options)) }, { message })
  }
})
