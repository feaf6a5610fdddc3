import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { loadConfig } from '../../src/config.ts'
import { serverOptions } from '../../src/server-options.ts'
import { build } from '../build.ts'
import { until } from '../until.ts'
import { codeOf, postForm, startService, type Answer, type Service } from '../service.ts'

/** Sends a request line that no client would, and reads the whole answer. */
async function raw (url: string, line: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write(`${line} HTTP/1.1\r\nHost: app.example\r\nConnection: close\r\n\r\n`)
  return await text(socket)
}

/** The log line of each call. */
const callsOf = ({ lines }: Service) => lines().filter(({ msg }) => msg === 'call')

await t.test('not found: an unknown address is 404, a wrong method 405', async t => {
  const service = await startService(t)
  const { url, log } = service
  const rows: Array<[method: string, path: string, status: number, code: string, allow: string | null]> = [
    ['GET', '/nowhere?APP_SID=secret', 404, 'B24_ERR_NOT_FOUND', null],
    ['PUT', '/placement', 405, 'B24_ERR_METHOD', 'GET, HEAD, POST'],
    ['DELETE', '/install', 405, 'B24_ERR_METHOD', 'GET, HEAD, POST'],
    ['GET', '/events', 405, 'B24_ERR_METHOD', 'POST'],
    ['PATCH', '/events/', 405, 'B24_ERR_METHOD', 'POST'],
    ['GET', '/assets/nothing.js', 404, 'B24_ERR_NOT_FOUND', null],
    ['PUT', '/assets/page.js', 405, 'B24_ERR_METHOD', 'GET, HEAD'],
    ['PUT', '/api/links/some-link/visits', 405, 'B24_ERR_METHOD', 'GET, HEAD'],
    ['GET', '/%zz', 400, 'B24_ERR_CALL_MALFORMED', null]
  ]
  for (const [method, path, status, code, allow] of rows) {
    const answer = await fetch(url + path, { method })
    t.equal(answer.status, status, `${method} ${path}`)
    t.equal(answer.headers.get('allow'), allow, `${method} ${path}`)
    t.match(await answer.json(), { error: code, status, requestId: /.+/ }, `${method} ${path}`)
  }
  const malformed = callsOf(service).filter(({ outcome }) => outcome === 'B24_ERR_CALL_MALFORMED')
  t.equal(malformed.length, 1, 'a malformed address is logged as well')
  t.notMatch(log.join(''), '%zz')
  const page = await fetch(`${url}/nowhere`, { headers: { accept: 'text/html,*/*' } })
  t.equal(page.status, 404)
  t.match(page.headers.get('content-type'), 'text/html')
})

await t.test('not found: never reads an address as the pattern of a route', async t => {
  const service = await startService(t)
  const paths = [
    '/:(((', '/api/links/:(((SECRET', '/api/links/:id(((SECRET', '/api/links/:id((a+)+$)', '/api/links/:id([)',
    '/api/links/:id(a)', '/:x(((', '/assets/:x(((', '/p:x(((', '/*', '/**', '*',
    '/api/*SECRET', '/::', '/a?b:(((SECRET', '/:x?', '//:x(((', '/:x(((/', 'http://app.example/:(((SECRET',
    'ftp://app.example/:(((', `/api/links/:id(${'a+'.repeat(3000)})`, `/api/links/:id${'-:a'.repeat(4000)}`,
    `/api/links/${'::'.repeat(7000)}`, '/%2E%2E/:(((', '/;:(((', '/%00:(((', '/__proto__', '/constructor/prototype'
  ]
  for (const method of ['GET', 'PUT', 'OPTIONS', 'TRACE', 'PROPFIND', 'HEAD', 'DELETE']) {
    for (const path of paths) {
      const answer = await raw(service.url, `${method} ${path}`)
      t.match(answer, /^HTTP\/1\.1 40[0145] /, `${method} ${path.slice(0, 40)}`)
      t.notMatch(answer, 'SECRET')
    }
  }
  // Node.js refuses these itself: they never reach a route.
  for (const line of ['GET SECRET', 'GET ?SECRET', 'GET http://[']) {
    const answer = await raw(service.url, line)
    t.match(answer, /^HTTP\/1\.1 400 /, line)
    t.notMatch(answer, 'SECRET')
  }
  for (const [line, status] of [['BOGUS /SECRET', 405], ['QUERY /SECRET', 404], ['QUERY /placement', 405]] as const) {
    const answer = await raw(service.url, line)
    t.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), line)
    t.notMatch(answer, 'SECRET')
  }
  t.notMatch(service.log.join(''), 'SECRET')
  // The one warning is that of ALLOW_INSECURE_PORTALS at the start.
  const warnings = service.lines().filter(({ level, portals }) => level >= 40 && portals === undefined)
  t.strictSame(warnings, [])
})

