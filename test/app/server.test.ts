import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { sandbox } from '../../sandbox/index.ts'
import { until } from '../until.ts'
import { environment, freePort, postForm } from '../service.ts'
import { listening, run } from './process.ts'

await t.test('server: stops with a line for each wrong variable, without its value', async t => {
  const env = { PORT: 'secret-port', APP_SECRET: 'not-a-key', B24_CLIENT_ID: 'local.1' }
  const { ended, text } = run('src/server.ts', env, { isMeasured: true })
  t.equal(await ended, 1)
  const lines = text().trim().split('\n')
  t.strictSame(lines.map(line => line.split(':')[0]).sort(), ['APP_SECRET', 'B24_CLIENT_SECRET', 'PORT', 'PUBLIC_URL'])
  t.notMatch(text(), /secret-port|not-a-key/)
})

await t.test('server: says why it cannot start, with a stack for bugs only', async t => {
  const bitrix24 = await sandbox({ appUrl: 'http://127.0.0.1:1' })
  t.after(() => bitrix24.close())
  const start = async (env: Record<string, string>, isMeasured = false) => {
    const url = `http://127.0.0.1:${await freePort()}`
    const { ended, text } = run('src/server.ts', environment(bitrix24, url, env), { isMeasured })
    t.equal(await ended, 1)
    return text()
  }
  const databases: Array<[url: string, line: string]> = [
    [
      'postgres://user:password@127.0.0.1:1/db',
      'PostgreSQL cannot be used: ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1'
    ],
    [
      'sqlite:/dev/null/test.db',
      "SQLite cannot be used: EEXIST: file already exists, mkdir '/dev/null' (/dev/null/test.db)"
    ],
    // Node's recursive mkdir would hang here.
    [
      'sqlite:/proc/none/deep/test.db',
      "SQLite cannot be used: ENOENT: no such file or directory, mkdir '/proc/none' (/proc/none/deep/test.db)"
    ]
  ]
  for (const [url, line] of databases) t.equal(await start({ DATABASE_URL: url }), `DATABASE_URL: ${line}\n`)
  const { port } = new URL(bitrix24.authorizationServer)
  for (const [env, fault] of [
    [{ PORT: port }, 'EADDRINUSE'], [{ HOST: 'no.such.host.invalid' }, ''], [{ HOST: 'fe80::1%none' }, 'listen']
  ] as const) t.match((await start(env)).split('\n').slice(-2), [new RegExp(`^HOST, PORT: .*${fault}`), ''])
  const broken = 'export default async () => { throw new Error("broken") }'
  const APPLICATION = t.testdir({ plugins: { 'broken.js': broken } })
  t.match(await start({ APPLICATION }, true), /Error: broken\n +at .*broken\.js/)
})

await t.test('server: logs the error that nobody caught before it ends', async t => {
  const url = `http://127.0.0.1:${await freePort()}`
  const bitrix24 = await sandbox({ appUrl: url })
  t.after(() => bitrix24.close())
  const crash = `export default async (fastify) => {
    fastify.get("/hang", () => new Promise(() => {}))
    fastify.get("/crash", async (request, reply) => {
      reply.raw.on("close", () => { setImmediate(() => { throw new Error("of a timer") }) })
    })
  }`
  const APPLICATION = t.testdir({ routes: { 'crash.js': crash } })
  const { ended, text } = run('src/server.ts', environment(bitrix24, url, { APPLICATION }), { isMeasured: true })
  t.ok(await listening(`${url}/health`))
  const unanswered = fetch(`${url}/hang`).catch(() => 'cut')
  await fetch(`${url}/crash`).catch(() => {}) // it may end before the answer is read
  t.equal(await unanswered, 'cut')
  t.equal(await ended, 1)
  t.match(text(), /"level":60,.*"err":{[^}]*of a timer.*crash\.js/)
})

