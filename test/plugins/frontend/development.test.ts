import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startService } from '../../service.ts'
import { until } from '../../until.ts'
import { copyProject, dataOf, openTab, serve, type Project } from './project.ts'

const boardFile = 'frontend/board/Board.jsx'

/** The service in development. Vite sets NODE_ENV where there is none. */
async function develop (t: Test, prepare?: (project: Project) => void) {
  const before = process.env['NODE_ENV']
  const project = copyProject(t)
  prepare?.(project)
  const service = await serve(t, project, { NODE_ENV: 'development' })
  if (before === undefined) delete process.env['NODE_ENV']
  return { project, service }
}

await t.test('reply.app: in development', async t => {
  const { project, service } = await develop(t)

  await t.test('frontend: bundles what entries import before one is opened', async t => {
    const file = join(project.root, 'node_modules/.vite/deps/_metadata.json')
    await until(() => existsSync(file))
    const names = Object.keys(JSON.parse(readFileSync(file, 'utf8')).optimized)
    t.strictSame(['vue', 'react', 'react-dom/client'].filter(name => !names.includes(name)), [])
    t.notOk(names.includes('react-dom/server'), 'what renders on the server stays there')
  })

  await t.test('reply.app: answers with the page as Vite serves it', async t => {
    const { status, text, headers } = await openTab(service, {})
    t.equal(status, 200)
    t.match(text, '<script type="module" src="/ui/@vite/client" nonce="')
    t.match(text, '<script type="module" src="/ui/application/frontend/order/main.js" nonce="')
    t.match(text, /<link rel="icon" href="\/ui\/application\/frontend\/order\/icon\.svg"/)
    t.match(text, /<div id="app"><main[^>]*><h1[^>]*>Order of deal 8061/)
    t.notMatch(text, '"data:')
    t.match(dataOf({ text }), { data: { deal: { ID: '8061' } } })
    const policy = String(headers.get('content-security-policy'))
    t.match(policy, `connect-src 'self' ${service.sandbox.portals.alpha.url} ${service.url.replace('http', 'ws')};`)
    t.match(policy, "worker-src 'self' blob:;")
    t.notMatch(policy, 'unsafe')
    t.match((await openTab(service, { entry: 'plain' })).text, 'src="/ui/application/frontend/plain.ts"')
  })

  await t.test('reply.app: shows what is there now', async t => {
    const orderFile = 'frontend/order/Order.vue'
    const edited = project.read(orderFile).replace('Order of', 'Edited: order of')
    await until(async () => {
      project.write(orderFile, edited)
      return (await openTab(service, {})).text.includes('Edited: order of deal 8061')
    })
    project.edit('frontend/order.html', '<title>Order', '<title>Edited')
    t.match((await openTab(service, {})).text, '<title>Edited</title>')
    project.write('frontend/fresh.js', '')
    t.match((await openTab(service, { entry: 'fresh' })).text, '/ui/application/frontend/fresh.js')
    project.remove('frontend/fresh.js')
    t.equal((await openTab(service, { entry: 'fresh' })).status, 500)
  })

  await t.test('reply.app: serves the script that a page holds', async t => {
    project.write('frontend/inline.html', '<html><head></head><body><div id="app"></div>' +
      '<script type="module">import { page } from "./common/page.js"; console.log(page)</script></body></html>')
    const { text } = await openTab(service, { entry: 'inline' })
    const [, script = ''] = /<script type="module" src="([^"]+html-proxy[^"]*)"/.exec(text) ?? []
    const answer = await fetch(service.url + script.replace('&amp;', '&'))
    t.equal(answer.status, 200)
    t.match(await answer.text(), '"/ui/application/frontend/common/page.js"')
  })

  await t.test('reply.app: goes on when what renders it is broken', async t => {
    const good = project.read(boardFile)
    project.write(boardFile, good.replace('<main>', '<main'))
    const { status, text } = await openTab(service, { entry: 'board' })
    t.equal(status, 200)
    t.match(text, '<div id="app"></div>')
    t.match(service.lines().find(({ msg }) => msg === 'B24_ERR_FRONTEND_RENDER'), { level: 50 })
    const script = await fetch(`${service.url}/ui/application/frontend/board/Board.jsx`)
    t.ok(script.status >= 400)
    await until(async () => {
      // The watcher of files may not see two changes within a moment.
      project.write(boardFile, good)
      return (await openTab(service, { entry: 'board' })).text.includes('Board of deal')
    })
  })

  await t.test('ui: serves what pages import, and no other files', async t => {
    const rows: Array<[path: string, status: number]> = [
      ['application/frontend/plain.ts', 200], ['application/frontend/order/Order.vue', 200], ['none.js', 404],
      ['application/placements/CRM_DEAL_DETAIL_TAB.js', 403], ['.bitrix24/state.json?raw', 403],
      [`@fs${join(project.root, 'package.json')}`, 403], ['@fs/etc/hostname', 403]
    ]
    mkdirSync(join(project.root, '.bitrix24'))
    writeFileSync(join(project.root, '.bitrix24/state.json'), '{}')
    for (const [path, status] of rows) {
      const answer = await fetch(`${service.url}/ui/${path}`, { headers: { 'sec-fetch-dest': 'script' } })
      t.equal(answer.status, status, path)
      await answer.text()
    }
  })
})

