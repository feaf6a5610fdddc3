import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders, RequestListener } from 'node:http'
import { text } from 'node:stream/consumers'
import { createLocalJWKSet, jwtVerify } from 'jose'
import t, { type Test } from 'tap'
import { createKeyRing } from 'fastify-bitrix24'
import { createDocuments, type DocumentsOptions } from '../screens/document/documents.ts'
import { serverFor } from './service.ts'

const newKey = () => randomBytes(32).toString('base64')
const keyRing = createKeyRing(`${newKey()},${newKey()}`)
const [newest, oldest] = keyRing.derive('document-readers')
const issuer = 'https://widgets.example'
const reader = { memberId: 'm1', userId: 7, domain: 'portal.example' }
const isInstalled = async () => true
const required = { origins: [], keyRing, issuer, clientId: 'app', isInstalled }
const signal = new AbortController().signal

async function build (t: Test, answer: RequestListener, options: Partial<DocumentsOptions> = {}) {
  const origin = await serverFor(t, answer)
  const documents = createDocuments({ ...required, origins: [origin], timeout: 300, idleTimeout: 300, ...options })
  t.after(() => documents.close())
  return { origin, documents }
}

await t.test('documents: describe by HEAD, or by the first byte without it', async t => {
  const asked: string[] = []
  const { origin, documents } = await build(t, ({ method, url, headers }, response) => {
    asked.push(`${method} ${url} ${headers.range}`)
    if (method === 'HEAD' && url === '/get-only.pdf') return response.writeHead(403).end()
    if (headers.range !== undefined) {
      return response.writeHead(206, {
        'content-type': 'application/pdf', 'content-range': 'bytes 0-0/42'
      }).end('%')
    }
    return response.writeHead(200, { 'content-type': 'application/pdf', 'content-length': 42 }).end()
  })
  for (const name of ['plan.pdf', 'get-only.pdf']) {
    t.strictSame(await documents.describe(`${origin}/${name}`, reader), { name, type: 'application/pdf', size: 42 })
  }
  t.strictSame(asked, ['HEAD /plan.pdf undefined', 'HEAD /get-only.pdf undefined', 'GET /get-only.pdf bytes=0-0'])
})

await t.test('documents: open a whole or a part, and pass nothing else on', async t => {
  let seen: IncomingHttpHeaders = {}
  const { origin, documents } = await build(t, ({ headers }, response) => {
    seen = headers
    if (headers.range === 'bytes=90-') return response.writeHead(416, { 'content-range': 'bytes */4' }).end()
    if (headers.range === undefined) {
      return response.writeHead(200, {
        'content-length': 4, etag: '"1"', 'set-cookie': 'a=b'
      }).end('abcd')
    }
    return response.writeHead(206, {
      'content-length': 2, 'content-range': 'bytes 1-2/4', 'accept-ranges': 'bytes'
    }).end('bc')
  })
  const whole = await documents.open(`${origin}/a.bin`, reader, { cookie: 'secret', authorization: 'secret' }, signal)
  t.match(whole, { status: 200, size: 4, name: 'a.bin' })
  t.strictSame(whole.headers, { 'content-length': '4', etag: '"1"' })
  t.equal(await text(whole.body), 'abcd')
  t.notMatch(JSON.stringify(seen), 'secret')
  const part = await documents.open(`${origin}/a.bin`, reader, { range: 'bytes=1-2', 'if-range': '"1"' }, signal)
  t.strictSame([part.status, part.size, part.headers], [
    206, 4, { 'content-length': '2', 'content-range': 'bytes 1-2/4', 'accept-ranges': 'bytes' }
  ])
  t.equal(await text(part.body), 'bc')
  t.equal(seen['if-range'], '"1"')
  const beyond = await documents.open(`${origin}/a.bin`, reader, { range: 'bytes=90-' }, signal)
  t.strictSame([beyond.status, beyond.headers['content-range']], [416, 'bytes */4'])
  t.equal(await text(beyond.body), '')
})

await t.test('documents: tell the server who reads, for a minute', async t => {
  const asked: Array<[url: string, token: string]> = []
  let now = Date.now()
  const { origin, documents } = await build(t, ({ url = '', headers }, response) => {
    asked.push([url, String(headers['b24-reader'])])
    response.writeHead(
      url === '/moved' ? 302 : 200, url === '/moved' ? { location: '/here' } : { 'content-type': 'text/plain' }
    ).end()
  }, { now: () => now })
  await documents.describe(`${origin}/moved`, reader)
  await documents.open(`${origin}/a.txt?b=c`, { ...reader, userId: 8 }, { 'b24-reader': 'forged' }, signal)
  t.strictSame(asked.map(([url]) => url), ['/moved', '/here', '/a.txt?b=c'])
  t.match(documents.readerKeys.keys, [{ kid: newest.id }, { kid: oldest?.id }])
  for (const { alg, kty, crv, d } of documents.readerKeys.keys) {
    t.strictSame([alg, kty, crv, d], ['EdDSA', 'OKP', 'Ed25519', undefined], 'no private key is published')
  }
  const verify = async (token: string) =>
    await jwtVerify(token, createLocalJWKSet(documents.readerKeys), {
      issuer, audience: origin, currentDate: new Date(now)
    })
  for (const [index, [url, token]] of asked.entries()) {
    const { payload } = await verify(token)
    t.match(payload, { member_id: 'm1', user_id: index === 2 ? 8 : 7, domain: 'portal.example', url: origin + url })
    await t.rejects(verify(`${token.slice(0, -4)}AAAA`))
  }
  const [[, token]] = asked as [[string, string]]
  const others = await build(t, () => {}, { keyRing: createKeyRing(newKey()) })
  await t.rejects(jwtVerify(token, createLocalJWKSet(others.documents.readerKeys)))
  now += 61_000
  await t.rejects(verify(token), { code: 'ERR_JWT_EXPIRED' })
})