await t.test('server: goes on after a failure that a handler did not wait for, and logs it', async t => {
  const url = `http://127.0.0.1:${await freePort()}`
  const bitrix24 = await sandbox({ appUrl: url })
  t.after(() => bitrix24.close())
  const forgetful = `const trap = () => { throw new Error('trap') }
    const unreadable = new Proxy({}, { get: trap, has: trap, getPrototypeOf: trap, ownKeys: trap })
    export default async (fastify) => {
      fastify.get('/forgetful', async (request, reply) => {
        const told = new Error('of a call: ' + request.query.AUTH_ID)
        for (const error of [told, undefined, unreadable]) Promise.reject(error)
        reply.page('no-such-view', {})
        return 'answered'
      })
    }`
  const APPLICATION = t.testdir({ routes: { 'forgetful.js': forgetful } })
  const { child, ended, text } = run('src/server.ts', environment(bitrix24, url, { APPLICATION }), { isMeasured: true })
  t.ok(await listening(`${url}/health`))
  const { AUTH_ID = 'none' } = bitrix24.portals.alpha.placementCall('REST_APP_URI').body
  for (let n = 0; n < 2; n++) t.equal((await fetch(`${url}/forgetful?AUTH_ID=${AUTH_ID}`)).status, 200)
  child.kill('SIGTERM')
  t.equal(await ended, 0)
  t.match(text(), /"level":50,.*"err":{[^}]*of a call.*forgetful\.js.*did not wait/)
  t.notOk(text().includes(AUTH_ID), 'without the token that it carries')
  t.match(text(), /There is no view \\"no-such-view\\"/)
})

await t.test('server: loads no library that its configuration does not ask for', async t => {
  const url = `http://127.0.0.1:${await freePort()}`
  const bitrix24 = await sandbox({ appUrl: url })
  t.after(() => bitrix24.close())
  const folder = t.testdir()
  const { child, ended } = run('src/server.ts', environment(bitrix24, url, { NODE_V8_COVERAGE: folder }))
  t.ok(await listening(`${url}/health`))
  child.kill('SIGTERM')
  t.equal(await ended, 0)
  const [report = ''] = readdirSync(folder)
  const { result } = JSON.parse(readFileSync(join(folder, report), 'utf8')) as { result: Array<{ url: string }> }
  const loaded = new Set(result.map(({ url }) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]))
  t.ok(loaded.has('fastify'))
  const late = ['pg', 'vite', '@bitrix24/b24jssdk', '@fastify/otel', '@opentelemetry/api', 'typescript']
  t.strictSame(late.filter(name => loaded.has(name)), [])
  t.ok(result.some(({ url }) => url === 'node:_http_server'))
  t.notOk(result.some(({ url }) => url === 'node:internal/deps/undici/undici'), "nor the HTTP client of Node's own")
})

await t.test('server: answers calls in flight after SIGTERM, then ends', async t => {
  const url = `http://127.0.0.1:${await freePort()}`
  const bitrix24 = await sandbox({ appUrl: url })
  t.after(() => bitrix24.close())
  const { alpha } = bitrix24.portals
  alpha.installed = true
  const file = join(t.testdir(), 'store.db')
  const env = environment(bitrix24, url, { DATABASE_URL: `sqlite:${file}` })
  const { child, ended, text } = run('src/server.ts', env, { isMeasured: true })
  t.after(() => { child.kill('SIGKILL') })
  t.equal(await listening(`${url}/health`), true, text())

  bitrix24.trouble.authorizationServerDelay = 1000
  const { url: address, payload } = alpha.placementCall('REST_APP_URI')
  const answering = postForm(address, payload)
  await until(() => bitrix24.requests.some(({ name }) => name === 'app.info'))
  child.kill('SIGTERM')
  t.equal((await answering).status, 200)
  t.equal(await ended, 0)
  t.match(text(), /"level":40,.*"portals":true/, 'ALLOW_INSECURE_PORTALS is not overlooked')
  const paths = `"handlerPath":"${url}/placement","installationPath":"${url}/install"`
  t.match(text(), paths, "a line of the start says what the application's card needs")
})

/** A PostgreSQL server that accepts any login and answers no query: its address, and when a query came. */
async function silentPostgres (t: Test) {
  const asked = Promise.withResolvers<void>()
  const ready = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]) // AuthenticationOk, ReadyForQuery
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(ready)
      socket.once('data', () => { asked.resolve() })
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo // a TCP server has such an address
  return { url: `postgres://user@127.0.0.1:${port}/test`, asked: asked.promise }
}