await t.test('not found: what Node.js cannot read as a request has an answer with a code, too', async t => {
  const service = await startService(t)
  const port = Number(new URL(service.url).port)
  const form = 'POST /placement HTTP/1.1\r\nHost: app.example\r\ntransfer-encoding: chunked\r\n\r\n'
  const rows: Array<[name: string, request: string, status: number, code: string]> = [
    ['unknown method', 'SECRET /placement HTTP/1.1\r\n\r\n', 405, 'B24_ERR_METHOD'],
    ['lower case', 'get /placement HTTP/1.1\r\n\r\n', 405, 'B24_ERR_METHOD'],
    ['headers', `GET /placement HTTP/1.1\r\nx: ${'SECRET'.repeat(4000)}\r\n\r\n`, 413, 'B24_ERR_TOO_LARGE'],
    ['chunk extensions', `${form}1;${'SECRET'.repeat(4000)}\r\n`, 413, 'B24_ERR_TOO_LARGE'],
    ['chunk', `${form}SECRET\r\n`, 400, 'B24_ERR_CALL_MALFORMED'],
    ['address', 'GET /SECRET\0 HTTP/1.1\r\n\r\n', 400, 'B24_ERR_CALL_MALFORMED'],
    ['TLS', '\x16\x03\x01SECRET', 405, 'B24_ERR_METHOD'],
    ['CONNECT', 'CONNECT SECRET.example:443 HTTP/1.1\r\nHost: SECRET.example:443\r\n\r\n', 405, 'B24_ERR_METHOD']
  ]
  for (const [name, request, status, code] of rows) {
    const socket = connect(port, '127.0.0.1')
    socket.write(request)
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
    t.match(head, new RegExp(`^HTTP/1\\.1 ${status} \\r\\n`), name)
    t.match(head, /^cache-control: no-store\r$/m, name)
    t.equal(/^allow: (.*)\r$/m.exec(head)?.[1], status === 405 ? 'GET, HEAD, POST' : undefined, name)
    const answer = JSON.parse(body)
    t.strictSame(answer, { error: code, status, requestId: answer.requestId }, name)
    t.ok(service.lines().some(({ reqId }) => reqId === answer.requestId), name)
  }
  const lines = service.lines().length
  for (const request of ['CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n', 'GET /']) {
    connect(port, '127.0.0.1', function (this: Socket) { this.write(request, () => { this.resetAndDestroy() }) })
  }
  await until(() => service.lines().slice(lines).some(({ reason }) => reason === 'ECONNRESET'))
  t.equal((await fetch(`${service.url}/health`)).status, 200)
  t.notMatch(service.log.join(''), 'SECRET')
})

await t.test('routes: ignore an Expect that is unknown', async t => {
  const service = await startService(t)
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1')
  const headers = ['Host: a.example', 'Expect: SECRET', 'Accept: text/html', 'Connection: close']
  socket.write(['GET /placement?LANG=de HTTP/1.1', ...headers, '', ''].join('\r\n'))
  const answer = await text(socket)
  t.match(answer, /^HTTP\/1\.1 200 /)
  t.match(answer, '<html lang="de"')
  t.notMatch(answer + service.log.join(''), 'SECRET')
})

