import { Kysely, SqliteDialect } from 'kysely'
import t from 'tap'
import type { Database } from '../../../src/store/database.ts'
import { migrate } from '../../../src/store/migrations.ts'
import { openSqliteDatabase } from '../../../src/store/sqlite-database.ts'

await t.test('migrations run once', async (t) => {
  const db = new Kysely<Database>({ dialect: new SqliteDialect({ database: openSqliteDatabase(':memory:') }) })
  t.after(() => db.destroy())
  t.strictSame(await migrate(db), ['0001-installations', '0002-visits', '0003-approvals', '0004-token-life', '0005-hosts', '0006-candidate-refresh-token', '0007-visit-totals'])
  t.strictSame(await migrate(db), [])
})

await t.test('what was counted before there were sums is in them', async (t) => {
  const database = openSqliteDatabase(':memory:')
  const db = new Kysely<Database>({ dialect: new SqliteDialect({ database }) })
  t.after(() => db.destroy())
  await migrate(db)
  // As it was before.
  database.exec(`drop table link_days; drop table link_users; drop index links_first; drop index visits_day;
    create index visits_day on visits (day); delete from kysely_migration where name = '0007-visit-totals';
    insert into visits values ('m', 'a', 7, '2026-03-09', 1, 2, 3), ('m', 'a', 7, '2026-03-10', 3, 9, 4), ('m', 'a', 8, '2026-03-10', 5, 6, 1)`)
  t.strictSame(await migrate(db), ['0007-visit-totals'])
  t.strictSame(await db.selectFrom('link_days').selectAll().execute(), [
    { member_id: 'm', link_id: 'a', day: '2026-03-09', times: 3 }, { member_id: 'm', link_id: 'a', day: '2026-03-10', times: 5 }
  ])
  t.strictSame(await db.selectFrom('link_users').selectAll().execute(), [
    { member_id: 'm', link_id: 'a', user_id: 7, first_at: 1, last_at: 9, times: 7 }, { member_id: 'm', link_id: 'a', user_id: 8, first_at: 5, last_at: 6, times: 1 }
  ])
})

await t.test('a table that is in the way is reported, not replaced', async (t) => {
  const database = openSqliteDatabase(':memory:')
  const db = new Kysely<Database>({ dialect: new SqliteDialect({ database }) })
  t.after(() => db.destroy())
  database.exec("create table installations (precious text); insert into installations values ('data')")
  await t.rejects(migrate(db), /already exists/)
  t.strictSame(database.prepare('select * from installations').all(), [{ precious: 'data' }])
})
