import { once } from 'node:events'
import { request, type IncomingMessage, type RequestListener } from 'node:http'
import { Readable } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import t, { type Test } from 'tap'
import { codeOf, serverFor, startService, until, type Service } from './service.ts'

const other = 'http://other.docs.example'

async function serviceFor (t: Test, answer: RequestListener) {
  const origin = await serverFor(t, answer)
  const service = await startService(t, { documents: `${origin},${other}` })
  return { service, origin }
}

const open = (service: Service, url: string, lang = 'en') => service.open('document', { docId: url }, { lang })

const addressIn = (text: string): string => (/\/api\/documents\/[^"]+/.exec(text)?.[0] ?? '').replaceAll('&amp;', '&')

await t.test('document: is shown with name, type and size, and streamed', async t => {
  const { service, origin } = await serviceFor(t, ({ headers }, response) => headers.range === undefined
    ? response.writeHead(200, {
      'content-type': 'text/csv; charset=windows-1252', 'content-length': 1234, 'set-cookie': 'a=b'
    }).end('x'.repeat(1234))
    : response.writeHead(206, { 'content-type': 'text/csv', 'content-range': 'bytes 0-1/1234' }).end('xx'))
  const { text, headers } = await open(service, `${origin}/prices.csv?key=verysecret`, 'de')
  for (const part of [
    '<title>prices.csv</title>', '1,2 kB', 'Textdatei', '<iframe class="preview"', 'download="prices.csv"'
  ]) t.match(text, part)
  t.match(headers.get('content-security-policy'), "frame-src 'self';")
  const address = new URL(addressIn(text.replace(/&amp;download=y/g, '')), service.url)
  const document = await fetch(address)
  t.equal(document.status, 200)
  t.match(Object.fromEntries(document.headers), {
    'content-type': 'text/plain; charset=windows-1252',
    'content-disposition': "inline; filename*=UTF-8''prices.csv",
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
    'content-length': '1234',
    'cache-control': 'no-store'
  })
  t.equal(document.headers.has('set-cookie'), false)
  t.equal((await document.text()).length, 1234)
  const part = await fetch(`${address}&download=y`, { headers: { range: 'bytes=0-1' } })
  t.strictSame([part.status, part.headers.get('content-range'), await part.text()], [206, 'bytes 0-1/1234', 'xx'])
  t.match(part.headers.get('content-disposition'), 'attachment')
  t.equal((await fetch(address, { method: 'HEAD' })).status, 404)
  t.notMatch(service.log.join(''), 'verysecret')
  t.notMatch(service.log.join(''), address.pathname)
})

await t.test('document: opens by a signed link, and tells who reads', async t => {
  const seen: string[] = []
  const { service, origin } = await serviceFor(t, ({ method, headers }, response) => {
    seen.push(String(headers['b24-reader']))
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 3 }).end(method === 'HEAD' ? '' : 'abc')
  })
  const { alpha } = service.sandbox.portals
  for (const docId of ['/hr/salaries.txt', `${origin}/hr/salaries.txt`, 42]) {
    const answer = await service.sandbox.send(
      alpha.placementCall('REST_APP_URI', { params: { screen: 'document', docId } }))
    t.strictSame([answer.status, codeOf(answer)], [403, 'B24_ERR_LINK_SIGNATURE'])
  }
  t.equal(seen.length, 0)
  const { text } = await open(service, `${origin}/a.txt`)
  await (await fetch(new URL(addressIn(text), service.url))).text()
  const keys = createRemoteJWKSet(new URL('/api/document-keys', service.url))
  t.equal(seen.length, 2)
  for (const token of seen) {
    const { payload } = await jwtVerify(token, keys, { issuer: service.url, audience: origin })
    t.match(payload, {
      member_id: alpha.memberId,
      user_id: alpha.users.admin.id,
      domain: new URL(alpha.url).hostname,
      url: `${origin}/a.txt`
    })
    t.notMatch(service.log.join(''), token)
  }
})

