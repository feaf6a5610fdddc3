import t, { type Test } from 'tap'
import { createSqlJournalStore } from '../../../plugins/journal/sql-journal-store.ts'
import type { JournalEntry } from '../../../plugins/journal/entries.ts'
import journalTables, { type JournalTables } from '../../../plugins/journal/tables.ts'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import { migrate } from '../../../src/store/migrations.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { startPostgres } from '../../postgres.ts'
import { installed, memberId } from '../../store-contract/contract-values.ts'

const keyRing = createKeyRing(Buffer.alloc(32, 1).toString('base64'))
const postgres = await startPostgres()
const noon = Date.parse('2026-03-10T12:00Z')

const entry: JournalEntry = {
  memberId,
  at: noon,
  id: 1,
  kind: 'rest',
  method: 'crm.deal.list',
  methods: [],
  params: 'filter, filter.ID',
  userId: 7,
  requestId: 'one',
  status: 200,
  code: '',
  sent: 100,
  received: 2000,
  ms: 30
}
/** Entries of one portal, one a millisecond, beginning with the oldest. */
const entries = (count: number, changes: Partial<JournalEntry> = {}) =>
  Array.from({ length: count }, (_, index) => ({ ...entry, at: noon + index, id: index + 1, ...changes }))

async function opened (t: Test, url: string) {
  const store = await openStore({ url, keyRing })
  t.after(() => store.close())
  await migrate(store.database, journalTables)
  return { ...store, journal: createSqlJournalStore(store.database.withTables<JournalTables>()) }
}

const kinds = { SQLite: () => 'sqlite::memory:', PostgreSQL: () => postgres.createDatabase() }
for (const [kind, newUrl] of Object.entries(kinds)) {
  await t.test(`journal store: finds entries by what they are about on ${kind}`, async t => {
    const { journal } = await opened(t, newUrl())
    const batch = {
      ...entry, id: 2, method: 'batch', methods: ['crm.deal.list', 'profile'], params: 'crm.deal.list(filter); profile'
    }
    const event: JournalEntry = {
      ...entry, at: noon + 5, id: 3, kind: 'event', method: 'ONAPPUPDATE', requestId: 'two', userId: 0
    }
    const others = { ...entry, memberId: 'other' }
    await journal.record([entry, batch, event, others])
    await journal.record([entry, batch])
    const find = async (search: object) => await journal.find({ memberId, limit: 10, ...search })
    t.strictSame(await find({}), [event, batch, entry], 'the newest first, and nothing twice')
    t.strictSame(await find({ method: 'crm.deal.list' }), [batch, entry])
    t.strictSame(await find({ method: 'profile' }), [batch])
    t.strictSame(await find({ method: 'CRM.Deal.List' }), [batch, entry], 'to a portal these are the same')
    t.strictSame(await find({ method: 'onappupdate' }), [event])
    t.strictSame(await find({ method: 'crm%' }), [], 'not a pattern')
    t.strictSame(await find({ method: 'crm.deal_list' }), [])
    t.strictSame(await find({ requestId: 'two' }), [event])
    t.strictSame(await find({ from: noon + 5 }), [event])
    t.strictSame(await find({ until: noon + 5 }), [batch, entry])
    t.strictSame(await find({ limit: 1 }), [event])
    t.strictSame(await find({ after: { at: noon + 5, id: 3 }, limit: 1 }), [batch])
    t.strictSame(await find({ after: { at: noon, id: 2 } }), [entry])
    t.strictSame(await find({ after: { at: noon + 5, id: 3 }, until: noon }), [])
    t.strictSame(await find({ memberId: undefined, until: noon + 1, requestId: 'one' }).then(all => all.length), 3)
  })

  await t.test(`journal store: keeps what is written in one piece as what is written alone on ${kind}`, async t => {
    const { journal } = await opened(t, newUrl())
    const event: JournalEntry = { ...entry, at: noon + 500, kind: 'event', methods: ['profile'], code: 'NO', userId: 0 }
    const many = entries(399).concat(event, entries(3, { at: noon + 900, memberId: 'other', ms: 7, sent: 0 }))
    await journal.record(many)
    await journal.record(many)
    const found = await journal.find({ limit: 1000 })
    t.strictSame(found, many.toSorted((one, other) => other.at - one.at || other.id - one.id))
  })

  await t.test(`journal store: finds the one among thousands on ${kind}`, async t => {
    const { journal } = await opened(t, newUrl())
    await journal.record(entries(5000))
    await journal.record([{ ...entry, at: noon - 1, requestId: 'rare' }])
    t.match(await journal.find({ memberId, requestId: 'rare', limit: 10 }), [{ at: noon - 1 }])
    t.strictSame(await journal.find({ memberId, requestId: 'rare', from: noon + 2500, limit: 10 }), [])
    t.strictSame(await journal.find({ memberId, requestId: 'none', limit: 10 }), [])
  })

  await t.test(`journal store: deletes what is old, too much or uninstalled on ${kind}`, async t => {
    const { journal, install, markUninstalled } = await opened(t, newUrl())
    const kept = async (memberId?: string) => (await journal.find({ memberId, limit: 10_000 })).length
    await journal.record(entries(3000))
    await journal.record(entries(20, { memberId: 'other' }))
    await journal.purge(noon + 10)
    t.strictSame([await kept(memberId), await kept('other')], [2990, 10])
    await journal.trim(memberId, 2500)
    t.strictSame([await kept(memberId), await kept('other')], [2500, 10])
    t.match(await journal.find({ memberId, limit: 1 }), [{ at: noon + 2999 }], 'the newest stay')
    t.strictSame(await journal.counts(), new Map([[memberId, 2500], ['other', 10]]))
    await journal.trim(memberId, 1000)
    t.strictSame([await kept(memberId), await kept('other')], [1000, 10])
    await journal.trim(memberId, 1000)
    t.equal(await kept(memberId), 1000)

    await journal.forget('other')
    t.strictSame([await kept('other'), await kept()], [0, 1000])
    await install(installed, noon)
    await journal.purge(noon)
    t.equal(await kept(), 1000)
    await markUninstalled(memberId, noon + 1)
    await journal.purge(noon)
    t.equal(await kept(), 0)
    await journal.record(entries(600))
    await journal.forget()
    t.equal(await kept(), 0)
  })
}