await t.test('routes: ignore a slash too many in the application card', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  for (const path of ['/install/', '//install', '/install']) {
    t.equal((await service.call(alpha.placementCall('DEFAULT', { handler: service.url + path }))).status, 200, path)
  }
  alpha.installed = true
  for (const path of ['/placement/', '//placement', '//placement//', '/placement']) {
    const call = alpha.placementCall('REST_APP_URI', { handler: service.url + path, params: { docId: '42' } })
    const answer = await service.call(call)
    t.equal(answer.status, 200, path)
    t.match(answer.text, 'docId', path)
  }
  for (const path of ['/events/', '//events', '/install/']) {
    const answer = await postForm(service.url + path, alpha.event('ONAPPUPDATE').body)
    t.strictSame([answer.status, answer.text], [200, '{"status":"accepted"}'], path)
  }
  await until(() => service.fastify.lifecycleEvents.pending() === 0)
})

await t.test("not found: tells a portal's page which addresses the card must name", async t => {
  const service = await startService(t)
  const query = 'DOMAIN=portal.example&PROTOCOL=1&LANG=de'
  const form = 'application/x-www-form-urlencoded'
  const rows: Array<[path: string, type: string, body: string, status: number, code: string, path: string]> = [
    [`/?${query}`, form, 'AUTH_ID=secret', 404, 'B24_ERR_NOT_FOUND', '/'],
    ['/', form, `AUTH_ID=secret&${query}`, 404, 'B24_ERR_NOT_FOUND', '/'],
    [`/Placement/secret?${query}`, form, 'AUTH_ID=secret', 404, 'B24_ERR_NOT_FOUND', '/Placement/*'],
    [
      `/placement/install/secret/api?${query}`, form, 'AUTH_ID=secret', 404, 'B24_ERR_NOT_FOUND',
      '/placement/install/*/api'
    ],
    [`/a/b/c/d/e/f/g/h/i/j?${query}`, form, 'AUTH_ID=secret', 404, 'B24_ERR_NOT_FOUND', '/*/*/*/*/*/*/*'],
    [`/nowhere?${query}`, 'application/json', '{', 404, 'B24_ERR_NOT_FOUND', '/*'],
    [`/nowhere?${query}`, 'multipart/form-data; boundary=x', '--x--', 404, 'B24_ERR_NOT_FOUND', '/*'],
    [`/health?${query}`, form, 'AUTH_ID=secret', 405, 'B24_ERR_METHOD', '/health'],
    ['/api/me', form, `AUTH_ID=secret&${query}`, 405, 'B24_ERR_METHOD', '/api/me']
  ]
  // Addresses may break into lines.
  const wordsOf = ({ text }: Answer): string => text.replaceAll('<wbr>', '')
  for (const [path, type, body, status, code, logged] of rows) {
    const answer = await service.post(path, body, { accept: 'text/html', 'content-type': type })
    t.equal(answer.status, status, path)
    t.equal(codeOf(answer), code, path)
    t.match(answer.text, 'lang="de"', path)
    for (const address of ['placement', 'install']) {
      t.match(wordsOf(answer), `<code dir="ltr">${service.config.publicUrl}/${address}</code>`, path)
    }
    t.match(answer.headers.get('content-security-policy'), /frame-ancestors 'self' https:\/\/portal\.example$/, path)
    await until(() => callsOf(service).some(line => line.status === status && line.path === logged))
  }
  // A widget at the address of events is wrong, too.
  const atEvents = [[`/events?${query}`, 'AUTH_ID=secret'], ['/events', `AUTH_ID=secret&${query}`]] as const
  for (const [path, body] of atEvents) {
    const answer = await service.post(path, body, { accept: 'text/html' })
    t.equal(answer.status, 404, path)
    t.match(wordsOf(answer), `${service.config.publicUrl}/placement</code>`, path)
    t.match(answer.headers.get('content-security-policy'), /frame-ancestors 'self' https:\/\/portal\.example$/, path)
  }
  t.notMatch(service.log.join(''), 'secret')

  // Outside a portal the page says nothing of a card, and programs get JSON.
  for (const [path, accept] of [['/', 'text/html'], ['/?DOMAIN=a;b', 'text/html'], [`/?${query}`, '*/*']] as const) {
    const answer = await service.post(path, 'a=1', { accept })
    t.equal(answer.status, 404)
    t.notMatch(answer.text, '</code></dd></div>\n<div><dt>Path')
    t.notMatch(wordsOf(answer), `${service.config.publicUrl}/placement`)
    t.notMatch(String(answer.headers.get('content-security-policy')), 'portal.example')
  }
  t.equal((await service.post('/events', 'a=1', { accept: '*/*' })).status, 400)
  t.equal((await service.post('/events', 'event=ONAPPINSTALL', { accept: 'text/html' })).status, 400)
})

