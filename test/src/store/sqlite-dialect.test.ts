import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { Kysely } from 'kysely'
import t, { type Test } from 'tap'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import type { Database } from '../../../src/store/database.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { openSqliteDatabase } from '../../../src/store/sqlite-database.ts'
import { createSqliteDialect } from '../../../src/store/sqlite-dialect.ts'
import { installed, portal } from '../../store-contract/contract-values.ts'

const { memberId } = portal

/** A store with one installation, and another process that writes to its file: a connection of its own. */
async function writing (t: Test) {
  const file = join(t.testdir(), 'test.db')
  const keyRing = createKeyRing(Buffer.alloc(32, 1).toString('base64'))
  const store = await openStore({ url: `sqlite:${file}`, keyRing })
  await store.install(installed, 10)
  const other = new SqliteDatabase(file)
  t.after(async () => {
    other.close()
    await store.close()
  })
  other.exec('begin immediate')
  return { store, other, file }
}

await t.test('SQLite: a statement waits for another process, and all else goes on', async t => {
  const { store, other } = await writing(t)
  const writes = [store.requestUninstall(memberId, true, 20), store.rememberHost(memberId, 'https://other.example', 20)]
  // As long as the other process has not ended, only reading does.
  for (let read = 0; read < 3; read++) t.match(await store.get(memberId), { uninstallRequestedAt: null, hosts: [] })
  t.equal(await Promise.race([...writes, store.ping().then(() => 'answered')]), 'answered')
  other.exec('commit')
  await Promise.all(writes)
  t.match(await store.get(memberId), { uninstallRequestedAt: 20, hosts: ['https://other.example'] })
})

await t.test('SQLite: a transaction sees what it has waited for', async t => {
  const { store, other } = await writing(t)
  const domains = store.database.transaction().execute(async transaction => {
    const { domain } = await transaction.selectFrom('installations').select('domain').executeTakeFirstOrThrow()
    await transaction.updateTable('installations').set({ domain: `${domain}, seen` }).execute()
    return domain
  })
  t.match(await store.get(memberId), { domain: portal.domain })
  other.exec("update installations set domain = 'other.example'")
  other.exec('commit')
  t.equal(await domains, 'other.example')
  t.match(await store.get(memberId), { domain: 'other.example, seen' })
})

await t.test('SQLite: a statement gives up, and lets go of the connection', async t => {
  const { other, file } = await writing(t)
  const db = new Kysely<Database>({ dialect: createSqliteDialect(openSqliteDatabase(file), 0) })
  t.after(() => db.destroy())
  const write = () => db.updateTable('installations').set({ domain: '' }).execute()
  await t.rejects(write(), { code: 'SQLITE_BUSY' })
  await t.rejects(db.transaction().execute(async () => {}), { code: 'SQLITE_BUSY' })
  t.match(await db.selectFrom('installations').select('domain').execute(), [{ domain: portal.domain }])
  other.exec('rollback')
  await t.rejects(db.updateTable('installations').set({ domain: null as never }).execute(), { code: /NOTNULL/ })
  await write()
})
