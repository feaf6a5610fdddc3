import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { createKeyRing } from '../../../src/keys.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { openSqliteDatabase } from '../../../src/store/sqlite-database.ts'
import { logLines } from '../../helper.ts'
import { count, openingContract } from './opening-contract.ts'
import { installed, portal, storeContract, tokens } from './store-contract.ts'

const secret = (byte: number) => Buffer.alloc(32, byte).toString('base64')
const keyRing = createKeyRing(secret(1))
const newFile = (t: Test) => join(t.testdir(), 'data', 'test.db')
const { memberId } = portal

await t.test('a file keeps the contract', async (t) => {
  const folder = t.testdir()
  let files = 0
  const open = () => openStore({ url: `sqlite:${folder}/${++files}/test.db`, keyRing })
  await storeContract(t, open)
  await openingContract(t, open)
})

await t.test('memory keeps the contract', async (t) => {
  const open = () => openStore({ url: 'sqlite::memory:', keyRing })
  await storeContract(t, open)
  await openingContract(t, open)
})

await t.test('an installation is still there after the file was closed and opened', async (t) => {
  const url = `sqlite:${newFile(t)}`
  const first = await openStore({ url, keyRing })
  await first.install(installed, 10)
  const before = await first.get(memberId)
  await first.close()
  const second = await openStore({ url, keyRing })
  t.after(() => second.close())
  t.strictSame(await second.get(memberId), before)
})

await t.test('two services on one file see one another', async (t) => {
  const url = `sqlite:${newFile(t)}`
  const [one, two] = [await openStore({ url, keyRing }), await openStore({ url, keyRing })]
  t.after(() => Promise.all([one.close(), two.close()]))
  const ids = Array.from({ length: 50 }, (_, index) => `portal-${index}`)
  await Promise.all(ids.flatMap((memberId) => [one.install({ ...installed, memberId }, 10), two.recordPortal({ ...portal, memberId }, 10)]))
  for (const memberId of ids) t.strictSame((await two.get(memberId))?.tokens, tokens)
})

await t.test('two services count the openings of one link', async (t) => {
  const url = `sqlite:${newFile(t)}`
  const services = [await openStore({ url, keyRing }), await openStore({ url, keyRing })]
  t.after(() => Promise.all(services.map((service) => service.close())))
  for (let turn = 0; turn < 20; turn++) await services[turn % 2]?.openings.record([count])
  t.match(await services[0]?.openings.daily(memberId, count.linkId, count.day), [{ times: 20 * count.times }])
})

await t.test('of counts that cannot all be written none is', async (t) => {
  const file = newFile(t)
  const store = await openStore({ url: `sqlite:${file}`, keyRing })
  t.after(() => store.close())
  const database = new SqliteDatabase(file)
  database.exec("create trigger full before insert on openings when new.user_id = 499 begin select raise(abort, 'full'); end")
  const counts = Array.from({ length: 500 }, (_, userId) => ({ ...count, userId }))
  await t.rejects(store.openings.record(counts), { message: 'full' })
  t.strictSame(await store.openings.links(memberId, 10, undefined), [])
  database.exec('drop trigger full')
  database.close()
  await store.openings.record(counts)
  t.match(await store.openings.daily(memberId, count.linkId, count.day), [{ times: 500 * count.times }])
})

await t.test('no token can be read in the files, neither open nor closed', async (t) => {
  const file = newFile(t)
  const folder = join(file, '..')
  const bytes = () => Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))))
  const store = await openStore({ url: `sqlite:${file}`, keyRing })
  await store.install(installed, 10)
  t.ok(existsSync(`${file}-wal`))
  const open = bytes()
  await store.close()
  for (const [state, content] of [['open', open], ['closed', bytes()]] as const) {
    t.ok(content.includes(portal.domain), `${state}: the row is in the files`)
    for (const token of [tokens.accessToken, tokens.refreshToken, installed.applicationToken ?? '']) {
      for (const encoding of ['utf8', 'base64url', 'hex'] as const) {
        // Without the last bytes, whose base64 depends on what follows
        t.notOk(content.includes(Buffer.from(token).toString(encoding).slice(0, -4)), `${state}: no token in ${encoding}`)
      }
    }
  }
})

await t.test('tokens that were moved to another portal or column are as good as none', async (t) => {
  const moves: Array<[string, string]> = [
    ['access_token', `update installations set access_token = (select access_token from installations where member_id = 'other') where member_id = '${memberId}'`],
    ['refresh_token', `update installations set refresh_token = access_token where member_id = '${memberId}'`],
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
    const database = new SqliteDatabase(file)
    database.exec(statement)
    database.close()
    const row = await store.get(memberId)
    t.equal(column === 'application_token' ? row?.applicationToken : row?.tokens, null, column)
    t.match(lines, [{ member: /^[0-9a-f]{12}$/, column }], 'the loss is in the log')
    t.strictSame((await store.get('other'))?.tokens, tokens, 'the other portal is as it was')
    await store.install(installed, 20)
    t.strictSame((await store.get(memberId))?.tokens, tokens, 'a new install heals the row')
  }
})

await t.test('a new key reads what the old one wrote, and nothing reads it without the old one', async (t) => {
  const url = `sqlite:${newFile(t)}`
  const withKeys = async (keys: string) => {
    const store = await openStore({ url, keyRing: createKeyRing(keys) })
    t.after(() => store.close())
    return store
  }
  await (await withKeys(secret(1))).install(installed, 10)
  t.strictSame((await (await withKeys(`${secret(2)},${secret(1)}`)).get(memberId))?.tokens, tokens)
  t.match(await (await withKeys(secret(2))).get(memberId), { tokens: null, applicationToken: null, domain: installed.domain })

  await (await withKeys(`${secret(2)},${secret(1)}`)).install(installed, 20)
  t.strictSame((await (await withKeys(secret(2))).get(memberId))?.tokens, tokens, 'what is written anew needs the new key only')
})

await t.test('a commit is on the disk before it is answered', async (t) => {
  const database = openSqliteDatabase(newFile(t))
  t.after(() => database.close())
  t.equal(database.pragma('journal_mode', { simple: true }), 'wal')
  t.equal(database.pragma('synchronous', { simple: true }), 2, 'FULL')
  t.equal(database.pragma('busy_timeout', { simple: true }), 5000)
})
