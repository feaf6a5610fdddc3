import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import t, { type Test } from 'tap'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import { memberHash } from '../../../src/log/logger.ts'
import { installed } from '../../store-contract/contract-values.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { runHere } from '../../tool.ts'

const secret = (byte: number) => Buffer.alloc(32, byte).toString('base64')
const [older, both, newer] = [secret(1), `${secret(2)},${secret(1)}`, secret(2)]
const variables = (file: string, appSecret: string) => ({
  PUBLIC_URL: 'https://widget.example.com',
  B24_CLIENT_ID: 'local.1',
  B24_CLIENT_SECRET: 'client-secret',
  APP_SECRET: appSecret,
  DATABASE_URL: `sqlite:${file}`
})
const rotate = (t: Test, file: string, appSecret: string) =>
  runHere(t, ['rotate-keys'], variables(file, appSecret))
const advice = 'Before an older key is taken out of APP_SECRET: start every instance with the newest key in front, ' +
  'then run this again,\nfor an instance writes with the first key it knows. Without the older key, signed links ' +
  'and open pages that were made with it stop working.\n'

async function opened (t: Test, file: string, keys: string) {
  const store = await openStore({ url: `sqlite:${file}`, keyRing: createKeyRing(keys) })
  t.after(() => store.close())
  return store
}

/** A file with this many portals, beside a service. */
async function filled (t: Test, portals: number) {
  const file = join(t.testdir(), 'test.db')
  const store = await opened(t, file, older)
  for (let index = 0; index < portals; index++) await store.install({ ...installed, memberId: `portal-${index}` }, 10)
  return { file, store }
}

await t.test('rotate-keys: says what it did, and what to do next', async t => {
  const { file, store } = await filled(t, 3)
  await store.markUninstalled('portal-2', 20)
  t.strictSame(await rotate(t, file, both), {
    code: 0,
    stderr: '',
    stdout: `done. Installations: 3; rewritten with the newest key: 2; with a secret that no key opens: 0\n${advice}`
  })
  const before = await store.get('portal-2')
  const after = await opened(t, file, newer)
  t.strictSame((await after.get('portal-0'))?.tokens, installed.tokens)
  t.strictSame(await after.get('portal-2'), before)
  t.match(await rotate(t, file, both), { code: 0, stdout: 'done. Installations: 3; rewritten with the newest key: 0' })
})

await t.test('rotate-keys: rewrites what an instance has written since', async t => {
  const { file, store } = await filled(t, 2)
  await rotate(t, file, both)
  await store.install({ ...installed, memberId: 'portal-1' }, 20)
  t.match(await rotate(t, file, both), { code: 0, stdout: 'done. Installations: 2; rewritten with the newest key: 1' })
  t.strictSame((await (await opened(t, file, newer)).get('portal-1'))?.tokens, installed.tokens)
})

await t.test('rotate-keys: fails where there is no store, and makes none', async t => {
  const folder = t.testdir()
  const missing = join(folder, 'missing.db')
  t.strictSame(await rotate(t, missing, both), {
    code: 1,
    stdout: '',
    stderr: 'DATABASE_URL: SQLite cannot be used: there is no such file; ' +
      `the service makes it when it first starts (${missing})\n`
  })
  t.notOk(existsSync(missing))
  t.match(await rotate(t, join(folder, 'data/test.db'), both), {
    code: 1, stdout: '', stderr: /^DATABASE_URL: SQLite cannot be used/
  })
  t.notOk(existsSync(join(folder, 'data')))
  const empty = join(folder, 'empty.db')
  writeFileSync(empty, '')
  t.strictSame(await rotate(t, empty, both), {
    code: 1, stdout: '', stderr: 'DATABASE_URL: there is no store in this database\n'
  })
  const unused = join(folder, 'unused.db')
  const store = await opened(t, unused, older)
  t.strictSame(await rotate(t, unused, both), {
    code: 1, stdout: '', stderr: 'no installations here: is DATABASE_URL right?\n'
  })
  const database = new SqliteDatabase(unused)
  database.exec("insert into installations_migration (name, timestamp) values ('9999-future', '2099')")
  database.close()
  t.strictSame(await rotate(t, unused, both), {
    code: 1, stdout: '', stderr: 'DATABASE_URL: the store was written by a newer version than this one\n'
  })
  t.match(await rotate(t, unused, 'no key'), { code: 1, stderr: /^APP_SECRET: must be base64/ })
  await store.ping()
})

await t.test('rotate-keys: names a portal with an unreadable secret by its hash', async t => {
  const { file, store } = await filled(t, 3)
  const database = new SqliteDatabase(file)
  t.after(() => database.close())
  database.exec("update installations set refresh_token = 'v1.00000000.a.b.c', domain = '\u001b[31mred' " +
    "where member_id = 'portal-1'")
  t.strictSame(await rotate(t, file, both), {
    code: 1,
    stderr: '',
    stdout: `portal ${memberHash('portal-1')} (\\u001b[31mred): no key of APP_SECRET opens a secret of it
done. Installations: 3; rewritten with the newest key: 3; with a secret that no key opens: 1
Put the key that is missing back into APP_SECRET, or install the application anew on these portals.
`
  })
  t.equal(database.prepare('select refresh_token from installations where member_id = ' +
    "'portal-1'").pluck().get(), 'v1.00000000.a.b.c')
  await store.install({ ...installed, memberId: 'portal-1' }, 30)
  t.match(await rotate(t, file, both), {
    code: 0, stdout: `rewritten with the newest key: 1; with a secret that no key opens: 0\n${advice}`
  })
})

await t.test('rotate-keys: recognises the APP_SECRET of another store', async t => {
  const { file } = await filled(t, 22)
  const { code, stdout } = await rotate(t, file, secret(3))
  t.equal(code, 1)
  const lines = stdout.trim().split('\n')
  t.equal(lines.filter(line => line.startsWith('portal ')).length, 20)
  t.strictSame(lines.slice(20), [
    'and 2 more',
    'done. Installations: 22; rewritten with the newest key: 0; with a secret that no key opens: 22',
    'No key opens anything here: this APP_SECRET is probably not the one of this store.'
  ])
  t.notMatch(stdout, /portal-\d/)
})

await t.test('rotate-keys: says how far it is every 10,000 rows', async t => {
  const { file } = await filled(t, 1)
  const database = new SqliteDatabase(file)
  // Which nobody can read, so that nothing is written.
  database.exec(`with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 20100)
    insert into installations (
      member_id, domain, client_endpoint, server_endpoint, scope, status, installed_at, updated_at, access_token)
    select 'portal-' || n, '', '', '', '', 'L', 10, 10, 'v1.00000000.a.b.c' from numbers`)
  database.close()
  const { stdout } = await rotate(t, file, both)
  t.strictSame(stdout.split('\n').filter(line => line.endsWith('rows looked at')), [
    '10000 rows looked at', '20000 rows looked at'
  ])
  t.match(stdout, /\nand 20080 more\ndone. Installations: 20101; rewritten with the newest key: 1/)
})
