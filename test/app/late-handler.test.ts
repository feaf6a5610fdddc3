import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { sandbox } from '../../sandbox/index.ts'
import { createKeyRing } from '../../src/crypto/keys.ts'
import { openStore } from '../../src/store/open-store.ts'
import { startPostgres } from '../postgres.ts'
import { environment, freePort, postForm } from '../service.ts'
import { until } from '../until.ts'
import { listening, run } from './process.ts'

type Tables = { notes: { member_id: string, at: string } }

const migration = `export const up = db => db.schema.createTable('notes')
  .addColumn('member_id', 'text').addColumn('at', 'bigint').execute()`

// The one process goes on deleting when nobody waits for it any more; its signal is told, and not heeded.
const plugin = `import { appendFileSync, existsSync } from 'node:fs'
const told = line => appendFileSync(process.env.TOLD, line + ' ')
export default async fastify => {
  const db = fastify.database
  fastify.onInstalled(async ({ portal }) => {
    await db.insertInto('notes').values({ member_id: portal.memberId, at: Date.now() }).execute()
    told('installed')
  })
  fastify.onUninstalled(async ({ portal, signal, uninstalledAt }) => {
    if (process.env.GO) {
      signal.addEventListener('abort', () => told('aborted'))
      told('begun')
      while (!existsSync(process.env.GO)) await new Promise(resolve => setTimeout(resolve, 20))
    }
    await db.deleteFrom('notes').where('member_id', '=', portal.memberId).where('at', '<=', uninstalledAt).execute()
    told('deleted')
  })
}`

await t.test('onUninstalled: a late handler leaves what another process installs', async t => {
  const postgres = await startPostgres()
  const bitrix24 = await sandbox()
  t.after(() => bitrix24.close())
  const { alpha } = bitrix24.portals
  const folder = t.testdir({
    told: '', application: { migrations: { '0001-notes.js': migration }, plugins: { 'notes.js': plugin } }
  })
  const told = () => readFileSync(join(folder, 'told'), 'utf8').trim()
  const databaseUrl = postgres.createDatabase()
  const env = {
    DATABASE_URL: databaseUrl, APPLICATION: join(folder, 'application'), TOLD: join(folder, 'told'), LOG_LEVEL: 'silent'
  }
  const [one, other] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`] as const
  const processes = [[one, { ...env, GO: join(folder, 'go') }], [other, env]] as const
  const running = processes.map(([url, env]) =>
    run('src/server.ts', environment(bitrix24, url, env), { isMeasured: false }))
  t.after(async () => {
    for (const { child } of running) child.kill()
    await Promise.all(running.map(({ ended }) => ended))
  })
  for (const url of [one, other]) t.equal(await listening(`${url}/ready`), true)
  const store = await openStore({ url: databaseUrl, keyRing: createKeyRing(String(bitrix24.env['APP_SECRET'])) })
  t.after(() => store.close())
  const notes = async () => await store.database.withTables<Tables>().selectFrom('notes').select('at').execute()
  const install = async (url: string) => {
    const { status } = await bitrix24.send(alpha.placementCall('DEFAULT', { handler: `${url}/install` }))
    alpha.installed = true
    return status
  }

  t.equal(await install(one), 200)
  await until(() => told() === 'installed')
  const { body } = alpha.event('ONAPPUNINSTALL')
  alpha.uninstall()
  t.equal((await postForm(`${one}/events`, body)).status, 200)
  await until(() => told() === 'installed begun')

  t.equal(await install(other), 200)
  // Neither waits for the handler that hangs: its signal ends it.
  await until(() => told().endsWith('installed') && told().includes('aborted'))
  t.strictSame(told().split(' ').sort(), ['aborted', 'begun', 'deleted', 'installed', 'installed'])
  t.equal((await notes()).length, 1, 'the note of the first installation is gone')

  writeFileSync(join(folder, 'go'), '')
  await until(() => told().endsWith('installed deleted'))
  t.equal((await notes()).length, 1, 'the note of the second installation is there')
})
