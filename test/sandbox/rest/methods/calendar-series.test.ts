import t from 'tap'
import type { Portal } from '../../../../sandbox/index.ts'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

const event =
  { type: 'user', ownerId: 1, name: 'Meeting', from: '2026-12-01T10:00:00+00:00', to: '2026-12-01T11:30:00+00:00' }

/** Adds an event that comes every Tuesday and Thursday, ten times, as number 2. */
async function seriesIn (portal: Portal, rrule: object = { FREQ: 'WEEKLY', BYDAY: ['TU', 'TH'], COUNT: 10 }) {
  portal.installed = true
  await resultOf(portal, 'calendar.event.add', { ...event, rrule })
  return {
    update: (params: object) =>
      resultOf(portal, 'calendar.event.update', { id: 2, type: 'user', ownerId: 1, ...params }),
    eventWith: (id: number) => resultOf(portal, 'calendar.event.getbyid', { id })
  }
}

await t.test('REST calendar series: one day is changed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { update, eventWith } = await seriesIn(alpha)
  for (const name of ['ONCALENDARENTRYADD', 'ONCALENDARENTRYUPDATE']) {
    await resultOf(alpha, 'event.bind', { event: name, event_type: 'offline' })
  }
  const change = { recurrence_mode: 'this', current_date_from: '2026-12-08', name: 'Longer', location: 'London' }
  t.equal(await update(change), 2)
  t.match(await eventWith(2), { NAME: 'Meeting', RRULE: { COUNT: 10 }, EXDATE: '12/08/2026', LOCATION: '' })
  t.match(await eventWith(3), {
    NAME: 'Longer',
    LOCATION: 'London',
    DATE_FROM: '12/08/2026 10:00:00 am',
    DATE_TO: '12/08/2026 11:30:00 am',
    ORIGINAL_DATE_FROM: '12/08/2026 10:00:00 am',
    RRULE: '',
    EXDATE: '',
    RECURRENCE_ID: 2,
    RELATIONS: { COMMENT_XML_ID: 'EVENT_2_12/08/2026' },
    DAV_XML_ID: `2@${alpha.memberId}`
  })
  t.match(await resultOf(alpha, 'event.offline.list'), [
    { EVENT_NAME: 'ONCALENDARENTRYUPDATE', EVENT_DATA: { id: '2' } },
    { EVENT_NAME: 'ONCALENDARENTRYADD', EVENT_DATA: { id: '3' } }
  ])
  const moved = { from: '2026-12-11T09:00:00+00:00', to: '2026-12-11T09:15:00+00:00' }
  t.equal(await update({ recurrence_mode: 'this', current_date_from: '2026-12-10', ...moved }), 2)
  t.match(await eventWith(4), {
    DATE_FROM: '12/11/2026 09:00:00 am',
    DATE_TO: '12/11/2026 09:15:00 am',
    ORIGINAL_DATE_FROM: '12/10/2026 10:00:00 am'
  }, 'on another day')
  t.match(await eventWith(2), { EXDATE: '12/08/2026;12/10/2026' })
  t.equal(await resultOf(alpha, 'calendar.event.delete', { id: 4 }), true)
  t.match(await eventWith(2), { EXDATE: '12/08/2026;12/10/2026' }, 'the day stays free')
})

await t.test('REST calendar series: it is changed from a day on', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { update, eventWith } = await seriesIn(alpha)
  const change = { recurrence_mode: 'next', current_date_from: '2026-12-15' }
  t.strictSame(await update({ ...change, name: 'Later' }), {
    originalDate: '12/15/2026 10:00:00 am',
    originalDavXmlId: `3@${alpha.memberId}`,
    instanceTz: 'UTC',
    recEventId: 3,
    id: 2
  })
  t.match(await eventWith(2), {
    NAME: 'Meeting', RRULE: { UNTIL: '12/14/2026', '~UNTIL': '12/14/2026', UNTIL_TS: 1797206400, COUNT: undefined }
  })
  t.match(await eventWith(3), {
    NAME: 'Later',
    DATE_FROM: '12/15/2026 10:00:00 am',
    RRULE: { FREQ: 'WEEKLY', BYDAY: { TU: 'TU', TH: 'TH' }, COUNT: 6, UNTIL: undefined },
    RELATIONS: { ORIGINAL_RECURSION_ID: 2 }
  })
  t.match(await update({ id: 3, recurrence_mode: 'next', current_date_from: '2026-12-15', name: 'Last' }),
    { recEventId: 3, id: 3 }, 'the first day begins no other series')
  t.match(await update({ id: 3, recurrence_mode: 'next', current_date_from: '2026-12-22' }), { recEventId: 4, id: 3 })
  t.match(await eventWith(4), { NAME: 'Last', RRULE: { COUNT: 4 }, RELATIONS: { ORIGINAL_RECURSION_ID: 2 } })
  t.equal(await update({ recurrence_mode: 'all', name: 'All' }), 2)
  t.match(await eventWith(2), { NAME: 'All', RRULE: { UNTIL: '12/14/2026' } })
})

await t.test('REST calendar series: the later part keeps the rest of its rule', async t => {
  const rows: Array<[rrule: Record<string, unknown>, day: string, expected: object]> = [
    [{ FREQ: 'DAILY', INTERVAL: 2, COUNT: 10 }, '2026-12-07', { COUNT: 7 }],
    [{ FREQ: 'WEEKLY', COUNT: 10 }, '2026-12-15', { COUNT: 8 }],
    [{ FREQ: 'MONTHLY', COUNT: 10 }, '2027-02-01', { COUNT: 8 }],
    [{ FREQ: 'YEARLY', COUNT: 10 }, '2028-12-01', { COUNT: 8 }],
    [{ FREQ: 'DAILY', UNTIL: '12/31/2026' }, '2026-12-07', { UNTIL: '12/31/2026', COUNT: undefined }],
    [{ FREQ: 'DAILY' }, '2026-12-07', { UNTIL: undefined, COUNT: undefined }]
  ]
  for (const [rrule, day, expected] of rows) {
    const { portals: { alpha } } = await sandboxFor(t)
    const { update, eventWith } = await seriesIn(alpha, rrule)
    await update({ recurrence_mode: 'next', current_date_from: day })
    t.match(await eventWith(3), { RRULE: expected }, JSON.stringify(rrule))
  }
})

await t.test('REST calendar series: a part that is none is refused', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await seriesIn(alpha)
  const rows: Array<[params: object, text: RegExp]> = [
    [{ recurrence_mode: 'later' }, /^An invalid type of editing/],
    [{ recurrence_mode: 'this' }, /^Invalid value for the "current_date_from" parameter$/],
    [{ recurrence_mode: 'next', current_date_from: 'soon' }, /"current_date_from"/]
  ]
  for (const [params, text] of rows) {
    t.match(await callRest(alpha, 'calendar.event.update', { id: 2, type: 'user', ownerId: 1, ...params }),
      { status: 400, body: { error: '', error_description: text } }, JSON.stringify(params))
  }
  t.equal(alpha.content.list('event').length, 2)
})
