import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import SqliteDatabase from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { unmeasuredNode } from '../../app/process.ts'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import { installed, portal, tokens } from '../../store-contract/contract-values.ts'
import { storeContract } from '../../store-contract/store-contract.ts'
import type { Database } from '../../../src/store/database.ts'
import { installationTables } from '../../../src/store/installation-tables.ts'
import { migrate } from '../../../src/store/migrations.ts'
import { createStore, openStore } from '../../../src/store/open-store.ts'
import { openSqliteDatabase } from '../../../src/store/sqlite-database.ts'
import { createLocalChanges } from '../../../src/store/changes.ts'
import { logLines } from '../../log-lines.ts'

const secret = (byte: number) => Buffer.alloc(32, byte).toString('base64')
const keyRing = createKeyRing(secret(1))
const newFile = (t: Test) => join(t.testdir(), 'data', 'test.db')
const { memberId } = portal

await t.test('SQLite: a file keeps the store contract', async (t) => {
  const folder = t.testdir()
  let files = 0
  const open = () => openStore({ url: `sqlite:${folder}/${++files}/test.db`, keyRing })
  for (const { name, run } of storeContract) await t.resolves(run(open), name)
})

await t.test('SQLite: memory keeps the store contract', async (t) => {
  const open = () => openStore({ url: 'sqlite::memory:', keyRing })
  for (const { name, run } of storeContract) await t.resolves(run(open), name)
})

await t.test('SQLite: keeps an installation after the file was closed', async (t) => {
  const url = `sqlite:${newFile(t)}`
  const first = await openStore({ url, keyRing })
  await first.install(installed, 10)
  const before = await first.get(memberId)
  await first.close()
  const second = await openStore({ url, keyRing })
  t.after(() => second.close())
  t.strictSame(await second.get(memberId), before)
})

await t.test('SQLite: is unavailable once its file was deleted or replaced', async (t) => {
  const careless: Array<(file: string) => void> = [
    file => rmSync(file),
    file => rmSync(`${file}-wal`),
    file => {
      copyFileSync(file, `${file}.backup`)
      renameSync(`${file}.backup`, file)
    },
    file => renameSync(file, `${file}.old`)
  ]
  for (const [index, handle] of careless.entries()) {
    const file = join(t.testdir(), 'test.db')
    const store = await openStore({ url: `sqlite:${file}`, keyRing })
    await store.install(installed, 10)
    await store.ping()
    handle(file)
    const name = index === 1 ? `${file}-wal` : file
    await t.rejects(store.ping(), { message: new RegExp(`^${name} was deleted or replaced`) })
    await store.close()
  }
})

await t.test('SQLite: makes missing folders, and names what is in the way', async (t) => {
  const folder = t.testdir({ file: '', dangling: t.fixture('symlink', 'nowhere'), loop: t.fixture('symlink', 'loop') })
  openSqliteDatabase(join(folder, 'a/b/../c/test.db')).close()
  t.ok(existsSync(join(folder, 'a/c/test.db')))
  for (const [path, code] of [
    ['file/test.db', 'EEXIST'],
    ['file/deep/test.db', 'EEXIST'],
    ['dangling/test.db', 'EEXIST'],
    ['loop/test.db', 'ELOOP'],
    [`${'x'.repeat(300)}/test.db`, 'ENAMETOOLONG']
  ] as const) t.throws(() => openSqliteDatabase(join(folder, path)), { code }, path)
  for (const file of ['/proc/none/test.db', '/proc/self/none/deep/test.db', '/sys/none/test.db']) {
    t.throws(() => openSqliteDatabase(file), { code: /^(ENOENT|EPERM|EACCES|EROFS)$/ }, file)
  }
})

await t.test('SQLite: two services on one file see one another', async (t) => {
  const url = `sqlite:${newFile(t)}`
  const [one, two] = [await openStore({ url, keyRing }), await openStore({ url, keyRing })]
  t.after(() => Promise.all([one.close(), two.close()]))
  const ids = Array.from({ length: 50 }, (_, index) => `portal-${index}`)
  await Promise.all(ids.flatMap((memberId) =>
    [one.install({ ...installed, memberId }, 10), two.recordPortal({ ...portal, memberId }, 10)]))
  for (const memberId of ids) t.strictSame((await two.get(memberId))?.tokens, tokens)
})

await t.test('SQLite: writes no readable token to its files', async (t) => {
  const file = newFile(t)
  const folder = join(file, '..')
  const bytes = () => Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))))
  const store = await openStore({ url: `sqlite:${file}`, keyRing })
  await store.install(installed, 10)
  await store.systemUsers.put(memberId, 9, { ...tokens, refreshToken: 'system-refresh-token' }, 10)
  t.ok(existsSync(`${file}-wal`))
  const open = bytes()
  await store.close()
  for (const [state, content] of [['open', open], ['closed', bytes()]] as const) {
    t.ok(content.includes(portal.domain), `${state}: the row is in the files`)
    for (const token of [
      tokens.accessToken, tokens.refreshToken, 'system-refresh-token', installed.applicationToken ?? ''
    ]) {
      for (const encoding of ['utf8', 'base64url', 'hex'] as const) {
        // Without the last bytes, whose base64 depends on what follows
        t.notOk(
          content.includes(Buffer.from(token).toString(encoding).slice(0, -4)), `${state}: no token in ${encoding}`
        )
      }
    }
  }
})