await t.test('documents: ask no server that is not on the list', async t => {
  let asked = 0
  const elsewhere = await serverFor(t, (_, response) => { asked++; response.end('inside') })
  const { origin, documents } = await build(t, ({ url }, response) => {
    const [, to = '', hops = '0'] = /^\/(\w+)\/?(\d*)/.exec(url ?? '') ?? []
    const location = {
      away: `${elsewhere}/`,
      relative: '/here',
      nothing: 'http://[',
      loop: Number(hops) > 0 ? `/loop/${Number(hops) - 1}` : '/here'
    }[to]
    response.writeHead(to === 'none' ? 302 : location === undefined ? 200 : 302, {
      ...(location !== undefined && { location }), 'content-type': 'text/plain'
    }).end()
  })
  for (const url of [
    `${elsewhere}/a`, `${origin}/away`, `${origin}/nothing`, `${origin}/loop/3`,
    origin.replace('//', '//user:password@'), origin.replace('//', '//user@'), origin.replace('//', '//:password@'),
    origin.replace('http', 'https'), 'file:///etc/passwd', 'nonsense'
  ]) {
    await t.rejects(documents.describe(url, reader), { code: 'EXAMPLE_DOCUMENT_ORIGIN' }, url)
    await t.rejects(documents.open(url, reader, {}, signal), { code: 'EXAMPLE_DOCUMENT_ORIGIN' }, url)
  }
  t.equal(asked, 0)
  for (const path of ['/relative', '/loop/2']) {
    t.match(await documents.describe(`${origin}${path}`, reader), { type: 'text/plain' }, `${path} stays on the list`)
  }
  await t.rejects(
    documents.describe(`${origin}/none`, reader), { code: 'EXAMPLE_DOCUMENT_REFUSED' }, 'a redirect to nowhere is none'
  )
})

await t.test('documents: tell refused, missing and unavailable apart', async t => {
  const { origin, documents } = await build(t, ({ url = '' }, response) => {
    if (url === '/hangs') return
    if (url === '/stops') response.writeHead(200, { 'content-length': 100 }).write('only this')
    else response.writeHead(Number(url.slice(1))).end('words of the server')
  })
  for (const [path, code] of [
    ['404', 'MISSING'], ['410', 'MISSING'], ['401', 'REFUSED'], ['500', 'REFUSED'], ['204', 'REFUSED'],
    ['hangs', 'UNAVAILABLE']
  ] as const) {
    await t.rejects(documents.describe(`${origin}/${path}`, reader), { code: `EXAMPLE_DOCUMENT_${code}` }, path)
    await t.rejects(documents.open(`${origin}/${path}`, reader, {}, signal), { code: `EXAMPLE_DOCUMENT_${code}` }, path)
  }
  const { body } = await documents.open(`${origin}/stops`, reader, {}, signal)
  await t.rejects(text(body), { code: 'UND_ERR_BODY_TIMEOUT' }, 'and one that stops in the middle')
})

await t.test('documents: read a number or a path on the first server', async t => {
  const { origin, documents } = await build(t, () => {})
  const rows: Array<[docId: string, address: string]> = [
    ['42', `${origin}/42`],
    ['prices/2026.csv?a=b', `${origin}/prices/2026.csv?a=b`],
    ['../secret', `${origin}/secret`],
    ['https://docs.example/a', 'https://docs.example/a'],
    ['//docs.example/a', 'http://docs.example/a'],
    ['https://', '']
  ]
  for (const [docId, address] of rows) t.equal(documents.addressOf(docId), address, docId)
})

await t.test('documents: end a description at its deadline', async t => {
  const { origin, documents } = await build(t, ({ url = '' }, response) => {
    setTimeout(() => response.writeHead(302, { location: `${url}a` }).end(), 200)
  }, { deadline: 300 })
  await t.rejects(documents.describe(`${origin}/a`, reader), { code: 'EXAMPLE_DOCUMENT_UNAVAILABLE' })
  await t.rejects(
    documents.open(`${origin}/a`, reader, {}, signal),
    { code: 'EXAMPLE_DOCUMENT_ORIGIN' },
    'without it, there are just too many redirects'
  )
})

await t.test('documents: open a pass for an hour while installed', async t => {
  let [now, installed] = [1_000_000, true]
  const { documents } = await build(t, () => {}, {
    now: () => now, isInstalled: async memberId => memberId === 'm' && installed
  })
  const pass = { ...reader, url: 'https://docs.example/a', memberId: 'm' }
  const token = await documents.seal(pass)
  t.notMatch(token, 'docs.example')
  t.strictSame(await documents.unseal(token), pass)
  now += 3_599_000
  t.strictSame(await documents.unseal(token), pass)
  installed = false
  await t.rejects(documents.unseal(token), { code: 'B24_ERR_NOT_INSTALLED' })
  now += 1000
  await t.rejects(documents.unseal(token), { code: 'B24_ERR_PAGE_SESSION' })
})

await t.test('documents: refuse to read without origins', async t => {
  const documents = createDocuments(required)
  t.after(() => documents.close())
  await t.rejects(documents.describe('https://docs.example/a', reader), { code: 'EXAMPLE_DOCUMENTS_OFF' })
  await t.rejects(documents.open('https://docs.example/a', reader, {}, signal), { code: 'EXAMPLE_DOCUMENTS_OFF' })
  t.throws(() => documents.addressOf('42'), { code: 'EXAMPLE_DOCUMENTS_OFF' })
})
