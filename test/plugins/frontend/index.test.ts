import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import frameAncestors from '../../../plugins/frame-ancestors/index.ts'
import frontend, { type FrontendOptions } from '../../../plugins/frontend/index.ts'
import page from '../../../plugins/page/index.ts'
import placementDispatch from '../../../plugins/placement-dispatch/index.ts'
import { build, placementContext } from '../../build.ts'
import { copyProject, dataOf } from './project.ts'

/** What a build of one entry leaves. */
const builtUi = () => ({
  'record.json': JSON.stringify({
    version: 1,
    entries: {
      order: {
        html: '<html><head><script src="/ui/assets/order-1.js"></script></head><div id="app"></div></html>',
        sources: {}
      }
    }
  }),
  client: { assets: { 'order-1.js': 'run()' } }
})

const meta = async () => ({ 'page-session': 'a token' })
const publicUrl = 'https://service.example/b24'

/** The plugin in an app of somebody else, under a prefix: `/verified` is a call that has been verified. */
async function strangersApp (t: Test, options: Omit<FrontendOptions, 'publicUrl' | 'meta'>): Promise<FastifyInstance> {
  const app = await build(t)
  await app.register(async scope => {
    for (const plugin of [frameAncestors, page, placementDispatch]) await scope.register(plugin)
    await scope.register(frontend, { publicUrl, meta, ...options })
    scope.get('/verified', async (request, reply) => {
      request.placement = placementContext({ lang: 'la' })
      return await reply.app<{ deal: number }>('order', { deal: 1 })
    })
    scope.get('/unverified', (_request, reply) => reply.app('order'))
  }, { prefix: '/b24' })
  return app
}

await t.test("frontend: answers in a stranger's app", async t => {
  const app = await strangersApp(t, { build: t.testdir(builtUi()) })
  const answer = await app.inject('/b24/verified')
  t.equal(answer.statusCode, 200)
  t.match(answer.body, '<html lang="es" dir="ltr">')
  t.match(answer.body, 'src="/b24/ui/assets/order-1.js"')
  t.match(dataOf({ text: answer.body }), {
    data: { deal: 1 },
    portal: { memberId: 'm1', domain: 'portal.example', origin: 'https://portal.example' },
    lang: 'la',
    locale: 'es',
    screen: null,
    session: 'a token',
    base: '/b24'
  })
  t.equal((await app.inject('/b24/ui/assets/order-1.js')).body, 'run()')
  t.match((await app.inject('/b24/unverified')).json(), { statusCode: 403, code: 'B24_ERR_FRONTEND_CALL' })
})

await t.test('frontend: needs the session of the page', async t => {
  const app = await build(t)
  for (const plugin of [frameAncestors, page, placementDispatch]) await app.register(plugin)
  await app.register(frontend, { publicUrl, meta: async () => ({}), build: t.testdir(builtUi()) })
  app.get('/', async (request, reply) => {
    request.placement = placementContext()
    return await reply.app('order')
  })
  t.match((await app.inject('/')).json(), { code: 'B24_ERR_FRONTEND_CALL' })
})

await t.test('frontend: refuses a route where its files are', async t => {
  const app = await strangersApp(t, { build: t.testdir(builtUi()) })
  t.doesNotThrow(() => app.get('/ui/mine', async () => 'mine'), 'it is not below the prefix')
  for (const url of ['/ui/mine', '/ui/*']) {
    const app = await build(t)
    for (const plugin of [frameAncestors, page, placementDispatch]) await app.register(plugin)
    await app.register(frontend, { publicUrl, meta, build: t.testdir(builtUi()) })
    t.throws(() => app.get(url, async () => 'mine'), {
      code: 'B24_ERR_FRONTEND_PATH',
      message: `The route ${url} cannot be declared: the files of the front end are below /ui/`
    })
  }
})

await t.test('frontend: says which option is wrong', async t => {
  const good: FrontendOptions = { build: '/ui', publicUrl, meta }
  const rows: Array<[options: object, sentence: string]> = [
    [{ build: undefined }, 'frontend: options.build must be an absolute path'],
    [{ build: 'ui' }, 'frontend: options.build must be an absolute path'],
    [{ sources: 'frontend' }, 'frontend: options.sources must be an absolute path'],
    [{ publicUrl: '/b24' }, 'frontend: options.publicUrl must be an address'],
    [{ meta: {} }, 'frontend: options.meta must be a function']
  ]
  for (const [wrong, message] of rows) {
    await t.rejects(build(t, async app => {
      for (const plugin of [frameAncestors, page, placementDispatch]) await app.register(plugin)
      await app.register(frontend, { ...good, ...wrong })
    }), { message })
  }
})

await t.test('frontend: hot reload works through a proxy, for its host only', async t => {
  const before = process.env['NODE_ENV']
  const project = copyProject(t)
  const sources = join(project.application, 'frontend')
  const app = await strangersApp(t, { sources, build: join(project.application, 'ui'), development: true })
  if (before === undefined) delete process.env['NODE_ENV']
  await app.listen({ port: 0, host: '127.0.0.1' })
  // A listening TCP server has such an address.
  const { port } = app.server.address() as AddressInfo
  const ask = (path: string, headers: Record<string, string>) =>
    request({ port, path, headers: { host: 'service.example', ...headers }, agent: false }).end()

  const answer = await app.inject('/b24/verified')
  t.match(answer.body, 'src="/b24/ui/@vite/client"')
  t.match(answer.body, 'src="/b24/ui/application/frontend/order/main.js"')
  t.match(answer.headers['content-security-policy'], "connect-src 'self' wss://service.example;")

  for (const [host, status] of [['service.example', 200], ['evil.example', 403]] as const) {
    const [response] = await once(ask('/b24/ui/@vite/client', { host }), 'response')
    t.equal(response.statusCode, status, host)
    response.resume()
  }
  const upgrade = {
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16).toString('base64'),
    'sec-websocket-protocol': 'vite-hmr'
  }
  // A proxy may keep the path of PUBLIC_URL, or take it off.
  for (const path of ['/b24/ui/', '/ui/']) {
    const [response, socket] = await once(ask(path, upgrade), 'upgrade')
    t.equal(response.statusCode, 101, path)
    socket.destroy()
  }
  const asked = once(app.server, 'upgrade')
  const own = ask('/socket', upgrade).on('error', () => {}) // nothing answers
  const [{ url }, socket] = await asked
  t.equal(url, '/socket', 'sockets of the host are its own')
  for (const end of [own, socket]) end.destroy()
})
