import t from 'tap'
import type { Portal } from '../../../../sandbox/index.ts'
import { resultOf, sandboxFor } from '../../helper.ts'

type Days = Array<{ ID: string, DATE_FROM: string, DATE_TO: string, DATE_FROM_TS_UTC: string }>

const calendar = { type: 'user', ownerId: 1 }

/** Adds an event from 10:00 to 11:30 with this rule, as number 2. */
const addSeries = (portal: Portal, rrule: object, day = '2026-12-01') => resultOf(portal, 'calendar.event.add',
  { ...calendar, name: 'Meeting', from: `${day}T10:00:00Z`, to: `${day}T11:30:00Z`, rrule })

async function daysOf (portal: Portal, from: string, to?: string): Promise<string[]> {
  const rows = await resultOf(portal, 'calendar.event.get', { ...calendar, from, to }) as Days // a list of events
  return rows.filter(({ ID }) => ID === '2').map(row => row.DATE_FROM.slice(0, 10))
}

await t.test('REST calendar series: a list has every day of the range', async t => {
  const rows: Array<[rrule: object, first: string, from: string, to: string, days: string[]]> = [
    [{ FREQ: 'DAILY', INTERVAL: '3', COUNT: 4 }, '2026-12-01', '2026-12-02', '2027-12-31',
      ['12/04/2026', '12/07/2026', '12/10/2026']],
    [{ FREQ: 'WEEKLY', BYDAY: ['MO', 'TH'] }, '2026-12-01', '2026-11-01', '2026-12-13',
      ['12/03/2026', '12/07/2026', '12/10/2026']],
    [{ FREQ: 'WEEKLY', BYDAY: ['TU', 'SU'], INTERVAL: 2, COUNT: 5 }, '2026-12-01', '2026-12-05', '2027-12-31',
      ['12/06/2026', '12/15/2026', '12/20/2026', '12/29/2026']],
    [{ FREQ: 'WEEKLY' }, '2026-12-01', '2026-12-01', '2026-12-15', ['12/07/2026', '12/14/2026']],
    [{ FREQ: 'MONTHLY', BYDAY: ['MO'] }, '2026-01-31', '2026-01-01', '2026-04-01',
      ['01/31/2026', '03/01/2026', '03/31/2026']],
    [{ FREQ: 'MONTHLY', INTERVAL: 2, UNTIL: '06/01/2026' }, '2026-02-01', '2026-03-01', '2026-12-31',
      ['04/01/2026', '06/01/2026']],
    [{ FREQ: 'YEARLY', COUNT: 3 }, '2024-02-29', '2024-03-01', '2036-12-31', ['03/01/2025', '03/01/2026']],
    [{ FREQ: 'HOURLY', COUNT: 3 }, '2026-12-01', '2026-12-01', '2026-12-31', ['12/01/2026']]
  ]
  for (const [rrule, first, from, to, days] of rows) {
    const { portals: { alpha } } = await sandboxFor(t)
    await addSeries(alpha, rrule, first)
    t.strictSame(await daysOf(alpha, from, to), days, JSON.stringify(rrule))
  }
})

await t.test('REST calendar series: a day is as long as the first one', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await addSeries(alpha, { FREQ: 'DAILY' })
  t.match(await resultOf(alpha, 'calendar.event.get', { ...calendar, from: '2026-12-09', to: '2026-12-09' }), [{
    ID: '2',
    DATE_FROM: '12/09/2026 10:00:00 am',
    DATE_TO: '12/09/2026 11:30:00 am',
    DATE_FROM_FORMATTED: 'Wed Dec 09 2026 10:00:00',
    DATE_TO_FORMATTED: 'Wed Dec 09 2026 11:30:00',
    DATE_FROM_TS_UTC: String(Date.UTC(2026, 11, 1, 10) / 1000),
    DT_LENGTH: 5400,
    RRULE: { FREQ: 'DAILY', INTERVAL: 1 }
  }])
})

await t.test('REST calendar series: a changed day is in the list once', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await addSeries(alpha, { FREQ: 'DAILY', COUNT: 3 })
  const change = { id: 2, ...calendar, name: 'Longer', recurrence_mode: 'this', current_date_from: '2026-12-02' }
  await resultOf(alpha, 'calendar.event.update', change)
  const rows = await resultOf(alpha, 'calendar.event.get', { ...calendar, from: '2026-12-01', to: '2026-12-31' })
  t.strictSame((rows as Days).map(({ ID, DATE_FROM }) => [ID, DATE_FROM.slice(0, 5)]), // a list of events
    [['2', '12/01'], ['2', '12/03'], ['3', '12/02']])
})

