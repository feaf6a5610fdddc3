import { join } from 'node:path'
import { mock } from 'node:test'
import SqliteDatabase from 'better-sqlite3'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import type { JournalEntry } from '../../../plugins/journal/entries.ts'
import type { JournalOptions } from '../../../plugins/journal/index.ts'
import { createJournal } from '../../../plugins/journal/journal.ts'
import { createSqlJournalStore } from '../../../plugins/journal/sql-journal-store.ts'
import journalTables, { type JournalTables } from '../../../plugins/journal/tables.ts'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import { loggerOptions } from '../../../src/log/logger.ts'
import { migrate } from '../../../src/store/migrations.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { logLines } from '../../log-lines.ts'
import { until } from '../../until.ts'

const keyRing = createKeyRing(Buffer.alloc(32, 1).toString('base64'))
const noon = Date.parse('2026-03-10T12:00Z')
const day = 86_400_000

/** A journal over a file that can be made to fail. */
async function journalFor (t: Test, limits: Omit<JournalOptions, 'store' | 'days'> = {}) {
  const file = join(t.testdir(), 'test.db')
  const clock = { now: noon }
  const { lines, stream } = logLines()
  const { database, close } = await openStore({ url: `sqlite:${file}`, keyRing })
  t.after(close)
  await migrate(database, journalTables)
  const store = createSqlJournalStore(database.withTables<JournalTables>())
  const log = pino(loggerOptions('info'), stream)
  const journal = createJournal({ store, log, days: 3, flushMs: 60_000, now: () => clock.now, ...limits })
  t.after(() => journal.close())
  const file2 = new SqliteDatabase(file)
  t.after(() => file2.close())
  let id = 0
  return {
    journal,
    clock,
    lines,
    store,
    add (memberId = 'one', changes: Partial<JournalEntry> = {}) {
      journal.add({
        memberId,
        at: clock.now,
        id: ++id,
        kind: 'rest',
        method: 'profile',
        methods: [],
        params: '',
        userId: 1,
        requestId: '',
        status: 200,
        code: '',
        sent: 1,
        received: 1,
        ms: 1,
        ...changes
      })
    },
    kept: async (memberId?: string) => (await store.find({ memberId, limit: 10_000 })).map(({ id }) => id),
    fill: () => { file2.exec("create trigger full before insert on journal begin select raise(abort, 'full'); end") },
    mend: () => { file2.exec('drop trigger full') }
  }
}

await t.test('journal: does not find what is too old, although it is not deleted yet', async t => {
  const { journal, add, clock, kept } = await journalFor(t)
  add()
  clock.now += 3 * day
  add()
  t.strictSame((await journal.find({ limit: 10 })).map(({ at }) => at), [clock.now, noon])
  clock.now++
  t.strictSame((await journal.find({ limit: 10, from: 0 })).map(({ at }) => at), [clock.now - 1])
  t.equal((await kept()).length, 2)
})

await t.test('journal: writes later, and finds what is not written yet', async t => {
  const { journal, add, kept } = await journalFor(t)
  add()
  add('two')
  t.strictSame(await kept(), [])
  t.match(await journal.find({ memberId: 'one', limit: 10 }), [{ id: 1, memberId: 'one' }])
  t.strictSame(await kept(), [2, 1])
})

await t.test('journal: writes by itself', async t => {
  const { add, kept } = await journalFor(t, { flushMs: 5 })
  add()
  await until(async () => (await kept()).length === 1)
})

await t.test('journal: keeps a bounded number while the store fails', async t => {
  const { journal, add, kept, fill, mend, lines } = await journalFor(t, { maxPending: 3 })
  fill()
  add('quiet')
  for (let times = 0; times < 10; times++) add('loud')
  await journal.flush()
  mend()
  await journal.flush()
  t.equal((await kept('quiet')).length, 1)
  t.strictSame(await kept('loud'), [11, 10])
  t.match(lines.map(({ msg }) => msg), [/are lost/, /kept and tried again/, /written again/])
})

await t.test('journal: counts the bytes of what waits', async t => {
  const { journal, add, kept } = await journalFor(t, { maxBytes: 2000 })
  for (let times = 0; times < 3; times++) add('one', { params: 'x'.repeat(300), methods: ['a', 'b'], code: 'C' })
  await journal.flush()
  t.strictSame(await kept(), [3, 2])
})

await t.test('journal: keeps the newest of each portal, and of all as many of each', async t => {
  const { journal, add, clock, kept } = await journalFor(t, { maxRowsPerPortal: 10, maxRows: 15 })
  for (const [memberId, count] of [['quiet', 3], ['loud', 12], ['louder', 12]] as const) {
    for (let times = 0; times < count; times++) {
      clock.now++
      add(memberId)
      await journal.flush()
    }
  }
  t.equal((await kept('quiet')).length, 3, 'the oldest of all, but few')
  t.strictSame(await kept('loud'), [15, 14, 13, 12, 11, 10])
  t.strictSame(await kept('louder'), [27, 26, 25, 24, 23, 22])
})

await t.test('journal: looks at the limits once in a while only', async t => {
  const { journal, add, clock, kept } = await journalFor(t, { maxRowsPerPortal: 100, maxRows: 100 })
  for (let times = 0; times < 103; times++) {
    clock.now++
    add()
    if (times % 2 === 0) await journal.flush()
  }
  t.ok((await kept()).length >= 100)
  t.ok((await kept()).length <= 105)
})

await t.test('journal: deletes old entries at the start and every hour', async t => {
  mock.timers.enable({ apis: ['setInterval'] })
  t.after(() => mock.timers.reset())
  const { journal, add, clock, kept } = await journalFor(t)
  add()
  clock.now += day
  add()
  await journal.flush()
  clock.now = noon + 3 * day + 1
  t.match(await journal.find({ limit: 10 }), [{ id: 2 }], 'what is too old is not shown')
  t.strictSame(await journal.find({ limit: 10, from: clock.now }), [])
  t.equal((await kept()).length, 2)
  journal.start()
  await journal.flush()
  t.strictSame(await kept(), [2])
  clock.now += day
  mock.timers.tick(3_600_000)
  await journal.flush()
  t.strictSame(await kept(), [])
})

await t.test('journal: logs that old entries cannot be deleted', async t => {
  const { journal, lines, store } = await journalFor(t)
  store.purge = async () => { throw new Error('gone') }
  journal.start()
  await journal.flush()
  t.match(lines, [{ level: 50, err: { message: 'gone' }, msg: /cannot be deleted/ }])
})

await t.test('journal: forgets a portal, also what is not written yet', async t => {
  const { journal, add, kept } = await journalFor(t)
  add()
  add('two')
  await journal.flush()
  add()
  await journal.forget('one')
  t.strictSame(await kept(), [2])
})
