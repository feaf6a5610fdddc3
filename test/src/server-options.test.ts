import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { request, Server } from 'node:http'
import { text } from 'node:stream/consumers'
import type { FastifyError } from 'fastify'
import t from 'tap'
import { loadConfig } from '../../src/config.ts'
import { serverOptions } from '../../src/server-options.ts'
import { build } from '../build.ts'

const config = loadConfig({
  PUBLIC_URL: 'https://widgets.example',
  B24_CLIENT_ID: 'local.1',
  B24_CLIENT_SECRET: 'x',
  APP_SECRET: Buffer.alloc(32).toString('base64'),
  TRUST_PROXY: 'loopback',
  LOG_LEVEL: 'silent'
})

await t.test('server options: limit the time and the number of connections', async t => {
  const { server } = await build(t, () => {}, serverOptions(config))
  const { headersTimeout, requestTimeout, keepAliveTimeout, timeout, maxConnections } = server as Server
  t.strictSame({ headersTimeout, requestTimeout, keepAliveTimeout, timeout, maxConnections }, {
    headersTimeout: 30_000, requestTimeout: 30_000, keepAliveTimeout: 72_000, timeout: 60_000, maxConnections: 2000
  })
})

await t.test('server options: take the path of PUBLIC_URL off, also behind a host', async t => {
  const app = await build(t, () => {}, serverOptions({ ...config, publicUrl: 'https://widgets.example/base/v1.2(+)' }))
  app.get('/a', async () => 'answered')
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo // a TCP server has such an address
  const base = '/base/v1.2(+)'
  const paths = [
    '/a', `${base}/a`, `http://widgets.example${base}/a`, 'https://widgets.example/a', `/${base}/a`, `${base}//a/`,
    `HTTP://widgets.example/${base}/a`, '/base//v1.2(+)/a'
  ]
  for (const path of [...paths, `${base}x/a`, '/base/v1x2(+)/a', '/BASE/v1.2(+)/a', base]) {
    const sent = request({ host: '127.0.0.1', port, path }).end()
    const [answer] = await once(sent, 'response')
    t.equal(await text(answer) === 'answered', paths.includes(path), path)
  }
})

await t.test('server options: end an unfinished request, and answer the next', async t => {
  const app = await build(t, () => {}, serverOptions(config))
  app.get('/', async request => request.ip)
  await app.listen({ host: '127.0.0.1', port: 0 })
  // Shorter limits, so that only the check every two seconds is waited for.
  Object.assign(app.server, { headersTimeout: 1, requestTimeout: 1 })
  const { port } = app.server.address() as AddressInfo // a TCP server has such an address
  const socket = connect(port, '127.0.0.1')
  t.after(() => socket.destroy())
  await once(socket, 'connect')
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n')
  const answer = String((await once(socket, 'data'))[0])
  t.match(answer, /^HTTP\/1.1 408 /)
  Object.assign(app.server, { headersTimeout: 30_000, requestTimeout: 30_000 })
  const headers = { 'x-forwarded-for': '198.51.100.7, 127.0.0.1:80' }
  const next = await fetch(`http://127.0.0.1:${port}`, { headers })
  t.equal(await next.text(), '198.51.100.7')
})

await t.test('server options: what comes while the service closes is answered as before', async t => {
  const app = await build(t, () => {}, serverOptions(config))
  app.get('/', async () => 'answered')
  let answer: string | undefined
  app.addHook('preClose', async () => { answer = await (await fetch(app.listeningOrigin)).text() })
  await app.listen({ host: '127.0.0.1', port: 0 })
  await app.close()
  t.equal(answer, 'answered')
})

await t.test('server options: a schema is checked in development: in production it has been', async t => {
  for (const development of [true, false]) {
    const app = await build(t, () => {}, serverOptions({ ...config, development }))
    app.get('/', { schema: { querystring: { type: 'object', properties: { a: { maxLength: -1 } } } } }, async () => {})
    const code = await app.ready().then(() => undefined, (error: FastifyError) => error.code)
    t.equal(code, development ? 'FST_ERR_SCH_VALIDATION_BUILD' : undefined)
  }
})