await t.test('error pages: can be framed by the portal, even without a route', async t => {
  const service = await startService(t)
  const query = 'DOMAIN=b24_test.example.com&LANG=fr'
  const big = `a=${'x'.repeat(200_000)}`
  const rows: Array<[method: string, path: string, type: string, body: string | undefined, status: number]> = [
    ['POST', `/%zz?${query}`, 'application/x-www-form-urlencoded', 'a=1', 400],
    ['GET', `/%zz?${query}`, '', undefined, 400],
    ['GET', `/api/links/${'a'.repeat(200)}?${query}`, '', undefined, 400],
    ['POST', `/nowhere?${query}`, 'application/x-www-form-urlencoded', big, 413],
    ['POST', `/placement?${query}`, 'application/x-www-form-urlencoded', big, 413],
    ['POST', `/events?${query}`, 'application/x-www-form-urlencoded', big, 404],
    ['POST', `/placement?${query}`, 'application/json', '{}', 415],
    ['POST', `/install?${query}`, 'multipart/form-data', 'a', 415],
    ['PUT', `/placement?${query}`, 'text/plain', 'a', 405],
    ['GET', `/nowhere?${query}`, '', undefined, 404]
  ]
  for (const [method, path, type, body, status] of rows) {
    const headers = { accept: 'text/html', ...(type && { 'content-type': type }) }
    const answer = await fetch(service.url + path, { method, headers, ...(body !== undefined && { body }) })
    const name = `${method} ${path.slice(0, 30)} ${type}`
    t.equal(answer.status, status, name)
    t.match(await answer.text(), 'lang="fr"', name)
    const policy = answer.headers.get('content-security-policy')
    t.match(policy, /frame-ancestors 'self' https:\/\/b24_test\.example\.com https:\/\/\*\.example\.com$/, name)
  }
  t.ok(callsOf(service).some(({ status, route }) => status === 400 && route === '/unreadable-address'))
  t.equal((await fetch(`${service.url}/unreadable-address`)).status, 404, 'an address that nobody has to know')
})

await t.test('server options: what Fastify refuses by itself is not repeated', async t => {
  const config = loadConfig({
    PUBLIC_URL: 'https://app.example',
    B24_CLIENT_ID: 'local.1',
    B24_CLIENT_SECRET: 'x',
    APP_SECRET: Buffer.alloc(32).toString('base64')
  })
  const fastify = await build(t, () => {}, { ...serverOptions(config), logger: false })
  const answer = await fastify.inject('/secret%zz')
  t.equal(answer.statusCode, 400)
  t.match(answer.json(), { error: 'B24_ERR_CALL_MALFORMED', status: 400, requestId: /.+/ })
  t.notMatch(answer.body, 'secret')
})