await t.test('reply.app: in development, goes on without a package that cannot be bundled', async t => {
  const { service } = await develop(t, ({ root, write }) => {
    const faulty = join(root, 'node_modules/faulty')
    mkdirSync(faulty, { recursive: true })
    writeFileSync(join(faulty, 'package.json'), '{ "name": "faulty", "main": "index.js" }')
    writeFileSync(join(faulty, 'index.js'), 'export const broken = (')
    write('frontend/plain.ts', "import 'faulty'")
  })
  await until(() => service.lines().some(({ level, msg }) => level === 50 && /faulty\/index\.js/.test(String(msg))))
  t.equal((await openTab(service, { entry: 'plain' })).status, 200)
  const headers = { 'sec-fetch-dest': 'script' }
  const script = await fetch(`${service.url}/ui/application/frontend/plain.ts`, { headers })
  t.ok(script.status >= 400, 'what imports it is refused, and does not wait for ever')
})

await t.test('ui: serves what a plugin names of a package, when it is asked for before its importer', async t => {
  const { service } = await develop(t, ({ root, write }) => {
    const stub = join(root, 'node_modules/named/stub.js')
    const script = '/application/frontend/plain.ts'
    mkdirSync(join(root, 'node_modules/named'), { recursive: true })
    writeFileSync(stub, 'export const named = 1')
    write('frontend/plain.ts', "import '#named'")
    writeFileSync(join(root, 'vite.config.js'), `export default { plugins: [{
      name: 'named',
      resolveId: id => id === '#named' ? ${JSON.stringify(stub)} : undefined,
      async load (id) { if (id.includes('stub.js')) await this.environment.transformRequest(${JSON.stringify(script)}) }
    }] }`)
  })
  const headers = { 'sec-fetch-dest': 'script' }
  const answer = await fetch(`${service.url}/ui/node_modules/named/stub.js`, { headers })
  t.equal(answer.status, 200)
  t.match(await answer.text(), 'named = 1')
})

await t.test('ui: opens an editor for nobody behind a tunnel', async t => {
  const before = process.env['NODE_ENV']
  for (const [address, status] of [['http://127.0.0.1:3000', 500], ['https://widget.example.com', 404]] as const) {
    const env = { NODE_ENV: 'development', PUBLIC_URL: address }
    const { fastify } = await startService(t, { env, app: { application: copyProject(t).application } })
    // Vite misses the name of the file.
    for (const path of ['__open-in-editor', '__OPEN-in-editor?x=1']) {
      t.equal((await fastify.inject(`/ui/${path}`)).statusCode, status, `${address} ${path}`)
    }
    t.equal((await fastify.inject('/ui/application/frontend/plain.ts?__open-in-editor')).statusCode, 200)
  }
  if (before === undefined) delete process.env['NODE_ENV']
})
