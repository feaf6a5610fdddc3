import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { parseSliderLink } from '../../src/index.ts'
import { until } from '../until.ts'
import { codeOf, postForm, sessionIn } from '../service.ts'
import { answersOf, callOf, createHost, startGuest } from './guest-host.ts'

const ownHealth = { prepare: (host: FastifyInstance) => { host.get('/health', () => 'well') } }

const partScreen = `import { Type } from '@sinclair/typebox'
export default async fastify => fastify.screen('part', {
  schema: { params: Type.Object({ partId: Type.Integer() }) }, title: 'Part'
}, async (request, reply) => reply.page('outside'))`

for (const prefix of ['/b24', '/deep/er/b24', undefined]) {
  await t.test(`guest: leaves all answers of its host as they were (prefix ${prefix})`, async t => {
    const { host } = await createHost(t)
    ownHealth.prepare(host)
    const alone = await answersOf(await host.listen({ host: '127.0.0.1', port: 0 }))
    const { origin } = await startGuest(t, { ...ownHealth, ...(prefix !== undefined && { prefix }) })
    t.strictSame(await answersOf(origin), alone)
    t.ok(alone.some(({ status }) => status === 404))
  })

  await t.test(`guest: is a whole service in its host (prefix ${prefix})`, async t => {
    const application = t.testdir({ screens: { 'part.js': partScreen } })
    const { url, origin, sandbox: bitrix24, lines } = await startGuest(t, {
      ...ownHealth, application, ...(prefix !== undefined && { prefix })
    })
    const { alpha } = bitrix24.portals
    t.equal((await bitrix24.install()).status, 200)
    await until(() => alpha.placements.length > 0)
    for (const { handler } of [...alpha.placements, ...alpha.events]) t.ok(handler.startsWith(`${url}/`), handler)

    const home = await callOf(bitrix24, 'DEFAULT')
    t.equal(home.status, 200)
    t.equal(home.headers.get('x-frame-options'), null)
    t.equal(home.headers.get('cache-control'), 'no-store')
    t.match(home.headers.get('content-security-policy'), `frame-ancestors 'self' ${alpha.url}`)
    const files = [...home.text.matchAll(/(?:src|href|data-sdk)="(\/[^"]+\?v=[^"]+)"/g)].map(([, path = '']) => path)
    t.ok(files.length >= 5)
    for (const path of files) {
      const file = await fetch(origin + path)
      t.equal(file.status, 200, path)
      t.match(file.headers.get('cache-control'), 'immutable')
      t.ok((origin + path).startsWith(`${url}/assets/`), path)
    }

    const headers = { authorization: `Bearer ${sessionIn(home)}`, 'content-type': 'application/json' }
    t.match(await (await fetch(`${url}/api/me`, { headers })).json(), { user: { id: 1 }, placement: 'DEFAULT' })
    const body = JSON.stringify({ screen: 'part', params: { partId: 42 } })
    const link = await (await fetch(`${url}/api/links`, { method: 'POST', headers, body })).json() as { path: string }
    const { params } = parseSliderLink(link.path)
    t.equal((await callOf(bitrix24, 'REST_APP_URI', { params })).status, 200)

    const forged = await postForm(`${url}/placement`, { DOMAIN: new URL(alpha.url).host, PROTOCOL: '0', AUTH_ID: 'x' })
    t.equal(forged.status, 400)
    t.equal(codeOf(forged), 'B24_ERR_CALL_MALFORMED')
    t.match(forged.headers.get('content-security-policy'), alpha.url)
    t.equal((await fetch(`${url}/ready`)).status, 200)
    t.match(await (await fetch(`${url}/metrics`)).text(), 'b24_token_refreshes_total')
    const screen = { enum: ['part'] }
    const content = { 'application/json': { schema: { properties: { screen } } } }
    t.match(await (await fetch(`${url}/api/openapi.json`)).json(), {
      info: { title: 'Links to screens' },
      servers: [{ url }],
      paths: { '/api/links': { post: { requestBody: { content } } } }
    })
    t.notMatch(lines.map(line => JSON.stringify(line)).join(), /APP_SID|DOMAIN=/)
  })
}

await t.test('app: leaves what monitors ask to a host that answers it', async t => {
  const paths = ['/health', '/ready', '/metrics']
  const prepare = (host: FastifyInstance) => { for (const path of paths) host.get(path, () => `host ${path}`) }
  const { origin } = await startGuest(t, { prepare })
  for (const path of paths) t.equal(await (await fetch(origin + path)).text(), `host ${path}`)
})

await t.test('guest: takes a prefix that ends with a slash', async t => {
  const { origin, lines } = await startGuest(t, {
    prefix: '/b24/', prepare: host => { host.get('/b24/health', async () => 'of the host') }
  })
  t.equal(await (await fetch(`${origin}/b24/health`)).text(), 'of the host')
  t.equal((await fetch(`${origin}/b24/ready`)).status, 200)
  t.strictSame(lines.filter(({ level }) => level >= 40), [])
})
