import type { LookupAddress, LookupOptions } from 'node:dns'
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { publicLookup, type PortalConnectionsOptions } from '../../../plugins/portal-rest/connections.ts'
import { connectionsFor, serverFor } from '../../servers.ts'
import { until } from '../../until.ts'

const message = (url: string, maxBytes?: number) =>
  ({ memberId: 'member', url: `${url}/rest/profile`, body: '{}', maxBytes })
const silent = { code: 'B24_ERR_PORTAL_UNAVAILABLE' }
const megabyte = 1024 * 1024

/** A portal that answers with this body. */
const bodyFor = (t: Test, body: string | Buffer, headers: Record<string, string> = {}, status = 200) =>
  serverFor(t, (_request, response) => response.writeHead(status, headers).end(body))

/** A server that takes connections and does what it is told with each: its port, and how many are open. */
async function socketsFor (t: Test, take: (socket: Socket) => void) {
  const open = new Set<Socket>()
  const server: Server = createServer(socket => {
    open.add(socket.on('close', () => open.delete(socket)).on('error', () => {}).resume())
    take(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, open } // a TCP server has such an address
}

await t.test('post: reads an answer, packed or not, whatever its status', async t => {
  const { post } = connectionsFor(t)
  const json = JSON.stringify({ result: ['ж', '"{[', '\\'] })
  const expected = { result: ['ж', '"{[', '\\'] }
  const sent = Buffer.byteLength(message('').body)
  const received = Buffer.byteLength(json)
  t.strictSame(await post(message(await bodyFor(t, json, { 'content-type': 'text/html' }))), {
    status: 200, json: expected, location: undefined, sent, received
  })
  t.strictSame(await post(message(await bodyFor(t, `\uFEFF \n${json}`))), {
    status: 200, json: expected, location: undefined, sent, received: received + 5
  })
  t.strictSame(await post(message(await bodyFor(t, gzipSync(json), { 'content-encoding': 'gzip' }, 400))), {
    status: 400, json: expected, location: undefined, sent, received: gzipSync(json).length
  })
  t.strictSame(await post(message(await bodyFor(t, '<html>', { location: '/login' }, 302))), {
    status: 302, json: undefined, location: '/login', sent, received: 6
  })
  for (const nonsense of ['', ' ', '[]', 'null', '{"a":', '{"a', '{"a":1}}', '<!doctype html>'.repeat(100_000)]) {
    t.strictSame((await post(message(await bodyFor(t, nonsense)))).json, undefined, nonsense.slice(0, 20))
  }
  const written = '{"__proto__":{"a":1},"\\u005f_proto__":{"a":1},"b":{"__proto__":1,"c":"__proto__"}}'
  t.strictSame((await post(message(await bodyFor(t, written)))).json, { b: { c: '__proto__' } })
})

await t.test('post: rejects an answer that is too much of anything', async t => {
  const { post } = connectionsFor(t)
  const rows = (row: string, count: number) => `{"result":[${`${row},`.repeat(count)}0]}`
  const gzip = { 'content-encoding': 'gzip' }
  const names = Array.from({ length: 20_000 }, (_, index) => `"name${index}":0`).join()
  const bodies: Array<[name: string, body: string | Buffer, headers?: Record<string, string>]> = [
    ['five million rows', rows('1', 5_000_000)],
    ['long', rows(`"${'x'.repeat(100)}"`, 50_000)],
    ['unpacked too long', gzipSync(rows(`"${Math.random()}"`, 500_000), { level: 1 }), gzip],
    ['bomb', gzipSync(Buffer.alloc(100 * megabyte, ' ')), gzip],
    ['bomb of letters', gzipSync(`{"result":"${'a'.repeat(50 * megabyte)}"}`), gzip],
    ['small bomb', gzipSync(`{"result":"${'a'.repeat(2 * megabyte)}"}`), gzip],
    ['deep', `{"result":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['just too deep', `{"result":${'['.repeat(100)}${']'.repeat(100)}}`],
    ['many objects', rows('{}', 300_000)],
    ['many names', `{${names}}`],
    ['torn', gzipSync('{"result":1}').subarray(0, 20), gzip],
    ['brotli', brotliCompressSync('{"result":1}'), { 'content-encoding': 'br' }],
    ['packed twice', gzipSync(gzipSync('{"result":1}')), { 'content-encoding': 'gzip, gzip' }],
    ['headers', '{"result":1}', { 'x-long': 'x'.repeat(20_000) }]
  ]
  for (const [name, body, headers] of bodies) {
    await t.rejects(post(message(await bodyFor(t, body, headers))), silent, name)
  }
  t.match(
    await post(message(await bodyFor(t, `{"result":${'['.repeat(99)}${']'.repeat(99)}}`))),
    { status: 200, json: {} },
    'deep enough'
  )
  const records = rows('{"ID":"1","TITLE":"A deal","STAGE_ID":"NEW"}', 60_000)
  t.match(await post(message(await bodyFor(t, records))), { json: { result: { length: 60_001 } } })
  const large = await bodyFor(t, rows(`"${'x'.repeat(100)}"`, 50_000))
  t.match(await post(message(large, 8 * megabyte)), { json: { result: { length: 50_001 } } }, 'a call may ask for more')
})

await t.test('post: ends an endless answer, and its connection', async t => {
  const gzipHead = gzipSync('').subarray(0, 10)
  const emptyBlock = Buffer.from([0, 0, 0, 0xff, 0xff])
  const pour = (response: Parameters<RequestListener>[1], piece: string | Buffer) => {
    while (response.write(piece)) { /* as fast as it goes */ }
    response.once('drain', () => pour(response, piece))
  }
  const rows: Array<[name: string, answer: RequestListener, limits?: PortalConnectionsOptions]> = [
    ['blanks', (_request, response) => pour(response, ' '.repeat(65_536))],
    ['rows', (_request, response) => { response.write('{"result":['); pour(response, '"row",'.repeat(10_000)) }],
    ['packed nothing', (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).write(gzipHead)
      pour(response, Buffer.concat(Array.from({ length: 10_000 }, () => emptyBlock)))
    }],
    ['drops', (_request, response) => {
      response.write('{"result":[')
      const timer = setInterval(() => response.write('1,'), 20)
      response.on('close', () => clearInterval(timer))
    }, { timeout: 300 }],
    ['silence', () => {}, { timeout: 300 }],
    ['informational answers', (_request, response) => {
      const timer = setInterval(() => response.writeProcessing(), 20)
      response.on('close', () => clearInterval(timer))
    }, { timeout: 300 }]
  ]
  for (const [name, answer, limits] of rows) {
    let open = 0
    const origin = await serverFor(t, (request, response) => {
      open++
      request.socket.on('close', () => { open-- })
      answer(request, response)
    })
    await t.rejects(connectionsFor(t, limits).post(message(origin)), silent, name)
    await until(() => open === 0)
  }
})

await t.test('post: ends an answer that goes on without a body', async t => {
  const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'
  const rows: Array<[name: string, head: string, rest: string, why: RegExp]> = [
    ['continue', '', 'HTTP/1.1 100 Continue\r\n\r\n', /informational/],
    ['early hints', '', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n', /informational/],
    ['empty lines', '', '\r\n', /more than 4194304 bytes/],
    ['a size with zeros', chunked, '0', /more than 4194304 bytes/],
    ['extensions', `${chunked}1\r\n{\r\n`, `1;${'x'.repeat(1000)}\r\n \r\n`, /more than 4194304 bytes/],
    ['chunks of a byte', `${chunked}1\r\n{\r\n`, '1\r\n \r\n', /too many pieces/]
  ]
  for (const [name, head, rest, why] of rows) {
    const flood = rest.repeat(Math.ceil(65_536 / rest.length))
    const { port, open } = await socketsFor(t, socket => {
      const pour = () => {
        while (!socket.destroyed && socket.write(flood)) { /* as fast as it goes */ }
      }
      socket.on('drain', pour).write(head)
      pour()
    })
    const asking = connectionsFor(t).post(message(`http://127.0.0.1:${port}`))
    t.match(await asking.catch(({ cause }) => cause), { message: why }, name)
    await until(() => open.size === 0)
  }
  const { port } = await socketsFor(t, socket => {
    socket.end(`${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(8)}HTTP/1.1 200 OK\r\n\r\n{"result":1}`)
  })
  t.match(await connectionsFor(t).post(message(`http://127.0.0.1:${port}`)), { json: { result: 1 } }, 'some are fine')
})

await t.test('post: gives up a connection or headers that never end', async t => {
  const mute = await socketsFor(t, () => {})
  await t.rejects(connectionsFor(t, { timeout: 300 }).post(message(`https://127.0.0.1:${mute.port}`)), silent, 'no TLS')
  await until(() => mute.open.size === 0)
  const slow = await socketsFor(t, socket => {
    socket.write('HTTP/1.1 200 OK\r\n')
    const timer = setInterval(() => socket.write('x'), 20)
    socket.on('close', () => clearInterval(timer))
  })
  await t.rejects(
    connectionsFor(t, { timeout: 300 }).post(message(`http://127.0.0.1:${slow.port}`)), silent, 'no end of a header'
  )
  await until(() => slow.open.size === 0)
})

await t.test('post: drops the largest answer when all hold too much', async t => {
  const { post } = connectionsFor(t, { allBytes: 300_000 })
  let finish = () => {}
  const hostile = await serverFor(t, (_request, response) => { response.write(`{"result":"${'x'.repeat(250_000)}`) })
  const other = await serverFor(t, (_request, response) => {
    response.write(`{"result":"${'x'.repeat(100_000)}`)
    finish = () => response.end('"}')
  })
  const attack = t.rejects(post({ ...message(hostile), memberId: 'hostile' }), silent)
  const honest = post({ ...message(other), memberId: 'honest' })
  await attack
  finish()
  t.strictSame((await honest).json, { result: 'x'.repeat(100_000) })
})

await t.test('post: connects to public https addresses unless told otherwise', async t => {
  const origin = await bodyFor(t, '{"result":1}')
  const { port } = new URL(origin)
  const here: PortalConnectionsOptions['lookup'] = (_hostname, _options, callback) => callback(null, [
    { address: '127.0.0.1', family: 4 }
  ])
  const strict = connectionsFor(t, { allowInsecurePortals: ['b24.example.lan'], lookup: here })
  const refused = { code: 'B24_ERR_PORTAL_ADDRESS' }
  for (const url of [
    origin, `https://127.0.0.1:${port}`, 'http://portal.example.com', `https://portal.example.com:${port}`
  ]) {
    await t.rejects(strict.post(message(url)), refused, url)
  }
  t.match(await strict.post(message(`http://b24.example.lan:${port}`)), { status: 200, json: { result: 1 } })
})

await t.test('post: rejects when nobody listens', async t => {
  await t.rejects(connectionsFor(t).post(message('http://127.0.0.1:9')), { ...silent, cause: { code: 'ECONNREFUSED' } })
})

const address = (address: string): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })

/** What a connection gets to hear for a name with these addresses. */
function lookUp (
  addresses: string[], options: LookupOptions = { all: true }, fault: NodeJS.ErrnoException | null = null
): Promise<unknown> {
  const lookup = publicLookup((_hostname, _options, callback) => callback(fault, addresses.map(address)))
  return new Promise(resolve => lookup('portal.example.com', options, (error, ...found) => resolve(error ?? found)))
}

await t.test('publicLookup: passes on the addresses that it has checked', async t => {
  const both = ['93.184.216.34', '2606:2800:220:1::1']
  t.strictSame(await lookUp(both), [both.map(address)])
  t.strictSame(await lookUp(['93.184.216.34'], {}), ['93.184.216.34', 4])
})

await t.test('publicLookup: refuses a name with one private address', async t => {
  const privates = [
    '10.0.0.5', '127.0.0.1', '169.254.169.254', '::1', 'fd00::1', 'fe80::1%eth0', '::ffff:10.0.0.5', '64:ff9b::a00:5',
    '64:ff9b:1::a00:5'
  ]
  for (const found of privates) {
    t.match(await lookUp([found]), { code: 'B24_ERR_PORTAL_ADDRESS' }, found)
    t.match(await lookUp(['93.184.216.34', found], {}), { code: 'B24_ERR_PORTAL_ADDRESS' }, found)
  }
  t.match(await lookUp([]), { code: 'B24_ERR_PORTAL_ADDRESS' })
})

await t.test('publicLookup: passes on the error for an unknown name', async t => {
  t.match(await lookUp([], {}, Object.assign(new Error('not found'), { code: 'ENOTFOUND' })), { code: 'ENOTFOUND' })
})

await t.test('inTurn: rejects a call when a hundred of its portal wait', async t => {
  const { inTurn } = connectionsFor(t)
  const gate = Promise.withResolvers<void>()
  const calls = Array.from({ length: 110 }, () => inTurn('member', () => gate.promise))
  await t.rejects(inTurn('member', () => gate.promise), silent)
  t.equal(await inTurn('other', async () => 'at once'), 'at once')
  gate.resolve()
  await Promise.all(calls)
})
