import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { sandbox } from '../../sandbox/index.ts'
import { loadConfig } from '../../src/config.ts'
import { parseSliderLink } from '../../src/index.ts'
import { serverOptions } from '../../src/server-options.ts'
import { serverFor } from '../servers.ts'
import { freePort, openApp, postForm, sessionIn } from '../service.ts'
import { until } from '../until.ts'

const application = join(import.meta.dirname, '../../example')

/** A proxy that hands on what is below /b24, and nothing else. */
async function proxyFor (t: Test, port: number, target: number, path: (url: string) => string): Promise<string[]> {
  const missed: string[] = []
  const proxy = createServer((incoming: IncomingMessage, response: ServerResponse) => {
    const { url = '', method, headers } = incoming
    if (!url.startsWith('/b24/')) {
      missed.push(url)
      response.writeHead(404).end()
      return
    }
    const outgoing = request({ port: target, host: '127.0.0.1', method, headers, path: path(url) }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    incoming.pipe(outgoing)
  }).listen(port, '127.0.0.1')
  await once(proxy, 'listening')
  t.after(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  return missed
}

/** The service at PUBLIC_URL/b24, behind such a proxy. */
async function start (t: Test, path: (url: string) => string) {
  const [outside, inside] = [await freePort(), await freePort()]
  const origin = `http://127.0.0.1:${outside}`
  const url = `${origin}/b24`
  const bitrix24 = await sandbox({ appUrl: url })
  t.after(() => bitrix24.close())
  const documents = await serverFor(t, (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 4 }).end('text')
  })
  process.env['DOCUMENT_ORIGINS'] = documents
  const config = loadConfig({ ...bitrix24.env, PORT: String(inside) })
  const fastify = Fastify({ ...serverOptions(config), logger: false })
  t.after(() => fastify.close())
  await fastify.register(openApp, { config, application, checksClient: false })
  fastify.placement('PAGE_BACKGROUND_WORKER', {}, async (_request, reply) => await reply.page('outside'))
  const missed = await proxyFor(t, outside, inside, path)
  await fastify.listen({ host: '127.0.0.1', port: inside })

  const { alpha } = bitrix24.portals
  t.equal((await bitrix24.install()).status, 200)
  await until(() => alpha.placements.length > 0 && fastify.lifecycleEvents.pending() === 0)
  const open = async (code: string, options = {}) => {
    const { url, payload } = alpha.placementCall(code, options)
    return await postForm(url, payload)
  }
  const portal = { memberId: alpha.memberId, endpoint: `${alpha.url}/rest/` }
  const link = ({ path }: { path: string }) => ({ params: parseSliderLink(path).params })
  return { url, origin, alpha, fastify, missed, open, portal, link, documents }
}

const proxies = {
  'cuts the path off': (url: string) => url.slice('/b24'.length),
  'hands the path on': (url: string) => url
}

for (const [does, path] of Object.entries(proxies)) {
  await t.test(`PUBLIC_URL with a path: all works behind a proxy that ${does}`, async t => {
    const { url, origin, alpha, fastify, missed, open, portal, link, documents } = await start(t, path)
    const workers = alpha.placements.map(({ options }) => options['errorHandlerUrl']).filter(Boolean).map(String)
    t.equal(workers.length, 1)
    const addresses = [...alpha.placements, ...alpha.events].map(({ handler }) => handler)
    for (const address of [...addresses, ...workers]) t.ok(address.startsWith(`${url}/`), address)
    t.strictSame((await postForm(String(workers[0]), {})).text, '{"status":"accepted"}')

    const home = await open('DEFAULT')
    t.equal(home.status, 200)
    const session = { authorization: `Bearer ${sessionIn(home)}`, 'content-type': 'application/json' }
    t.equal((await fetch(`${url}/api/me`, { headers: session })).status, 200)
    const [, base = ''] = /<meta name="base" content="([^"]+)"/.exec(home.text) ?? []
    t.equal(base, '/b24')

    const approval = await open('REST_APP_URI', link(fastify.links.to('approval', {
      subject: 'Chairs', text: 'Twelve', authorId: 2, approverId: 1
    }, { portal })))
    const [, action = ''] = /<form method="post" action="([^"]+)"/.exec(approval.text) ?? []
    const [, token = ''] = /name="token" value="([^"]+)"/.exec(approval.text) ?? []
    const answered = await postForm(origin + action.replaceAll('&amp;', '&'), { token, answer: 'approved' })
    t.match(answered.text, 'badge-approved')

    const document = await open('REST_APP_URI', link(fastify.links.to('document', {
      docId: `${documents}/a.txt`
    }, { portal })))
    const [, frame = ''] = /<iframe class="preview" src="([^"]+)"/.exec(document.text) ?? []
    t.equal(await (await fetch(origin + frame.replaceAll('&amp;', '&'))).text(), 'text')

    // Everything that a page names, as a browser asks for it.
    for (const { text } of [home, approval, answered, document]) {
      for (const [, address = ''] of text.matchAll(/(?:src|href|action)="(\/[^"]*)"/g)) {
        t.ok(address.startsWith('/b24/'), address)
        if (address.includes('?v=')) t.equal((await fetch(origin + address)).status, 200, address)
      }
    }
    const unknown = `${url}/nowhere?DOMAIN=${new URL(alpha.url).host}&PROTOCOL=0`
    const card = await postForm(unknown, {}, { accept: 'text/html' })
    const text = card.text.replaceAll('<wbr>', '')
    t.match(text, `${url}/placement`)
    t.match(text, `${url}/install`)
    t.strictSame(missed, [])
  })
}

await t.test('PUBLIC_URL with a path: scripts of ours call addresses below it', async t => {
  const { origin, open } = await start(t, proxies['hands the path on'])
  const { text } = await open('DEFAULT')
  const scripts = [...text.matchAll(/<script[^>]* src="([^"]+)"/g)].map(([, path = '']) => path)
  t.ok(scripts.length >= 2)
  for (const path of scripts) {
    const source = await (await fetch(origin + path)).text()
    // `service.fetch` adds the path.
    t.notMatch(source, /(?<!service\.)fetch\(['"`]\//, `${path} asks for an address at the root`)
  }
})
