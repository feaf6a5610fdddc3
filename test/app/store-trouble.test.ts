import { join } from 'node:path'
import { Writable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import { Kysely, SqliteDialect } from 'kysely'
import t, { type Test } from 'tap'
import { sandbox } from '../../sandbox/index.ts'
import app, { serverOptions } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { createKeyRing } from '../../src/keys.ts'
import { loggerOptions } from '../../src/logger.ts'
import { installed } from '../../src/store/contract/contract-values.ts'
import type { Database } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrations.ts'
import { createStore, openStore, type Store } from '../../src/store/open-store.ts'
import { openSqliteDatabase } from '../../src/store/sqlite-database.ts'
import { createLocalUninstalls } from '../../src/store/uninstalls.ts'
import { until } from '../helper.ts'
import { startPostgres } from '../postgres.ts'
import { codeOf, postForm } from '../service.ts'

const keyRing = createKeyRing(Buffer.alloc(32, 1).toString('base64'))

/** A service over this store, beside a sandbox where the application is installed on alpha. */
async function serve (t: Test, store: Store) {
  const bitrix24 = await sandbox()
  t.after(() => bitrix24.close())
  const config = loadConfig(bitrix24.env)
  const log: string[] = []
  const stream = new Writable({ write (chunk, _, done) { log.push(String(chunk)); done() } })
  const fastify = Fastify({ ...serverOptions(config), logger: { ...loggerOptions('info'), stream } })
  t.after(() => fastify.close())
  await fastify.register(app, { config, store })
  fastify.screen('stockroom', { params: Type.Object({}), title: 'Stockroom' }, async () => 'opened')
  await fastify.listen({ host: config.host, port: config.port })
  const { alpha } = bitrix24.portals
  alpha.installed = true
  /** Each with a token of its own. */
  const newCall = () => alpha.placementCall('REST_APP_URI', { params: { screen: 'stockroom' } })
  const call = async ({ url, payload } = newCall()) => await postForm(url, payload)
  return { log, newCall, call }
}

await t.test('on a full disk a call is answered, and the loss is logged', async t => {
  const database = openSqliteDatabase(join(t.testdir(), 'test.db'))
  const db = new Kysely<Database>({ dialect: new SqliteDialect({ database }) })
  await migrate(db)
  const store = createStore({ db, uninstalls: createLocalUninstalls() }, keyRing)
  const { log, call } = await serve(t, store)
  database.pragma(`max_page_count = ${database.pragma('page_count', { simple: true })}`)
  await t.rejects((async () => { for (let index = 0; ; index++) await store.install({ ...installed, memberId: `portal-${index}` }, 10) })(), { code: 'SQLITE_FULL' })
  t.equal((await call()).status, 200)
  await until(() => log.some(line => line.includes('a proven portal could not be recorded') && line.includes('SQLITE_FULL')))
  t.equal(database.pragma('integrity_check', { simple: true }), 'ok')
})

await t.test('while PostgreSQL is away who is proven is answered and others are told to come again, and soon after all is well', async t => {
  const postgres = await startPostgres()
  t.after(() => postgres.close())
  const store = await openStore({ url: postgres.createDatabase(), keyRing })
  const { call, newCall } = await serve(t, store)
  const proven = newCall()
  t.equal((await call(proven)).status, 200)
  postgres.stop('immediate')
  t.equal((await call(proven)).status, 200, 'who is proven is answered')
  const refused = await call()
  t.equal(refused.status, 503)
  t.equal(codeOf(refused), 'B24_ERR_STORE_SILENT')
  t.ok(Number(refused.headers.get('retry-after')) > 0)
  postgres.start()
  const begin = performance.now()
  await until(async () => (await call()).status === 200)
  t.ok(performance.now() - begin < 5000)
})
