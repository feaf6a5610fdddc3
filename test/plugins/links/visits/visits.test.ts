import { join } from 'node:path'
import { mock } from 'node:test'
import SqliteDatabase from 'better-sqlite3'
import t, { type Test } from 'tap'
import { createVisits, type ScreenVisit, type VisitsOptions } from '../../../../plugins/links/visits/visits.ts'
import type { VisitStore } from '../../../../plugins/links/visits/sql-visit-store.ts'
import { createKeyRing } from '../../../../src/crypto/keys.ts'
import { loggerOptions, memberHash } from '../../../../src/log/logger.ts'
import { pino } from 'pino'
import { daily, users, withVisits } from '../visit-contract.ts'
import { openStore } from '../../../../src/store/open-store.ts'
import { logLines } from '../../../log-lines.ts'
import { until } from '../../../until.ts'

const keyRing = createKeyRing(Buffer.alloc(32, 1).toString('base64'))
const visit: ScreenVisit = {
  screen: 'part', linkId: 'link-one-sixteen', params: { docId: 'private' }, memberId: 'm1', userId: 7
}
const { linkId } = visit
const admin = { userId: 1, isAdmin: true }
const day = 86_400_000
const noon = Date.parse('2026-03-10T12:00Z')

/** The visits over a file that can be made to fail. */
async function serviceFor (
  t: Test,
  { around = store => store, ...changes }: Partial<VisitsOptions & { around: (store: VisitStore) => VisitStore }> = {},
  file = join(t.testdir(), 'test.db')
) {
  const clock = { now: noon }
  const { lines, stream } = logLines()
  const store = await withVisits(await openStore({ url: `sqlite:${file}`, keyRing }))
  t.after(() => store.close())
  const log = pino(loggerOptions('info'), stream)
  const visits = createVisits(
    { store: around(store.visits), log, retentionDays: 3, flushMs: 60_000, now: () => clock.now, ...changes }
  )
  t.after(() => visits.close())
  visits.start()
  await visits.flush()
  const database = new SqliteDatabase(file)
  t.after(() => database.close())
  return {
    clock,
    store,
    lines,
    visits,
    count: (changes: Partial<ScreenVisit> = {}) => { visits.count({ ...visit, ...changes }) },
    /** From now on nothing can be written */
    fill: () => { database.exec("create trigger full before insert on visits begin select raise(abort, 'full'); end") },
    mend: () => { database.exec('drop trigger full') }
  }
}

await t.test('visits: are written later, one count a user, link and day', async t => {
  const { clock, store, visits, count } = await serviceFor(t)
  count()
  clock.now += 5000
  count()
  count({ userId: 8 })
  count({ linkId: 'link-two-sixteen', params: { docId: 'other' } })
  t.strictSame(await store.visits.links('m1', 10, undefined), [], 'nothing yet')
  await visits.flush()
  t.strictSame(await users(store.visits, 'm1', linkId, 10), [
    { userId: 7, times: 2, firstAt: noon, lastAt: noon + 5000 },
    { userId: 8, times: 1, firstAt: noon + 5000, lastAt: noon + 5000 }
  ])
  t.strictSame((await visits.recent('m1', 10, admin)).map(({ id, params, total }) => [id, params, total]), [
    [linkId, { docId: 'private' }, 3], ['link-two-sixteen', { docId: 'other' }, 1]
  ])
  t.strictSame((await visits.recent('m1', 1, admin)).length, 1)
  t.strictSame(await visits.recent('m2', 10, admin), [])
  t.match(await visits.recent('m1', 10, { userId: 8, isAdmin: false }), [
    { id: linkId, params: { docId: 'private' }, total: 3 }
  ], 'others see what they have opened')
  t.strictSame((await visits.recent('m1', 10, { userId: 8, isAdmin: false })).map(({ users }) => users), [undefined])
  t.strictSame(await visits.recent('m1', 10, { userId: 9, isAdmin: false }), [])
})

