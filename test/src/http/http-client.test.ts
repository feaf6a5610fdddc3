import t from 'tap'
import { createHttpClient } from '../../../src/http/http-client.ts'
import { jsonServerFor, serverFor } from '../../servers.ts'

function clientFor (t: { after: (fn: () => unknown) => void }, timeout = 5000) {
  const client = createHttpClient({ timeout })
  t.after(() => client.close())
  return client
}
const message = { headers: { 'content-type': 'text/plain' }, body: 'hello' }

await t.test('http client: posts a body, and reads JSON whatever the status', async t => {
  const { post } = clientFor(t)
  for (const status of [200, 401, 500]) {
    const url = await serverFor(t, async (request, response) => {
      const body = (await request.toArray()).join('')
      response.writeHead(status).end(JSON.stringify([
        request.method, request.url, request.headers['content-type'], body
      ]))
    })
    t.strictSame(await post(`${url}/path`, message), { status, json: ['POST', '/path', 'text/plain', 'hello'] })
  }
})

await t.test('http client: reads undefined from what is not JSON', async t => {
  const url = await serverFor(t, (_request, response) => response.end('<!doctype html>'))
  t.strictSame(await clientFor(t).post(url, message), { status: 200, json: undefined })
})

await t.test('http client: returns a redirect, and does not follow it', async t => {
  let asked = 0
  const other = await serverFor(t, (_request, response) => { asked++; response.end('{}') })
  for (const status of [301, 302, 303, 307, 308]) {
    const url = await serverFor(t, (_request, response) => response.writeHead(status, { location: other }).end())
    t.strictSame(await clientFor(t).post(url, message), { status, json: undefined })
  }
  t.equal(asked, 0)
})

await t.test('http client: stops reading an answer that is too large', async t => {
  const fits = await jsonServerFor(t, 200, 'x'.repeat(200_000))
  t.equal((await clientFor(t).post(fits, message)).status, 200)
  const huge = await jsonServerFor(t, 200, 'x'.repeat(300_000))
  await t.rejects(clientFor(t).post(huge, message), /more than 262144 bytes/)
})

await t.test('http client: tries once more when a connection breaks', async t => {
  let count = 0
  const url = await serverFor(t, (request, response) => {
    if (++count === 1) request.socket.destroy()
    else response.end('{"ok":true}')
  })
  t.strictSame(await clientFor(t).post(url, message), { status: 200, json: { ok: true } })
  t.equal(count, 2)
})

await t.test('http client: rejects when the connection breaks again', async t => {
  let count = 0
  const url = await serverFor(t, request => { count++; request.socket.destroy() })
  await t.rejects(clientFor(t).post(url, message))
  t.equal(count, 2)
})

await t.test('http client: rejects an answer that changes the protocol', async t => {
  let count = 0
  const url = await serverFor(t, ({ socket }) => {
    count++
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n')
  })
  await t.rejects(clientFor(t).post(url, message), /without an answer/)
  t.equal(count, 1)
})

await t.test('http client: rejects when nobody listens', async t => {
  await t.rejects(clientFor(t).post('http://127.0.0.1:9', message), { code: 'ECONNREFUSED' })
})

await t.test('http client: gives a slow answer up, and does not try again', async t => {
  let count = 0
  const silent = await serverFor(t, () => { count++ })
  const endless = await serverFor(t, (_request, response) => { response.write('[') })
  for (const url of [silent, endless]) {
    await t.rejects(clientFor(t, 60).post(url, message), { name: 'TimeoutError' })
  }
  t.ok(count < 2)
})

await t.test('http client: takes another timeout for one request', async t => {
  const slow = await serverFor(t, (_request, response) => { setTimeout(() => response.end('{}'), 2000) })
  t.equal((await clientFor(t, 1500).post(slow, { ...message, timeout: 10_000 })).status, 200)
  await t.rejects(clientFor(t).post(slow, { ...message, timeout: 50 }), { name: 'TimeoutError' })
})

await t.test('http client: keeps a connection, but not for what is sent once only', async t => {
  const ports: Array<number | undefined> = []
  const url = await serverFor(t, (request, response) => {
    ports.push(request.socket.remotePort)
    response.end('{}')
  })
  const { post } = clientFor(t)
  async function portsOf (retry: boolean): Promise<number> {
    ports.length = 0
    for (let times = 0; times < 5; times++) await post(url, { ...message, retry })
    return new Set(ports).size
  }
  // A connection is free a moment after its answer has been read.
  t.ok(await portsOf(true) <= 2)
  t.equal(await portsOf(false), 5)
})

await t.test('http client: asks anew when the kept connection has gone', async t => {
  const url = await serverFor(t, (request, response) => {
    response.end('{}')
    // The client learns of it with its next request.
    response.once('close', () => setImmediate(() => request.socket.resetAndDestroy()))
  })
  const { post } = clientFor(t)
  for (let times = 0; times < 5; times++) {
    t.strictSame(await post(url, message), { status: 200, json: {} })
  }
})

await t.test('http client: ends what is under way when it is closed', async t => {
  const client = createHttpClient({ timeout: 5000 })
  const reached = Promise.withResolvers<void>()
  let count = 0
  const url = await serverFor(t, () => { count++; reached.resolve() })
  const closed = { message: 'the connections are closed' }
  const asked = t.rejects(client.post(url, message), closed)
  await reached.promise
  const asking = t.rejects(client.post(url, message), closed)
  client.close()
  await Promise.all([asked, asking])
  await t.rejects(client.post(url, message), closed)
  t.equal(count, 1)
})
