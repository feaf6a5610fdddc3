import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import t, { type Test } from 'tap'
import { createSqlVisitStore } from '../../../plugins/links/visits/sql-visit-store.ts'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import type { Database } from '../../../src/store/database.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { openSqliteDatabase } from '../../../src/store/sqlite-database.ts'
import { portal } from '../../store-contract/contract-values.ts'
import { startPostgres } from '../../postgres.ts'
import { count, daily, visitContract, withVisits } from './visit-contract.ts'

const keyRing = createKeyRing(Buffer.alloc(32, 1).toString('base64'))
const postgres = await startPostgres()
const { memberId } = portal
const newFile = (t: Test) => join(t.testdir(), 'test.db')

async function opened (t: Test, url: string) {
  const store = await withVisits(await openStore({ url, keyRing }))
  t.after(() => store.close())
  return store
}

const kinds = { SQLite: () => 'sqlite::memory:', PostgreSQL: () => postgres.createDatabase() }
for (const [kind, newUrl] of Object.entries(kinds)) {
  await t.test(`visit store: keeps its contract on ${kind}`, async t => {
    for (const { name, run } of visitContract) {
      await t.resolves(run(async () => await withVisits(await openStore({ url: newUrl(), keyRing }))), name)
    }
  })
}

await t.test('visit store: adds up when two services count one link', async t => {
  const url = `sqlite:${newFile(t)}`
  const stores = [await opened(t, url), await opened(t, url)] as const
  for (let turn = 0; turn < 20; turn++) await stores[turn % 2 === 0 ? 0 : 1].visits.record([count])
  t.match(await daily(stores[0].visits, memberId, count.linkId, count.day), [{ times: 20 * count.times }])
})

await t.test('visit store: writes none of the counts when one fails', async t => {
  const file = newFile(t)
  const store = await opened(t, `sqlite:${file}`)
  const database = new SqliteDatabase(file)
  database.exec(`create trigger full before insert on visits when new.user_id = 499
    begin select raise(abort, 'full'); end`)
  const counts = Array.from({ length: 500 }, (_, userId) => ({ ...count, userId }))
  await t.rejects(store.visits.record(counts), { message: 'full' })
  t.strictSame(await store.visits.links(memberId, 10, undefined), [])
  database.exec('drop trigger full')
  database.close()
  await store.visits.record(counts)
  t.match(await daily(store.visits, memberId, count.linkId, count.day), [{ times: 500 * count.times }])
})

await t.test('visit store: refuses all counts when the disk is full', async t => {
  const database = openSqliteDatabase(newFile(t))
  const db = new Kysely<Database>({ dialect: new SqliteDialect({ database }) })
  t.after(() => db.destroy())
  const visits = await createSqlVisitStore(db)
  database.pragma(`max_page_count = ${database.pragma('page_count', { simple: true })}`)
  const counts = Array.from({ length: 500 }, (_, userId) => ({ ...count, userId }))
  await t.rejects(visits.record(counts), { code: 'SQLITE_FULL' })
  t.strictSame(await visits.links(memberId, 10, undefined), [])
})

await t.test('visit store: does not deadlock when instances differ in order', async t => {
  const url = postgres.createDatabase()
  const stores = [await opened(t, url), await opened(t, url)] as const
  const counts = Array.from({ length: 300 }, (_, index) =>
    ({ ...count, linkId: `link-${index % 20}`, userId: index, times: 1 }))
  await Promise.all(Array.from({ length: 10 }, (_, turn) =>
    stores[turn % 2 === 0 ? 0 : 1].visits.record(turn % 3 === 0 ? counts : counts.toReversed())))
  const { visits } = stores[0]
  const links = await visits.links(count.memberId, 100, undefined)
  const days = await Promise.all(links.map(({ id }) => daily(visits, count.memberId, id, '0000')))
  t.equal(days.flat().reduce((sum, { times }) => sum + times, 0), 3000)
})
