import { once } from 'node:events'
import { createServer, request, type RequestListener } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { shareConnections } from '../../../src/http/connection-shares.ts'
import { trustedProxies } from '../../../src/http/trusted-proxies.ts'
import { logLines } from '../../log-lines.ts'
import { until } from '../../until.ts'

const slow = (more = '') => `POST / HTTP/1.1\r\nHost: x\r\n${more}Content-Length: 100\r\n\r\nab`
const from = (forwarded: string) => slow(`X-Forwarded-For: ${forwarded}\r\n`)
const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`

/** A server with room for three connections of a client when there are more than twelve, closed with the test. */
async function serverFor (t: Test, proxies: string[] = []) {
  const { lines, stream } = logLines()
  const held = Promise.withResolvers<void>()
  const answer: RequestListener = async (request, response) => {
    if (request.url === '/work') await held.promise
    if (request.url === '/endless') response.write('x'.repeat(10_000_000))
    else response.end(request.url === '/large' ? 'x'.repeat(10_000_000) : 'done')
  }
  const server = createServer({ keepAliveTimeout: 60_000 }, answer)
  shareConnections(server, { isTrusted: trustedProxies(proxies), log: pino(stream), plenty: 12, share: 3 })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo // a TCP server has such an address
  /** Connections of a client that send this and read nothing, when they stand */
  async function open (localAddress: string, count: number, text = '') {
    return await Promise.all(Array.from({ length: count }, async () => {
      const socket = connect({ host: '127.0.0.1', port, localAddress }).on('error', () => {})
      await once(socket, 'connect')
      if (text !== '') await new Promise(resolve => socket.write(text, resolve))
      return socket
    }))
  }
  /** What another client is answered, on a connection of its own */
  const ask = () => new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, localAddress: '127.0.0.9', agent: false }, answer => {
      answer.resume().on('end', () => resolve(answer.statusCode))
    }).on('error', reject).end()
  })
  return { server, lines, open, ask, release: held.resolve }
}

const living = (sockets: readonly Socket[]) => {
  // Closing shows to whoever reads.
  for (const socket of sockets) socket.resume()
  return sockets.filter(socket => !socket.destroyed).length
}

/** Opens connections of another client until there are as many of these as expected. */
async function leftOf (ask: () => Promise<unknown>, sockets: readonly Socket[], expected: number): Promise<number> {
  await until(async () => await ask() === 200 && living(sockets) <= expected)
  return living(sockets)
}

for (const [name, text] of Object.entries({
  'that send nothing': '', 'with half a head': 'POST / HTTP/1.1\r\n', 'with half a body': slow(), idle: get('/')
})) {
  await t.test(`connection shares: closes the oldest connections ${name} of a client with many`, async t => {
    const { open, ask, lines } = await serverFor(t)
    const others = [...await open('127.0.0.3', 3, slow()), ...await open('127.0.0.4', 3)]
    const many = await open('127.0.0.2', 12, text)
    t.equal(await leftOf(ask, many, 3), 3)
    t.equal(living(others), 6, 'who has few keeps them')
    t.match(lines, [{ level: 40, msg: 'connections that clients kept waiting were closed: nearly all were taken' }])
    t.ok(lines.reduce((sum, { closed }) => sum + Number(closed), 0) === 9)
  })
}

for (const path of ['/large', '/endless']) {
  await t.test(`connection shares: closes those that read nothing of ${path}`, async t => {
    const { server, open, ask } = await serverFor(t)
    await open('127.0.0.2', 12, get(path))
    const count = () => new Promise(resolve => server.getConnections((_, count) => resolve(count)))
    await until(async () => await ask() === 200 && await count() === 3)
  })
}

await t.test('connection shares: closes nothing that is worked on, nor while there are enough', async t => {
  const { open, ask, release } = await serverFor(t)
  const few = await open('127.0.0.2', 10)
  t.equal(await ask(), 200)
  const working = await open('127.0.0.3', 12, get('/work'))
  t.equal(await leftOf(ask, few, 3), 3)
  t.equal(living(working), 12)
  const answers = working.map(async socket => String(await once(socket, 'data')))
  release()
  for (const answer of await Promise.all(answers)) t.match(answer, /^HTTP\/1.1 200/)
})

await t.test('connection shares: tells the clients behind a proxy apart, and keeps what the proxy keeps', async t => {
  const { open, ask } = await serverFor(t, ['127.0.0.1', '10.0.0.1'])
  const kept = [...await open('127.0.0.1', 3), ...await open('127.0.0.1', 3, get('/'))]
  const few = await open('127.0.0.1', 3, from('192.0.2.1'))
  const many = await open('127.0.0.1', 8, from('192.0.2.1, 192.0.2.2, 10.0.0.1'))
  t.equal(await leftOf(ask, many, 3), 3)
  t.equal(living([...kept, ...few]), 9)
  const nobodys = await open('127.0.0.1', 8, slow())
  t.equal(await leftOf(ask, nobodys, 3), 3)
})
