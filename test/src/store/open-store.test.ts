import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import SqliteDatabase from 'better-sqlite3'
import t from 'tap'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import { openStore } from '../../../src/store/open-store.ts'

const keyRing = createKeyRing(Buffer.alloc(32, 1).toString('base64'))

await t.test('openStore: refuses an address of another kind without showing it', async (t) => {
  const rows: Array<[string, RegExp]> = [
    ['postgres://user:secret@[db/b24', /^DATABASE_URL: is not an address/],
    ['postgresql://user:secret@db:b24', /^DATABASE_URL: is not an address/],
    ['mysql://user:secret@db/b24', /^DATABASE_URL: must be sqlite:<file> or postgres/],
    ['sqlite:', /^DATABASE_URL: must be sqlite:<file> or postgres/],
    ['', /^DATABASE_URL: must be sqlite:<file> or postgres/]
  ]
  for (const [url, message] of rows) {
    await t.rejects(openStore({ url, keyRing }), { code: 'B24_ERR_STORE_URL', message }, url)
    await openStore({ url, keyRing }).catch((error: Error) => t.notMatch(error.message, 'secret'))
  }
})

await t.test('openStore: takes a file relative to the working directory', async (t) => {
  const before = process.cwd()
  process.chdir(t.testdir())
  t.after(() => process.chdir(before))
  const store = await openStore({ url: 'sqlite:data/test.db', keyRing })
  t.after(() => store.close())
  t.ok(new SqliteDatabase(join(process.cwd(), 'data/test.db'), { fileMustExist: true }).close())
})

await t.test('openStore: logs when tables were changed, and only then', async (t) => {
  const url = `sqlite:${join(t.testdir(), 'test.db')}`
  const lines: unknown[] = []
  const log = { info: (line: unknown) => { lines.push(line) }, error: (line: unknown) => { lines.push(line) } }
  for (let start = 1; start <= 2; start++) await (await openStore({ url, keyRing, log })).close()
  const migrations = [
    '0001-installations', '0002-changes', '0003-stale-tokens', '0004-system-users', '0005-uninstall-clean'
  ]
  t.strictSame(lines, [{ migrations }])
})

await t.test('openStore: does not touch a file of a newer version', async (t) => {
  const file = join(t.testdir(), 'test.db')
  await (await openStore({ url: `sqlite:${file}`, keyRing })).close()
  const database = new SqliteDatabase(file)
  database.exec("insert into installations_migration (name, timestamp) values ('9999-future', " +
    "'2099-01-01T00:00:00.000Z')")
  await t.rejects(openStore({ url: `sqlite:${file}`, keyRing }), { code: 'B24_ERR_STORE_VERSION', message: /newer version/ })
  t.equal(database.pragma('journal_mode = DELETE', { simple: true }), 'delete', 'the failed start let go of the file')
  database.close()
})

await t.test('openStore: rejects a file that is no database', async (t) => {
  const file = join(t.testdir(), 'test.db')
  writeFileSync(file, 'not a database, but long enough to have a header'.repeat(100))
  await t.rejects(openStore({ url: `sqlite:${file}`, keyRing }), {
    code: 'B24_ERR_STORE_OPEN',
    message: `DATABASE_URL: SQLite cannot be used: SQLITE_NOTADB: file is not a database (${file})`
  })
})