await t.test('visits: are written by themselves batch by batch', async t => {
  const { store, count } = await serviceFor(t, { flushMs: 10 })
  const total = async () => (await users(store.visits, 'm1', linkId, 1))[0]?.times
  count()
  await until(total)
  t.equal(await total(), 1)
  count()
  count()
  await until(async () => await total() !== 1)
  t.equal(await total(), 3, 'both at once')
})

await t.test('visits: report every day, and to administrators the users', async t => {
  const { clock, visits, count } = await serviceFor(t)
  const times = async () => (
    await visits.report('m1', linkId, { userId: 7, isAdmin: false })
  )?.days.map(({ times }) => times)
  clock.now = noon - 2 * day
  count()
  count({ userId: 8 })
  clock.now = noon
  count()
  const report = {
    id: linkId,
    screen: 'part',
    params: { docId: 'private' },
    total: 3,
    days: [{ day: '2026-03-08', times: 2 }, { day: '2026-03-09', times: 0 }, { day: '2026-03-10', times: 1 }]
  }
  t.strictSame(await visits.report('m1', linkId, { userId: 7, isAdmin: false }), report)
  t.strictSame(await visits.report('m1', linkId, admin), {
    ...report,
    users: [
      { userId: 7, times: 2, firstAt: noon - 2 * day, lastAt: noon },
      { userId: 8, times: 1, firstAt: noon - 2 * day, lastAt: noon - 2 * day }
    ]
  })
  t.equal(await visits.report('m1', linkId, { userId: 9, isAdmin: false }), undefined, 'somebody who has not opened it')
  t.equal(await visits.report('m2', linkId, admin), undefined)
  t.equal(await visits.report('m1', 'link-two-sixteen', admin), undefined)
  for (const [later, expected] of [[1, [0, 1, 0]], [2, [1, 0, 0]], [3, [0, 0, 0]]] as const) {
    clock.now = noon + later * day
    t.strictSame(await times(), expected, `${later} days later`)
  }
  clock.now = Date.parse('2026-03-10T23:59:59.999Z')
  count()
  clock.now += 1
  count()
  t.strictSame(await times(), [0, 2, 1], 'days are those of UTC')
})

await t.test('visits: keep the parameters that were opened', async t => {
  const { visits, count, lines } = await serviceFor(t)
  const params: Record<string, unknown> = { docId: 1 }
  count({ params })
  params['docId'] = 2
  t.strictSame((await visits.report('m1', linkId, { userId: 7, isAdmin: false }))?.params, { docId: 1 })
  count({ linkId: 'link-two-sixteen', params: { docId: 'x'.repeat(1988) } })
  count({ linkId: 'link-six-sixteen', params: { docId: 'x'.repeat(1989) } })
  t.match(lines, [{ screen: 'part', msg: /was not counted/ }], 'parameters that no link carries')
  t.equal(lines.length, 1)
  t.strictSame((await visits.recent('m1', 10, admin)).map(({ id }) => id), [linkId, 'link-two-sixteen'])
})

await t.test('visits: are kept when the store fails, and written later', async t => {
  const { clock, visits, count, fill, mend, store, lines } = await serviceFor(t, { flushMs: 5 })
  count()
  await visits.flush()
  for (const streak of [1, 2]) {
    lines.length = 0
    fill()
    count()
    await visits.flush()
    clock.now += 1000
    count()
    count({ userId: 8 })
    // What is counted while a batch is on its way is newer than the batch.
    const writing = visits.flush()
    await Promise.resolve()
    count({ userId: 9 })
    await writing
    t.match(lines, [{ level: 50, err: { message: 'full' }, msg: /kept and tried again/ }])
    t.notMatch(JSON.stringify(lines), /private|link-one|"m1"/)
    mend()
    await until(async () => (await daily(store.visits, 'm1', linkId, '0000'))[0]?.times === 1 + 4 * streak)
    t.match(lines.slice(1), [{ level: 30, dropped: 0, msg: 'visits of links are written again' }])
    t.equal(lines.length, 2)
  }
})

