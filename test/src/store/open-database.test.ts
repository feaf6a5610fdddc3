import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { migrate } from '../../../src/store/migrations.ts'
import { hasTables, openDatabase, openExistingDatabase } from '../../../src/store/open-database.ts'
import { readStoreAddress } from '../../../src/store/store-address.ts'
import { startPostgres } from '../../postgres.ts'

const postgres = await startPostgres()
const kinds = {
  SQLite: (t: Test) => `sqlite:${join(t.testdir(), 'test.db')}`,
  PostgreSQL: () =>
    postgres.createDatabase()
}

/** Makes the tables, and changes them. */
async function makeStore (url: string, statement = sql`select 1`) {
  const { db, changes } = await openDatabase(readStoreAddress(url))
  await statement.execute(db)
  await changes.close()
  await db.destroy()
}

for (const [kind, newUrl] of Object.entries(kinds)) {
  await t.test(`${kind}: what is opened to be read cannot be written to, else it can`, async t => {
    const url = newUrl(t)
    await makeStore(url)
    // Whatever the address itself says of it.
    const address = kind === 'SQLite' ? url : `${url}?options=-c%20default_transaction_read_only%3Doff`
    const reading = await openExistingDatabase(readStoreAddress(address), 'read')
    await t.rejects(reading.deleteFrom('installations').execute(), /read-?only/)
    await reading.destroy()
    const writing = await openExistingDatabase(readStoreAddress(url), 'write')
    await writing.deleteFrom('installations').execute()
    await writing.destroy()
  })

  await t.test(`${kind}: a store of another version is not used, and not changed`, async t => {
    for (const [statement, message] of [
      [
        sql`insert into installations_migration (name, timestamp) values ('9999-future', '2099')`,
        '<from>: the store was written by a newer version than this one'
      ],
      [sql`drop table installations_migration`, '<from>: there is no store in this database'],
      [
        sql`alter table installations_migration rename column name to title`,
        /^<from>: (SQLite|PostgreSQL) cannot be used: .*name/
      ]
    ] as const) {
      const url = newUrl(t)
      await makeStore(url, statement)
      for (const access of ['read', 'write'] as const) {
        await t.rejects(openExistingDatabase(readStoreAddress(url, '<from>'), access), { message })
      }
    }
  })
}

await t.test('hasTables: tells missing tables from those of another version', async t => {
  const { db, changes } = await openDatabase(readStoreAddress('sqlite::memory:'))
  t.after(() => Promise.all([changes.close(), db.destroy()]))
  const first = { '0001-notes': { up: async () => {} } }
  const second = { '0002-notes': { up: async () => {} } }
  const setOf = (migrations: object) => ({ name: 'notes', tables: {}, migrations: { ...migrations } })
  t.equal(await hasTables(db, setOf(first), '<from>'), false)
  await migrate(db, setOf(first))
  t.equal(await hasTables(db, setOf(first), '<from>'), true)
  await t.rejects(hasTables(db, setOf({ ...first, ...second }), '<from>'), {
    code: 'B24_ERR_STORE_VERSION',
    message: '<from>: the store was written by an older version: ' +
      'start the service of this version on it once, then run this again'
  })
  await t.rejects(hasTables(db, setOf(second), '<from>'), { message: /newer version/ })
})

await t.test('PostgreSQL: a tool may take longer for a statement than a service', async t => {
  const url = postgres.createDatabase()
  await makeStore(url)
  const db = await openExistingDatabase(readStoreAddress(url), 'read')
  t.after(() => db.destroy())
  t.strictSame((await sql`show statement_timeout`.execute(db)).rows, [{ statement_timeout: '0' }])
})

await t.test('openExistingDatabase: makes no database', async t => {
  const folder = t.testdir()
  for (const file of [join(folder, 'missing.db'), join(folder, 'missing/test.db')]) {
    for (const access of ['read', 'write'] as const) {
      await t.rejects(openExistingDatabase(readStoreAddress(`sqlite:${file}`), access), {
        code: 'B24_ERR_STORE_OPEN', message: /^DATABASE_URL: SQLite cannot be used: .*missing/
      })
    }
  }
  t.strictSame(readdirSync(folder), [])
  const url = postgres.createDatabase()
  await t.rejects(openExistingDatabase(readStoreAddress(url), 'write'), {
    code: 'B24_ERR_STORE_VERSION', message: 'DATABASE_URL: there is no store in this database'
  })
  t.equal(postgres.query(url, "select count(*) from pg_tables where schemaname = 'public'"), '0')
})

await t.test('openDatabase: names the address and file, never the password', async t => {
  const folder = t.testdir()
  const before = process.cwd()
  process.chdir(folder)
  t.after(() => process.chdir(before))
  writeFileSync('text', 'not a database, but long enough to have a header'.repeat(100))
  const full = postgres.createDatabase()
  postgres.query(full, "create role narrow login password 'pass-word' connection limit 1; grant all on schema public " +
    'to narrow')
  for (const [url, message] of [
    ['sqlite:text', `<to>: SQLite cannot be used: SQLITE_NOTADB: file is not a database (${join(folder, 'text')})`],
    ['sqlite:text/test.db', `<to>: SQLite cannot be used: EEXIST: file already exists, mkdir '${join(
      folder, 'text'
    )}' (${join(folder, 'text/test.db')})`],
    ['postgres://owner:pass-word@127.0.0.1:1/test', '<to>: PostgreSQL cannot be used: ECONNREFUSED: connect ' +
      'ECONNREFUSED 127.0.0.1:1'],
    ['postgres://owner:pass%ff-word@127.0.0.1:1/test', '<to>: PostgreSQL cannot be used: URI malformed'],
    // One connection of two.
    [full.replace('owner@', 'narrow:pass-word@'), '<to>: PostgreSQL cannot be used: 53300: too many connections for ' +
      'role "narrow"']
  ] as const) {
    await t.rejects(openDatabase(readStoreAddress(url, '<to>')), { code: 'B24_ERR_STORE_OPEN', message })
  }
  t.notOk(existsSync('test.db'))
})
