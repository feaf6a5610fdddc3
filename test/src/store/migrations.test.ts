import { Kysely, SqliteDialect } from 'kysely'
import t, { type Test } from 'tap'
import type { Database } from '../../../src/store/database.ts'
import { installationTables } from '../../../src/store/installation-tables.ts'
import { migrate, type TableSet } from '../../../src/store/migrations.ts'
import { openSqliteDatabase } from '../../../src/store/sqlite-database.ts'

const installations = [
  '0001-installations', '0002-changes', '0003-stale-tokens', '0004-system-users', '0005-uninstall-clean'
]

function opened (t: Test) {
  const database = openSqliteDatabase(':memory:')
  const db = new Kysely<Database>({ dialect: new SqliteDialect({ database }) })
  t.after(() => db.destroy())
  return { database, db }
}

await t.test('migrate: runs each migration once', async t => {
  const { db } = opened(t)
  t.strictSame(await migrate(db, installationTables), installations)
  t.strictSame(await migrate(db, installationTables), [])
})

await t.test('migrate: keeps a list for each set, and logs what ran', async t => {
  const { db } = opened(t)
  const up: TableSet['migrations'][string]['up'] = async db => {
    await db.schema.createTable('notes').addColumn('id', 'text').execute()
  }
  const notes: TableSet = { name: 'notes', tables: {}, migrations: { '0001-notes': { up } } }
  const lines: unknown[] = []
  const log = { info: (line: unknown) => { lines.push(line) } }
  for (const set of [installationTables, notes, installationTables, notes]) await migrate(db, set, log)
  t.strictSame(lines, [{ migrations: installations }, { migrations: ['0001-notes'] }])
})

await t.test('migrate: reports a table that is in the way, and does not replace it', async t => {
  const { database, db } = opened(t)
  database.exec("create table installations (precious text); insert into installations values ('data')")
  await t.rejects(migrate(db, installationTables), /already exists/)
  t.strictSame(database.prepare('select * from installations').all(), [{ precious: 'data' }])
  t.equal(database.inTransaction, false, 'the lock is released')
})