await t.test('visits: lose the oldest when the store fails for long', async t => {
  const { clock, visits, count, fill, mend, lines } = await serviceFor(t, { maxPending: 3 })
  fill()
  for (let userId = 1; userId <= 3; userId++) count({ userId })
  await visits.flush()
  clock.now += 1000
  count({ userId: 1 })
  for (let userId = 4; userId <= 5; userId++) count({ userId })
  await visits.flush()
  t.match(lines.slice(1), [{ level: 50, maxPending: 3, msg: /are lost/ }])
  mend()
  const { users } = await visits.report('m1', linkId, admin) ?? {}
  t.strictSame(users?.map(({ userId, times }) => [userId, times]), [[3, 1], [4, 1], [5, 1]])
  t.match(lines.slice(2), [{ level: 30, dropped: 2 }])
  t.equal(lines.length, 3)
})

await t.test('visits: lose those of the busiest portal when the store fails', async t => {
  const rows: Array<[limit: Partial<VisitsOptions>, params: object]> = [
    [{ maxPending: 5 }, {}],
    [{ maxBytes: 10_000 }, { docId: 'x'.repeat(1000) }]
  ]
  for (const [limit, params] of rows) {
    const { visits, count, fill, mend, lines } = await serviceFor(t, limit)
    fill()
    count({ memberId: 'quiet', userId: 1 })
    for (let userId = 1; userId <= 20; userId++) {
      count({ memberId: 'loud', userId, params: { ...params } })
      if (userId % 10 === 0) await visits.flush()
    }
    mend()
    await visits.flush()
    t.match(await visits.report('quiet', linkId, admin), { total: 1 })
    t.equal((await visits.report('loud', linkId, admin))?.total, 4, JSON.stringify(limit))
    t.match(lines.filter(
      ({ msg }) => /are lost/.test(String(msg))
    ), [limit.maxPending === undefined ? { maxBytes: 10_000 } : { maxPending: 5 }])
    t.equal(lines.filter(({ msg }) => /are lost/.test(String(msg))).length, 1)
  }
})

await t.test('visits: log a portal once when it has used up its day', async t => {
  const { visits, count, lines, clock } = await serviceFor(t)
  const many = async (memberId: string, links = 1200) => {
    for (let index = 0; index < links; index++) count({ memberId, linkId: `link-${index}` })
    await visits.flush()
  }
  await many('m1')
  await many('m1')
  t.match(lines, [{ level: 40, member: memberHash('m1'), day: '2026-03-10', msg: /used up/ }])
  t.equal(lines.length, 1)
  t.equal((await visits.recent('m1', 2000, admin)).length, 1000)
  count({ memberId: 'm2', linkId: 'link-1100' })
  await visits.flush()
  t.match(await visits.report('m2', 'link-1100', admin), { total: 1 }, 'another portal goes on')
  clock.now += day
  await many('m1', 2100)
  t.match(lines[1], { day: '2026-03-11' }, 'a day later again')
  t.notMatch(JSON.stringify(lines), /"m1"/)
})

await t.test('visits: spare the store when the home is reloaded', async t => {
  let asked = 0
  const counting = (store: VisitStore): VisitStore => ({
    ...store,
    links: async (...args) => {
      asked++
      return await store.links(...args)
    }
  })
  const { visits, count, clock } = await serviceFor(t, { around: counting })
  count()
  count({ memberId: 'm2' })
  const employee = { userId: 7, isAdmin: false }
  const both = await Promise.all([visits.recent('m1', 10, admin), visits.recent('m1', 10, admin)])
  t.strictSame(both.map(([link]) => link?.total), [1, 1])
  await visits.recent('m1', 10, { ...admin, userId: 2 })
  t.equal(asked, 1, 'administrators see the same')
  await visits.recent('m1', 10, employee)
  t.equal(asked, 2)
  count()
  t.match(await visits.recent('m1', 10, admin), [{ total: 2 }])
  t.match(await visits.recent('m1', 10, employee), [{ total: 2 }])
  t.equal(asked, 4, 'what was counted here is there')
  await visits.recent('m2', 10, admin)
  count()
  await visits.recent('m2', 10, admin)
  t.equal(asked, 5, 'another portal is not asked for anew')
  clock.now += 4999
  await visits.recent('m2', 10, admin)
  t.equal(asked, 5)
  clock.now += 2
  await visits.recent('m2', 10, admin)
  t.equal(asked, 6, 'what other instances count is there some seconds later')
  visits.forget('m2')
  await visits.recent('m2', 10, admin)
  t.equal(asked, 7)
})

