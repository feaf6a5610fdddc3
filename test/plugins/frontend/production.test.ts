import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import t from 'tap'
import { codeOf } from '../../service.ts'
import { build, copyProject, dataOf, openTab, serve } from './project.ts'

await t.test('reply.app: in production', async t => {
  const project = copyProject(t)
  for (const name of ['.env', '.git/config', 'assets/logo.svg', 'assets/logo-original.svg']) {
    mkdirSync(join(project.root, 'public', name, '..'), { recursive: true })
    writeFileSync(join(project.root, 'public', name), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  }
  await build(project)
  const service = await serve(t, project)
  const { alpha } = service.sandbox.portals

  await t.test('reply.app: answers with the page, what it is told, and its HTML', async t => {
    const answer = await openTab(service, { text: '</script><b>' }, 'ar')
    t.equal(answer.status, 200)
    t.match(answer.text, '<html data-theme="light" lang="ar" dir="rtl">')
    t.match(answer.text, /<div id="app"><main[^>]*><h1[^>]*>Order of deal 8061<\/h1>/)
    t.match(answer.text, /<img src="\/ui\/assets\/icon-[\w-]+\.svg"/)
    t.match(answer.text, /<script type="module" crossorigin src="\/ui\/assets\/order-[\w-]+\.js"/)
    t.match(answer.text, /<link rel="stylesheet" crossorigin href="\/ui\/assets\/order-[\w-]+\.css"/)
    t.match(dataOf(answer), {
      data: { deal: { ID: '8061', text: '</script><b>' } },
      portal: { memberId: alpha.memberId, domain: new URL(alpha.url).host, origin: alpha.url },
      user: { id: 1 },
      lang: 'ar',
      locale: 'ar',
      dir: 'rtl',
      placement: 'CRM_DEAL_DETAIL_TAB',
      screen: null,
      base: ''
    })
    const { session } = dataOf(answer)
    const me = await fetch(`${service.url}/api/me`, { headers: { authorization: `Bearer ${session}` } })
    t.equal(me.status, 200, 'the session is that of the page')
  })

  await t.test('reply.app: streams what React renders, and preloads modules', async t => {
    const { text } = await openTab(service, { entry: 'board' })
    t.match(text, '<div id="app"><main><h1>Board of deal <!-- -->8061</h1>')
    t.match(text, /<link rel="modulepreload" crossorigin href="\/ui\/assets\/[\w-]+\.js"/)
  })

  await t.test('reply.app: goes on without the HTML that could not be rendered', async t => {
    const withoutDeal = alpha.placementCall('CRM_DEAL_DETAIL_TAB', { params: { entry: 'board' } })
    const { status, text } = await service.call(withoutDeal)
    t.equal(status, 200)
    t.match(text, /<div id="app"><\/div>[^]*<\/html>/)
    const [line] = service.lines().filter(({ msg }) => msg === 'B24_ERR_FRONTEND_RENDER')
    t.match(line, { level: 50, err: { message: /^The page board could not be rendered on the server/ } })
  })

  await t.test('reply.app: has a policy without unsafe-inline, and a nonce of its own', async t => {
    const nonces = new Set<string>()
    for (let times = 0; times < 2; times++) {
      const { headers, text } = await openTab(service, {})
      const policy = String(headers.get('content-security-policy'))
      const [, nonce = ''] = /script-src 'self' 'nonce-([\w+/=]{24})';/.exec(policy) ?? []
      t.match(policy, `style-src 'self' 'nonce-${nonce}';`)
      t.notMatch(policy, /unsafe|ws:|blob:|worker-src/)
      t.equal(headers.get('cache-control'), 'no-store')
      t.match(text, `<meta property="csp-nonce" nonce="${nonce}">`)
      t.strictSame([...text.matchAll(/<script(?![^>]*(?:nonce|application\/json))/g)], [])
      nonces.add(nonce)
    }
    t.equal(nonces.size, 2)
    const other = await fetch(`${service.url}/placement`)
    t.notMatch(other.headers.get('content-security-policy'), 'nonce')
  })

  await t.test('reply.app: tells the page which screen a link has opened', async t => {
    const answer = await service.call(alpha.placementCall('REST_APP_URI', { params: { screen: 'part', partId: '42' } }))
    t.match(dataOf(answer), { placement: 'REST_APP_URI', screen: { name: 'part', params: { partId: 42 } } })
  })

  await t.test('ui: serves files with hashed names for ever, compressed', async t => {
    const { text } = await openTab(service, { entry: 'board' })
    const [, path = ''] = /src="(\/ui\/assets\/board-[^"]+\.js)"/.exec(text) ?? []
    const get = (url: string, encoding = 'identity') =>
      service.fastify.inject({ url, headers: { 'accept-encoding': encoding } })
    const plain = await get(path)
    t.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable')
    t.match(plain.headers['content-type'], 'javascript')
    for (const [encoding, open] of [['br', brotliDecompressSync], ['gzip', gunzipSync]] as const) {
      const packed = await get(path, encoding)
      t.equal(packed.headers['content-encoding'], encoding)
      t.ok(open(packed.rawPayload).equals(plain.rawPayload))
    }
    for (const file of ['robots.txt', 'assets/logo.svg', 'assets/logo-original.svg']) {
      t.equal((await get(`/ui/${file}`)).headers['cache-control'], 'public, max-age=0', file)
    }
    const paths = [
      '', 'record.json', 'assets/none.js', '%2e%2e/record.json', '%2e%2e/server/order.mjs', '.env', '.git/config'
    ]
    for (const path of paths) {
      const url = `/ui/${path}`
      t.equal((await get(url)).statusCode, 404, url)
    }
    // Sent as they are, which `inject` and `fetch` do not.
    const { port } = new URL(service.url)
    for (const path of ['../record.json', '%2e%2e/record.json', 'assets/', '%00', 'x'.repeat(300)]) {
      const headers = { accept: 'text/html', 'accept-language': 'de' }
      const [answer] = await once(request({ port, path: `/ui/${path}`, headers }).end(), 'response')
      t.equal(answer.statusCode, 404, path)
      t.match(await textOf(answer), /<html lang="de"[^]*B24_ERR_NOT_FOUND/, path)
    }
    const part = await service.fastify.inject({ url: path, headers: { range: 'bytes=9999999-' } })
    t.equal(part.statusCode, 416)
  })

  await t.test('reply.app: shows an error page for what the handler got wrong', async t => {
    for (const [params, code] of [
      [{ entry: 'none' }, 'B24_ERR_FRONTEND_ENTRY'], [{ total: '1' }, 'B24_ERR_FRONTEND_DATA']
    ] as const) {
      const answer = await openTab(service, params, 'de')
      t.equal(answer.status, 500)
      t.equal(codeOf(answer), code)
      t.match(answer.text, '<html lang="de"')
    }
  })

  await t.test('reply.app: answers nobody who comes from outside the portal', async t => {
    const page = await fetch(`${service.url}/outside`, { headers: { accept: 'text/html' } })
    t.equal(page.status, 403)
    t.match(await page.text(), /<h1>[^]*B24_ERR_FRONTEND_CALL/)
    const json = await fetch(`${service.url}/outside`)
    t.match(await json.json(), { status: 403, error: 'B24_ERR_FRONTEND_CALL' })
  })
})