await t.test('store: reads no token that was moved to another portal or column', async (t) => {
  const moves: Array<[string, string]> = [
    [
      'access_token',
      `update installations set access_token = (select access_token from installations where member_id = 'other')
        where member_id = '${memberId}'`
    ],
    ['refresh_token', `update installations set refresh_token = access_token where member_id = '${memberId}'`],
    ['system_users.access_token', `update system_users set access_token =
      (select access_token from installations where member_id = '${memberId}')`],
    ['application_token', `update installations set application_token = 'plain' where member_id = '${memberId}'`]
  ]
  const folder = t.testdir()
  for (const [column, statement] of moves) {
    const file = join(folder, column, 'test.db')
    const { lines, stream } = logLines()
    const store = await openStore({ url: `sqlite:${file}`, keyRing, log: pino(stream) })
    lines.length = 0
    t.after(() => store.close())
    await store.install(installed, 10)
    await store.install({ ...installed, memberId: 'other' }, 10)
    await store.systemUsers.put(memberId, 9, tokens, 10)
    const database = new SqliteDatabase(file)
    database.exec(statement)
    database.close()
    const row = column.startsWith('system_users')
      ? { ...await store.systemUsers.get(memberId), applicationToken: '' }
      : await store.get(memberId)
    t.equal(column === 'application_token' ? row?.applicationToken : row?.tokens, null, column)
    t.match(lines, [{ member: /^[0-9a-f]{12}$/, column }], 'the loss is in the log')
    t.strictSame((await store.get('other'))?.tokens, tokens, 'the other portal is as it was')
    await store.install(installed, 20)
    t.strictSame((await store.get(memberId))?.tokens, tokens, 'a new install heals the row')
  }
})

await t.test('store: uses the candidate where no key opens the refresh token', async (t) => {
  const file = newFile(t)
  const store = await openStore({ url: `sqlite:${file}`, keyRing })
  t.after(() => store.close())
  await store.install(installed, 10)
  const database = new SqliteDatabase(file)
  database.exec("update installations set refresh_token = 'plain'")
  database.close()
  t.equal((await store.get(memberId))?.tokens, null)
  await store.install(
    { ...installed, tokens: { ...tokens, refreshToken: 'offered' }, isRefreshTokenCandidate: true }, 20
  )
  t.match(await store.get(memberId), {
    tokens: { ...tokens, refreshToken: 'offered' }, candidateRefreshToken: 'offered'
  })
})

await t.test('store: reads old text with a new key, and not without the old one', async (t) => {
  const url = `sqlite:${newFile(t)}`
  const withKeys = async (keys: string) => {
    const store = await openStore({ url, keyRing: createKeyRing(keys) })
    t.after(() => store.close())
    return store
  }
  await (await withKeys(secret(1))).install(installed, 10)
  t.strictSame((await (await withKeys(`${secret(2)},${secret(1)}`)).get(memberId))?.tokens, tokens)
  t.match(await (await withKeys(secret(2))).get(memberId), {
    tokens: null, applicationToken: null, domain: installed.domain
  })

  await (await withKeys(`${secret(2)},${secret(1)}`)).install(installed, 20)
  t.strictSame(
    (await (await withKeys(secret(2))).get(memberId))?.tokens, tokens, 'what is written anew needs the new key only'
  )
})

await t.test('SQLite: a commit is on the disk before it is answered', async (t) => {
  const database = openSqliteDatabase(newFile(t))
  t.after(() => database.close())
  t.equal(database.pragma('journal_mode', { simple: true }), 'wal')
  t.equal(database.pragma('synchronous', { simple: true }), 2, 'FULL')
  t.equal(database.pragma('busy_timeout', { simple: true }), 5000)
})

await t.test('SQLite: one of many processes that start at once makes the tables', async (t) => {
  const file = newFile(t)
  const program = `
    import { openStore } from '${import.meta.resolve('../../../src/store/open-store.ts')}'
    import { createKeyRing } from '${import.meta.resolve('../../../src/crypto/keys.ts')}'
    const log = { info: (line) => console.log(line.migrations.length), error: console.error }
    const store = await openStore({ url: 'sqlite:' + process.argv[1], keyRing: createKeyRing('${secret(1)}'), log })
    await store.ping()
    await store.close()`
  const start = () => promisify(execFile)(...unmeasuredNode('--input-type=module', '--eval', program, file))
  const printed = await Promise.all(Array.from({ length: 5 }, start))
  const all = Object.keys(installationTables.migrations).length
  t.strictSame(printed.map(({ stdout, stderr }) => stdout + stderr).sort(), ['', '', '', '', `${all}\n`])
})

await t.test('SQLite: a full disk refuses writes, and damages nothing', async (t) => {
  const file = newFile(t)
  const database = openSqliteDatabase(file)
  const db = new Kysely<Database>({ dialect: new SqliteDialect({ database }) })
  await migrate(db, installationTables)
  const store = createStore({ db, changes: createLocalChanges(), checkFiles () {} }, keyRing)
  t.after(() => store.close())
  await store.install(installed, 10)
  // No more pages than there are: what a full disk does, for whoever is not allowed to make one.
  const pages = Number(database.pragma('page_count', { simple: true }))
  database.pragma(`max_page_count = ${pages}`)
  const full = async () => {
    for (let index = 0; index < 500; index++) {
      await store.install({ ...installed, memberId: `portal-${index}` }, 20)
    }
  }
  await t.rejects(full(), { code: 'SQLITE_FULL' })
  t.strictSame((await store.get(memberId))?.tokens, tokens)
  t.ok(
    await store.replaceTokens(memberId, { ...tokens, accessToken: 'other-access-token' }, 30),
    'a pair that takes no more room is still written'
  )
  t.equal(database.pragma('integrity_check', { simple: true }), 'ok')
  database.pragma(`max_page_count = ${pages + 1000}`)
  await full()
  t.equal(database.pragma('integrity_check', { simple: true }), 'ok')
})
