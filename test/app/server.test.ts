import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { sandbox } from '../../sandbox/index.ts'
import { until } from '../helper.ts'
import { environment, freePort, postForm } from '../service.ts'
import { listening, run } from './process.ts'

await t.test('a missing or wrong variable stops the start with a sentence each, and no value', async t => {
  const { ended, text } = run('src/server.ts', { PORT: 'secret-port', APP_SECRET: 'not-a-key', B24_CLIENT_ID: 'local.1' })
  t.equal(await ended, 1)
  const lines = text().trim().split('\n')
  t.strictSame(lines.map(line => line.split(':')[0]).sort(), ['APP_SECRET', 'B24_CLIENT_SECRET', 'PORT', 'PUBLIC_URL'])
  t.notMatch(text(), /secret-port|not-a-key/)
})

await t.test('what keeps it from starting is said, with a stack only where nobody but a developer can mend it', async t => {
  const bitrix24 = await sandbox({ appUrl: 'http://127.0.0.1:1' })
  t.after(() => bitrix24.close())
  const start = async (env: Record<string, string>) => {
    const { ended, text } = run('src/server.ts', environment(bitrix24, `http://127.0.0.1:${await freePort()}`, env))
    t.equal(await ended, 1)
    return text()
  }
  t.equal(await start({ DATABASE_URL: 'postgres://user:password@127.0.0.1:1/db' }), 'DATABASE_URL: PostgreSQL cannot be used: ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1\n')
  t.equal(await start({ DATABASE_URL: 'sqlite:/dev/null/test.db' }), "DATABASE_URL: SQLite cannot be used: EEXIST: file already exists, mkdir '/dev/null' (/dev/null/test.db)\n")
  t.match(await start({ HOST: 'fe80::1%none' }), /Error: listen [^]*\n +at /)
  const { port } = new URL(bitrix24.authorizationServer)
  t.match(await start({ PORT: port }), /EADDRINUSE[^\n]*\n$/)
})

await t.test('SIGTERM answers the calls in flight, then ends the process within its grace', async t => {
  const url = `http://127.0.0.1:${await freePort()}`
  const bitrix24 = await sandbox({ appUrl: url })
  t.after(() => bitrix24.close())
  const { alpha } = bitrix24.portals
  alpha.installed = true
  const file = join(t.testdir(), 'store.db')
  const { child, ended, text } = run('src/server.ts', environment(bitrix24, url, { DATABASE_URL: `sqlite:${file}` }))
  t.after(() => { child.kill('SIGKILL') })
  t.equal(await listening(`${url}/health`), true, text())

  bitrix24.trouble.authorizationServerDelay = 1000
  const { url: address, payload } = alpha.placementCall('REST_APP_URI')
  const answering = postForm(address, payload)
  while (!bitrix24.requests.some(({ name }) => name === 'app.info')) await new Promise(resolve => setImmediate(resolve))
  child.kill('SIGTERM')
  t.equal((await answering).status, 200)
  t.equal(await ended, 0)
})

await t.test('SIGTERM ends a start that waits for a database, too, with a sentence', async t => {
  const bitrix24 = await sandbox()
  t.after(() => bitrix24.close())
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.after(() => silent.close())
  const { port } = silent.address() as AddressInfo // a TCP server has such an address
  const { child, ended, text } = run('src/server.ts', { ...bitrix24.env, DATABASE_URL: `postgres://127.0.0.1:${port}/test` })
  t.after(() => { child.kill('SIGKILL') })
  await once(silent, 'connection')
  child.kill('SIGTERM')
  await ended
  t.notMatch(text(), 'TypeError')
  t.match(text(), /^DATABASE_URL: PostgreSQL cannot be used: [^\n]*\n$/m)
})

await t.test('with SHUTDOWN_DELAY calls are taken for a while after SIGTERM, and the balancer is told to send no more', async t => {
  const url = `http://127.0.0.1:${await freePort()}`
  const bitrix24 = await sandbox({ appUrl: url })
  t.after(() => bitrix24.close())
  const { child, ended, text } = run('src/server.ts', environment(bitrix24, url, { DATABASE_URL: 'sqlite::memory:', SHUTDOWN_DELAY: '3' }))
  t.after(() => { child.kill('SIGKILL') })
  t.equal(await listening(`${url}/ready`), true, text())
  child.kill('SIGTERM')
  await until(async () => (await fetch(`${url}/ready`)).status === 503)
  t.equal((await fetch(`${url}/health`)).status, 200)
  t.equal(await ended, 0)
})