await t.test('document: is shown in the way of its kind', async t => {
  const { service, origin } = await serviceFor(t, ({ url = '' }, response) => {
    const [, type = '', size] = /^\/([^?]+)\?(\d*)/.exec(url) ?? []
    response.writeHead(200, { 'content-type': type, ...(size && { 'content-length': Number(size) }) }).end()
  })
  const rows: Array<[path: string, shown: RegExp]> = [
    ['image/png?5', /<img class="picture"/],
    ['image/png?x', /Unknown[^]*<img class="picture"/],
    ['image/png?5000000000', /no preview/],
    ['application/pdf?5000000000', /5 GB[^]*<iframe class="preview" src="\/api/],
    ['text/html?5', /<iframe class="preview" src="http[^>]+sandbox="allow-scripts/],
    ['application/zip?5', /no preview/]
  ]
  for (const [path, shown] of rows) {
    const { text, headers } = await open(service, `${origin}/${path}`)
    t.match(text, shown, path)
    t.match(
      headers.get('content-security-policy'),
      `frame-src 'self'${path.startsWith('text/html') ? ` ${origin} ${other}` : ''};`
    )
  }
})

await t.test('document: gets a page that says what to do when refused', async t => {
  const { service, origin } = await serviceFor(t, ({ url }, response) => {
    if (url === '/away') response.writeHead(302, { location: 'https://elsewhere.example/a' }).end()
    else if (url !== '/hangs') response.writeHead(404).end()
  })
  const rows: Array<[url: string, status: number, code: string]> = [
    ['https://elsewhere.example/a', 403, 'EXAMPLE_DOCUMENT_ORIGIN'],
    [`${origin}/away`, 403, 'EXAMPLE_DOCUMENT_ORIGIN'],
    [`${origin}/a`, 404, 'EXAMPLE_DOCUMENT_MISSING'],
    [`${origin}/hangs`, 504, 'EXAMPLE_DOCUMENT_UNAVAILABLE']
  ]
  for (const [url, status, code] of rows) {
    const answer = await open(service, url)
    t.strictSame([answer.status, codeOf(answer)], [status, code])
  }
  const forged = await fetch(new URL('/api/documents/forged?DOMAIN=portal.example.com&PROTOCOL=1&LANG=de', service.url))
  t.equal(forged.status, 401)
  t.match(await forged.text(), 'Die Sitzung ist abgelaufen')
  t.match(forged.headers.get('content-security-policy'), "frame-ancestors 'self' https://portal.example.com")

  const without = await startService(t)
  const answer = await open(without, `${origin}/a`)
  t.strictSame([answer.status, codeOf(answer)], [403, 'EXAMPLE_DOCUMENTS_OFF'])
  t.match(answer.text, 'DOCUMENT_ORIGINS')
})

await t.test('document: ends short and is logged when it breaks off', async t => {
  const { service, origin } = await serviceFor(t, ({ method }, response) => {
    response.writeHead(200, { 'content-type': 'application/zip', 'content-length': 1234 })
    if (method === 'HEAD') response.end()
    else response.write('xx', () => response.destroy())
  })
  const document = await fetch(new URL(addressIn((await open(service, `${origin}/a.zip`)).text), service.url))
  await t.rejects(document.text())
  await until(() => service.log.some(line => line.includes('a document broke off')))
  t.notMatch(service.log.join(''), `${origin}/a.zip`)
})

await t.test('document: is closed when the installation ends', async t => {
  const { service, origin } = await serviceFor(
    t, (_, response) => response.writeHead(200, { 'content-type': 'image/png' }).end()
  )
  const address = new URL(addressIn((await open(service, `${origin}/a.png`)).text), service.url)
  const outcome = async (address: URL) => {
    const answer = await fetch(address)
    return [answer.status, codeOf({ text: await answer.text() })]
  }
  t.equal((await outcome(address))[0], 200)
  const { memberId } = service.sandbox.portals.alpha
  await service.store.markUninstalled(memberId, Date.now())
  t.strictSame(await outcome(address), [403, 'B24_ERR_NOT_INSTALLED'])
  await service.install()
  t.strictSame(await outcome(address), [403, 'B24_ERR_NOT_INSTALLED'], 'a new installation does not bring it back')

  const again = new URL(addressIn((await open(service, `${origin}/a.png`)).text), service.url)
  await service.store.database.schema.dropTable('installations').execute()
  t.strictSame(await outcome(again), [503, 'B24_ERR_STORE_UNAVAILABLE'])
})

await t.test('document: opens by a pass of any installation', async t => {
  const service = await startService(t)
  const { memberId } = service.sandbox.portals.alpha
  const pass = { url: 'https://docs.example/a', memberId, userId: 1, domain: 'portal.example' }
  const token = await service.fastify.documents.seal(pass)
  t.strictSame(await service.fastify.documents.unseal(token), pass)
  await service.store.markUninstalled(memberId, Date.now())
  await t.rejects(service.fastify.documents.unseal(token), { code: 'B24_ERR_NOT_INSTALLED' })
})

// What is kept, not what nobody has thrown away yet.
setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

function memory (): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** A server whose document has this many bytes; counts what it has handed out, and notices when nobody reads on. */
function large (size: number) {
  const chunk = Buffer.alloc(256 * 1024)
  const state = { sent: 0, isClosed: false }
  const answer: RequestListener = ({ method }, response) => {
    response.writeHead(200, { 'content-type': 'application/zip', 'content-length': size })
    if (method === 'HEAD') {
      response.end()
      return
    }
    response.on('close', () => { state.isClosed = true })
    Readable.from(chunks()).pipe(response)
  }
  function * chunks () {
    for (; state.sent < size; state.sent += chunk.length) yield chunk
  }
  return { state, answer }
}

await t.test('document: passes through without being kept', async t => {
  const size = 150 * 1024 * 1024
  const { answer } = large(size)
  const { service, origin } = await serviceFor(t, answer)
  const { text } = await open(service, `${origin}/large.zip`)
  const document = await fetch(new URL(addressIn(text), service.url))
  const before = memory()
  let [read, most, looked] = [0, 0, 0]
  for await (const chunk of document.body ?? []) {
    read += chunk.length
    if (read - looked < 10 * 1024 * 1024) continue
    looked = read
    most = Math.max(most, memory() - before)
  }
  t.equal(read, size)
  t.ok(most < 80 * 1024 * 1024, `${Math.round(most / 1024 / 1024)} MB more at most`)
})

await t.test('document: waits for its reader, and ends when the reader leaves', async t => {
  const { state, answer } = large(5_000 * 1024 * 1024)
  const { service, origin } = await serviceFor(t, answer)
  const { text } = await open(service, `${origin}/large.zip`)
  const [response]: IncomingMessage[] = await once(request(new URL(addressIn(text), service.url)).end(), 'response')
  response?.pause()
  let [sent, looks] = [-1, 0]
  await until(() => {
    looks = state.sent === sent ? looks + 1 : 0
    sent = state.sent
    return looks === 100
  })
  t.ok(state.sent < 40 * 1024 * 1024, `${Math.round(state.sent / 1024 / 1024)} MB at most`)
  response?.destroy()
  await until(() => state.isClosed)
  t.notMatch(service.log.join(''), 'broke off')
})
