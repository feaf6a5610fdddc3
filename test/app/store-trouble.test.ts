import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Type } from '@sinclair/typebox'
import { Kysely, SqliteDialect } from 'kysely'
import t, { type Test } from 'tap'
import { sandbox } from '../../sandbox/index.ts'
import { loadConfig } from '../../src/config.ts'
import { createKeyRing } from '../../src/crypto/keys.ts'
import { loggerOptions } from '../../src/log/logger.ts'
import { serverOptions } from '../../src/server-options.ts'
import { createLocalChanges } from '../../src/store/changes.ts'
import type { Database } from '../../src/store/database.ts'
import { installationTables } from '../../src/store/installation-tables.ts'
import { migrate } from '../../src/store/migrations.ts'
import { createStore, openStore, type Store } from '../../src/store/open-store.ts'
import { openSqliteDatabase } from '../../src/store/sqlite-database.ts'
import { build } from '../build.ts'
import { logLines } from '../log-lines.ts'
import { until } from '../until.ts'
import { startOwnPostgres } from '../postgres.ts'
import { codeOf, environment, freePort, installationOn, openApp, postForm } from '../service.ts'
import { installed } from '../store-contract/contract-values.ts'
import { listening, run } from './process.ts'

const keyRing = createKeyRing(Buffer.alloc(32, 1).toString('base64'))

/** A service over this store, beside a sandbox where the application is installed on alpha. */
async function serve (t: Test, store: Store) {
  const bitrix24 = await sandbox()
  t.after(() => bitrix24.close())
  const config = loadConfig(bitrix24.env)
  const { lines, stream } = logLines()
  const options = { ...serverOptions(config), logger: { ...loggerOptions('info'), stream } }
  const fastify = await build(t, fastify => fastify.register(openApp, { config, store }), options)
  fastify.screen('stockroom', { schema: { params: Type.Object({}) }, title: 'Stockroom' }, async () => 'opened')
  await fastify.listen({ host: config.host, port: config.port })
  const { alpha } = bitrix24.portals
  alpha.installed = true
  /** A call with a new token. */
  async function call () {
    const { url, payload } = alpha.placementCall('REST_APP_URI', { params: { screen: 'stockroom' } })
    return await postForm(url, payload)
  }
  return { lines, call }
}

await t.test('store: answers a call on a full disk, and logs the loss', async t => {
  const database = openSqliteDatabase(join(t.testdir(), 'test.db'))
  const db = new Kysely<Database>({ dialect: new SqliteDialect({ database }) })
  await migrate(db, installationTables)
  const store = createStore({ db, changes: createLocalChanges(), checkFiles () {} }, keyRing)
  const { lines, call } = await serve(t, store)
  database.pragma(`max_page_count = ${database.pragma('page_count', { simple: true })}`)
  async function fill (): Promise<never> {
    for (let index = 0; ; index++) await store.install({ ...installed, memberId: `portal-${index}` }, 10)
  }
  await t.rejects(fill(), { code: 'SQLITE_FULL' })
  t.equal((await call()).status, 200)
  await until(() => lines.some(({ level, err }) => level === 50 && JSON.stringify(err).includes('SQLITE_FULL')))
  t.equal(database.pragma('integrity_check', { simple: true }), 'ok')
})

await t.test('store: answers verified calls while PostgreSQL restarts under load', async t => {
  const postgres = await startOwnPostgres()
  const bitrix24 = await sandbox()
  t.after(() => bitrix24.close())
  const { alpha } = bitrix24.portals
  alpha.installed = true
  const databaseUrl = postgres.createDatabase()
  const store = await openStore({ url: databaseUrl, keyRing: createKeyRing(String(bitrix24.env['APP_SECRET'])) })
  await store.install(installationOn(alpha, bitrix24), Date.now())
  await store.close()
  const urls = await Promise.all([1, 2].map(async () => `http://127.0.0.1:${await freePort()}`))
  const env = { DATABASE_URL: databaseUrl, LOG_LEVEL: 'silent' }
  const services = urls.map(url => run('src/server.ts', environment(bitrix24, url, env)))
  t.after(async () => {
    for (const { child } of services) child.kill()
    await Promise.all(services.map(({ ended }) => ended))
  })
  for (const url of urls) t.equal(await listening(`${url}/ready`), true)

  let userId = 1000
  /** A call with a new token of a new user. */
  function newCall (url: string) {
    const user = { ...alpha.users.employee, id: userId++ }
    return alpha.placementCall('REST_APP_URI', { user, params: { docId: '42' }, handler: `${url}/placement` })
  }
  let begun = 0
  const outcomeOf = async ({ url, payload }: ReturnType<typeof newCall>) => {
    const begin = ++begun
    const answer = await postForm(url, payload)
    const unavailable = `${codeOf(answer)}, again in ${answer.headers.get('retry-after')} s`
    return { begin, outcome: answer.status === 503 ? unavailable : String(answer.status) }
  }
  const seen: Record<'proven' | 'new', Array<{ begin: number, outcome: string }>> = { proven: [], new: [] }
  const over = new AbortController()
  async function proven (url: string): Promise<void> {
    const call = newCall(url)
    t.equal((await outcomeOf(call)).outcome, '200')
    // No more often than the rate limit of a user allows.
    for (; !over.signal.aborted; await wait(200)) seen.proven.push(await outcomeOf(call))
  }
  async function unproven (url: string): Promise<void> {
    for (; !over.signal.aborted; await wait(250)) seen.new.push(await outcomeOf(newCall(url)))
  }
  const load = Promise.all(urls.flatMap(url => [unproven(url), ...Array.from({ length: 8 }, () => proven(url))]))
  /** Waits for so many calls of each kind that begin after now. */
  const calls = (count: number) => {
    const now = begun
    return until(() => Object.values(seen).every(list => list.filter(({ begin }) => begin > now).length >= count))
  }
  await calls(4)
  await postgres.stop('immediate')
  await calls(10)
  await postgres.start()
  const restarted = begun
  await until(() => {
    const since = seen.new.filter(({ begin }) => begin > restarted)
    return since.length >= 20 && since.slice(-20).every(({ outcome }) => outcome === '200')
  })
  const back = begun
  await calls(10)
  over.abort()
  await load

  t.comment(`${seen.proven.length} proven and ${seen.new.length} new calls`)
  const kinds = (calls: Array<{ outcome: string }>) => [...new Set(calls.map(({ outcome }) => outcome))].sort()
  t.strictSame(kinds(seen.proven), ['200'])
  t.strictSame(kinds(seen.new), ['200', 'B24_ERR_STORE_UNAVAILABLE, again in 30 s'])
  t.strictSame(seen.new.filter(({ begin, outcome }) => begin > back && outcome !== '200'), [])
  for (const url of urls) t.equal((await outcomeOf(newCall(url))).outcome, '200')
})