await t.test('visits: are written when the service ends', async t => {
  const { visits, store, count, lines } = await serviceFor(t)
  count()
  await visits.close()
  t.match(await daily(store.visits, 'm1', linkId, '0000'), [{ times: 1 }])
  t.strictSame(lines, [])
})

await t.test('visits: are logged as lost when they cannot be written at the end', async t => {
  const { visits, store, count, lines } = await serviceFor(t)
  count()
  count({ userId: 8 })
  await store.close()
  await visits.close()
  t.match(lines, [{ level: 50, err: {} }, { level: 50, lost: 2 }])
})

await t.test('visits: reject a report when the store is gone', async t => {
  const { store, visits } = await serviceFor(t)
  await store.close()
  await t.rejects(visits.report('m1', linkId, { userId: 7, isAdmin: false }))
  await t.rejects(visits.recent('m1', 1, admin))
})

await t.test('visits: forget what is too old at the start and once an hour', async t => {
  mock.timers.enable({ apis: ['setInterval'] })
  t.after(() => mock.timers.reset())
  const file = join(t.testdir(), 'test.db')
  const start = async (now: number) => {
    const service = await serviceFor(t, { now: () => now }, file)
    await service.visits.flush()
    return service
  }
  const first = await start(noon)
  first.count()
  await first.visits.close()
  const days = async () => (await daily(first.store.visits, 'm1', linkId, '0')).map(({ day }) => day)
  const second = await start(noon + 2 * day)
  await second.visits.close()
  t.strictSame(await days(), ['2026-03-10'])
  const last = await start(noon + 3 * day)
  t.strictSame(await days(), [])
  t.strictSame(await first.store.visits.links('m1', 1, undefined), [])

  await first.store.visits.record(
    [{ ...visit, params: '{}', day: '2026-03-10', firstAt: noon, lastAt: noon, times: 1 }]
  )
  mock.timers.tick(3_600_000 - 1)
  await last.visits.flush()
  t.strictSame(await days(), ['2026-03-10'])
  mock.timers.tick(1)
  await last.visits.flush()
  t.strictSame(await days(), [])

  await last.store.close()
  mock.timers.tick(3_600_000)
  await last.visits.flush()
  t.match(last.lines, [{ level: 50, msg: /cannot be deleted/ }])
})

await t.test('visits: forget everything when no days are kept', async t => {
  const file = join(t.testdir(), 'test.db')
  const before = await serviceFor(t, {}, file)
  before.count()
  await before.visits.close()
  const { visits, count, store } = await serviceFor(t, { retentionDays: 0 }, file)
  count()
  await visits.flush()
  t.strictSame(await store.visits.links('m1', 10, undefined), [])
  t.equal(await visits.report('m1', linkId, { userId: 7, isAdmin: false }), undefined)
})

await t.test('visits: are counted with the defaults', async t => {
  const store = await withVisits(await openStore({ url: 'sqlite::memory:', keyRing }))
  t.after(() => store.close())
  const visits = createVisits({ store: store.visits, log: pino({ level: 'silent' }), retentionDays: 1 })
  t.after(() => visits.close())
  visits.count(visit)
  await until(async () => (await store.visits.links('m1', 1, undefined)).length === 1)
  t.match(await store.visits.links('m1', 1, undefined), [{ id: linkId }])
})