await t.test('server: ends at once when signalled while it waits for the database', async t => {
  const bitrix24 = await sandbox()
  t.after(() => bitrix24.close())
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const { url, asked } = await silentPostgres(t)
    const { child, ended, text } = run('src/server.ts', { ...bitrix24.env, DATABASE_URL: url }, { isMeasured: true })
    t.after(() => { child.kill('SIGKILL') })
    await asked
    child.kill(signal)
    t.equal(await ended, 0)
    t.match(text(), new RegExp(`^${signal}: [^\\n]* opening the database \\(DATABASE_URL\\)\\n$`))
  }
})

await t.test('server: gives up a start that takes too long, and says where it hung', async t => {
  const bitrix24 = await sandbox()
  t.after(() => bitrix24.close())
  const { url } = await silentPostgres(t)
  const env = { ...bitrix24.env, DATABASE_URL: url, START_TIMEOUT: '1' }
  const { child, ended, text } = run('src/server.ts', env, { isMeasured: true })
  t.after(() => { child.kill('SIGKILL') })
  t.equal(await ended, 1)
  t.match(text(), /^START_TIMEOUT: [^\n]* 1 s [^\n]* opening the database \(DATABASE_URL\)\n$/)
})

await t.test('server: names the file that a start hangs in', async t => {
  const bitrix24 = await sandbox({ appUrl: 'http://127.0.0.1:1' })
  t.after(() => bitrix24.close())
  const hangs = 'await new Promise(resolve => setTimeout(resolve, 60_000))'
  const root = t.testdir({ 'package.json': '{"type":"module"}' })
  const program = join(import.meta.dirname, '../../src/server.ts')
  const rows: Array<[file: string, source: string]> = [
    ['migrations/001.js', `${hangs}\nexport const up = async () => {}`],
    ['migrations/002.js', `export const up = async () => { ${hangs} }`],
    ['plugins/slow.js', `${hangs}\nexport default async () => {}`],
    ['routes/slow.js', `export default async function plugin (app) { await app.register(async () => { ${hangs} }) }`],
    ['screens/slow.js', `export default async () => { ${hangs} }`]
  ]
  await Promise.all(rows.map(async ([file, source], index) => {
    const APPLICATION = join(root, String(index))
    mkdirSync(join(APPLICATION, dirname(file)), { recursive: true })
    writeFileSync(join(APPLICATION, file), source)
    const env = environment(bitrix24, 'http://127.0.0.1:0', { APPLICATION, START_TIMEOUT: '8' })
    const { ended, text } = run(program, env, { isMeasured: true, cwd: root })
    t.equal(await ended, 1)
    t.match(text().trim().split('\n').at(-1), new RegExp(`^START_TIMEOUT: .* screens: ${APPLICATION}/${file}$`))
  }))
})

await t.test("server: does not blame HOST for a route's fault", async t => {
  const bitrix24 = await sandbox({ appUrl: 'http://127.0.0.1:1' })
  t.after(() => bitrix24.close())
  const route = `export default async app => {
    app.get('/x', { schema: { querystring: { type: 'list' } } }, async () => {})
  }`
  const APPLICATION = t.testdir({ 'package.json': '{"type":"module"}', routes: { 'x.js': route } })
  const { ended, text } = run('src/server.ts', environment(bitrix24, 'http://127.0.0.1:0', { APPLICATION }))
  t.equal(await ended, 1)
  t.match(text(), /GET: \/x/)
  t.notMatch(text(), 'HOST')
})

await t.test('server: takes calls during SHUTDOWN_DELAY, but is not ready', async t => {
  const url = `http://127.0.0.1:${await freePort()}`
  const bitrix24 = await sandbox({ appUrl: url })
  t.after(() => bitrix24.close())
  const env = environment(bitrix24, url, { DATABASE_URL: 'sqlite::memory:', SHUTDOWN_DELAY: '3' })
  const { child, ended, text } = run('src/server.ts', env)
  t.after(() => { child.kill('SIGKILL') })
  t.equal(await listening(`${url}/ready`), true, text())
  child.kill('SIGTERM')
  await until(async () => (await fetch(`${url}/ready`)).status === 503)
  t.equal((await fetch(`${url}/health`)).status, 200)
  t.equal(await ended, 0)
})
