import { Kysely, SqliteDialect } from 'kysely'
import t from 'tap'
import type { Database } from '../../../src/store/database.ts'
import { migrate } from '../../../src/store/migrations.ts'
import { openSqliteDatabase } from '../../../src/store/sqlite-database.ts'

await t.test('migrations run once', async (t) => {
  const db = new Kysely<Database>({ dialect: new SqliteDialect({ database: openSqliteDatabase(':memory:') }) })
  t.after(() => db.destroy())
  t.strictSame(await migrate(db), ['0001-installations', '0002-openings', '0003-approvals', '0004-token-life', '0006-offered-refresh-token'])
  t.strictSame(await migrate(db), [])
})

await t.test('a table that is in the way is reported, not replaced', async (t) => {
  const database = openSqliteDatabase(':memory:')
  const db = new Kysely<Database>({ dialect: new SqliteDialect({ database }) })
  t.after(() => db.destroy())
  database.exec("create table installations (precious text); insert into installations values ('data')")
  await t.rejects(migrate(db), /already exists/)
  t.strictSame(database.prepare('select * from installations').all(), [{ precious: 'data' }])
})