await t.test('REST calendar series: the nearest days come first', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const before = Date.now() - 10 * 86_400_000
  await addSeries(alpha, { FREQ: 'DAILY' }, new Date(before).toISOString().slice(0, 10))
  const rows = async (params: object) =>
    await resultOf(alpha, 'calendar.event.get.nearest', { ...params }) as Days // a list of events
  const [first, , ...others] = (await rows({ maxEventsCount: 5 })).map(({ DATE_FROM }) => Date.parse(DATE_FROM))
  t.equal(others.length, 3)
  t.ok(Number(first) > Date.now() - 86_400_000)
  t.ok(others.every(moment => moment > Number(first)))
  t.equal((await rows({ days: 400 })).length, 75, 'no more than the portal lists')
})

await t.test('REST calendar series: far days make no long list', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await addSeries(alpha, { FREQ: 'MONTHLY' }, '0001-01-01')
  t.strictSame(await daysOf(alpha, '9000-01-01', '9999-12-31'), [], 'after the last day of portals')
  t.match(await daysOf(alpha, '2037-11-15'), ['12/01/2037', '01/01/2038'])
  t.equal((await daysOf(alpha, '0001-01-01', '1970-02-15'))[0], '01/01/1970', 'before their first day')
  const change = { id: 2, ...calendar, recurrence_mode: 'next', current_date_from: '9999-12-01' }
  t.match(await resultOf(alpha, 'calendar.event.update', { ...change, rrule: { FREQ: 'DAILY', COUNT: 10 } }),
    { id: 2, recEventId: 3 })
  t.match(await resultOf(alpha, 'calendar.event.getbyid', { id: 3 }), { RRULE: { COUNT: 1 } })
  const end = { ...change, id: 3, current_date_from: '9999-12-02', rrule: {} }
  t.match(await resultOf(alpha, 'calendar.event.update', end), { id: 3, recEventId: 4 })
  t.match(await resultOf(alpha, 'calendar.event.getbyid', { id: 4 }), { RRULE: '' }, 'no series any more')
})

await t.test('REST calendar: an event without an end is a moment', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.content.add({ kind: 'event', id: 2, authorId: 1, fields: { DATE_FROM: '2024-06-20T10:00', DATE_TO: '' } })
  t.strictSame(await daysOf(alpha, '2024-06-20', '2024-06-20'), ['06/20/2024'])
})

await t.test('REST calendar series: the rule is told in words', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[rrule: object, text: string]> = [
    [{ FREQ: 'WEEKLY', BYDAY: ['MO', 'WE'], INTERVAL: 1, UNTIL: '2026-12-24' },
      'weekly on: Mon, Wed, from 12/01/2026 till 12/24/2026'],
    [{ FREQ: 'WEEKLY', BYDAY: ['TU'], INTERVAL: 2, COUNT: 5 },
      'every 2 week on: Tue, from 12/01/2026, 5 time(s)'],
    [{ FREQ: 'DAILY' }, 'daily, from 12/01/2026'],
    [{ FREQ: 'DAILY', INTERVAL: 3, COUNT: 4 }, 'every 3 day, from 12/01/2026, 4 time(s)'],
    [{ FREQ: 'MONTHLY', UNTIL: 'soon' }, 'monthly, from 12/01/2026'],
    [{ FREQ: 'MONTHLY', INTERVAL: 2 }, 'every 2 months, from 12/01/2026'],
    [{ FREQ: 'YEARLY' }, 'yearly, on the 1 day of the 12 month, from 12/01/2026'],
    [{ FREQ: 'YEARLY', INTERVAL: 4 }, 'every 4 years, on the 1 of the 12 month, from 12/01/2026'],
    [{ FREQ: 'constructor' }, '']
  ]
  for (const [index, [rrule, text]] of rows.entries()) {
    await addSeries(alpha, rrule)
    t.match(await resultOf(alpha, 'calendar.event.getbyid', { id: index + 2 }), { '~RRULE_DESCRIPTION': text }, text)
  }
})
