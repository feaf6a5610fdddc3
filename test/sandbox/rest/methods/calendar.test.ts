import t from 'tap'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

const event =
  { type: 'user', ownerId: 2, name: 'Meeting', from: '2026-12-01T10:00:00+00:00', to: '2026-12-01T11:00:00+00:00' }

await t.test('REST calendar: an event is kept in the calendar', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.equal(await resultOf(alpha, 'calendar.event.add', { ...event, description: 'About rain', location: 'Graz' }), 2)
  const { from, to, ...others } = event
  t.equal(await resultOf(alpha, 'calendar.event.add',
    { ...others, type: 'company_calendar', ownerId: '', from_ts: 0.001, to_ts: 1, skip_time: 'Y' }), 3)
  t.match(alpha.content.list('event').slice(1), [
    {
      title: 'Meeting',
      text: 'About rain',
      authorId: 1,
      fields: { DATE_FROM: from, DATE_TO: to, SKIP_TIME: 'N', TYPE: 'user', OWNER_ID: '2', LOCATION: 'Graz' }
    },
    {
      fields:
      { DATE_FROM: '1970-01-01T00:00:00+00:00', DATE_TO: '1970-01-01T00:00:01+00:00', SKIP_TIME: 'Y', OWNER_ID: '' }
    }
  ])
})

await t.test('REST calendar: an event without a required parameter is refused', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (const name of Object.keys(event)) {
    t.match(await callRest(alpha, 'calendar.event.add', { ...event, [name]: undefined }), {
      status: 400,
      body: {
        error: '', error_description: `The required parameter "${name}" for the method "calendar.event.add" is not set`
      }
    }, name)
  }
  for (const name of ['from', 'to']) {
    const { status, body } = await callRest(alpha, 'calendar.event.add', { ...event, [name]: '2026-13-45T10:00:00' })
    t.equal(status, 400)
    t.match(body.error_description, new RegExp(`"${name}" .* is not set$`), 'a date that is none')
  }
})

await t.test('REST calendar: the day of a date may come first', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const dates = { from: '31.12.2026 17:00:00', to: '31.12.2026 18:00' }
  const id = await resultOf(alpha, 'calendar.event.add', { ...event, ...dates })
  t.match(await resultOf(alpha, 'calendar.event.getbyid', { id }),
    { DATE_FROM: '12/31/2026 05:00:00 pm', DATE_TO: '12/31/2026 06:00:00 pm' })
})

await t.test('REST calendar: an event is read, changed and removed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const example = {
    type: 'user',
    ownerId: 1,
    name: 'Event Name',
    description: 'Description for event',
    from: '2024-12-11T17:59:00+02:00',
    to: '2024-12-11T18:59:00+02:00',
    location: 'test location'
  }
  t.equal(await resultOf(alpha, 'calendar.event.add', example), 2)
  t.match(await resultOf(alpha, 'calendar.event.getbyid', { id: 2 }), {
    ID: '2',
    NAME: 'Event Name',
    DATE_FROM: '12/11/2024 03:59:00 pm',
    DATE_TO: '12/11/2024 04:59:00 pm',
    DATE_FROM_TS_UTC: '1733932740',
    DATE_TO_TS_UTC: '1733936340',
    DT_SKIP_TIME: 'N',
    DT_LENGTH: 3600,
    CREATED_BY: '1',
    DATE_CREATE: /^\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d [ap]m$/,
    DESCRIPTION: 'Description for event',
    LOCATION: 'test location',
    MEETING: { HOST_NAME: 'Anna Berger' }
  })
  const update = (params: object) =>
    resultOf(alpha, 'calendar.event.update', { id: 2, type: 'user', ownerId: 1, ...params })
  t.equal(await update({ name: 'Other', from: '2024-12-11T00:30:00Z', skip_time: 'Y' }), 2)
  t.match(await resultOf(alpha, 'calendar.event.getbyid', { id: 2 }),
    { NAME: 'Other', DESCRIPTION: 'Description for event', DATE_FROM: '12/11/2024 12:30:00 am', DT_SKIP_TIME: 'Y' })
  t.equal(await update({ description: 'Text', to_ts: 1733932741 }), 2)
  t.match(await resultOf(alpha, 'calendar.event.getbyid', { id: 2 }),
    { NAME: 'Other', DESCRIPTION: 'Text', DATE_TO_TS_UTC: '1733932741' })
  t.equal(await resultOf(alpha, 'calendar.event.delete', { id: 2 }), true)
  t.equal(await resultOf(alpha, 'calendar.event.getbyid', { id: 2 }), null)
  alpha.content.add({ kind: 'event', id: 7, authorId: 1, fields: { DATE_FROM: '', DATE_TO: '' } })
  t.match(await resultOf(alpha, 'calendar.event.getbyid', { id: 7 }),
    { DATE_FROM: '', DATE_TO_TS_UTC: '0', DT_LENGTH: 0 }, 'without moments')
  const rows: Array<[method: string, params: object, text: RegExp]> = [
    ['update', { id: 2, type: 'user', ownerId: 1 }, /updating/], ['update', {}, /"id"/],
    ['update', { id: 7, type: 'user', ownerId: 1, to: 'soon' }, /updating/],
    ['update', { id: 7, type: 'user', ownerId: 1, from: '25:00' }, /updating/],
    ['update', { id: 2, type: 'user' }, /"ownerId"/], ['delete', { id: 2 }, /deleting/],
    ['add', { ...example, name: 7 }, /^Invalid value for the "name" parameter$/],
    ['update', { id: 7, type: 'user', ownerId: 1, description: [] }, /"description" parameter$/],
    ['update', { id: 7, type: 'user', ownerId: 1, crm_fields: 'C_5' }, /must be an array$/],
    ['delete', {}, /id is not set/], ['getbyid', {}, /"id" for the method "calendar.event.getbyid"/],
    ['get', {}, /"type" for the method "calendar.event.get"/], ['get', { type: 'user' }, /"ownerId"/]
  ]
  for (const [method, params, text] of rows) {
    t.match(await callRest(alpha, `calendar.event.${method}`, { ...params }),
      { status: 400, body: { error: '', error_description: text } }, `${method} ${JSON.stringify(params)}`)
  }
})

await t.test('REST calendar: the events of a calendar are listed by days', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const add = (params: object) => resultOf(alpha, 'calendar.event.add', { ...event, ...params })
  await add({ ownerId: 1, from: '2024-06-20T10:00:00Z', to: '2024-06-20T11:00:00Z' })
  await add({ ownerId: 1, from: '2024-08-20T10:00:00Z', to: '2024-08-20T11:00:00Z' })
  await add({ ownerId: 1, from: '2024-08-21T10:00:00Z', to: '2024-08-21T11:00:00Z' })
  await add({ type: 'company_calendar', ownerId: '', from: '2024-07-01', to: '2024-07-02' })
  const rows: Array<[params: object, ids: string[]]> = [
    [{ type: 'user', ownerId: 1, from: '2024-06-20', to: '2024-08-20' }, ['2', '3']],
    [{ type: 'user', ownerId: 1, from: '2024-06-20', to: '2024-08-20', section: [21, 44] }, []],
    [{ type: 'user', ownerId: 1, from: '2024-08-20', to: '2024-08-20', section: 1 }, ['3']],
    [{ type: 'user', ownerId: 1, from: '2024-06-20', to: '2024-08-20', section: 21 }, []],
    [{ type: 'user', ownerId: 1, from: '2024-08-20' }, ['1', '3', '4']],
    [{ type: 'user', ownerId: 1 }, ['1']],
    [{ type: 'user', ownerId: 2, from: '2024-01-01', to: '2024-12-31' }, []],
    [{ type: 'company_calendar', ownerId: 0, from: '2024-06-20', to: '2024-08-20' }, ['5']]
  ]
  for (const [params, ids] of rows) {
    // calendar.event.get answers a list.
    const found = await resultOf(alpha, 'calendar.event.get', { ...params }) as Array<{ ID: string }>
    t.strictSame(found.map(({ ID }) => ID), ids, JSON.stringify(params))
  }
})

await t.test('REST calendar: the nearest events come first', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const add = (name: string, days: number, calendar = {}) => {
    const [from, to] = [0, 1].map(hour => new Date(Date.now() + days * 86_400_000 + hour * 3_600_000).toISOString())
    return resultOf(alpha, 'calendar.event.add', { ...event, ownerId: 1, name, from, to, ...calendar })
  }
  const nearest = async (params: Record<string, unknown>) => {
    const rows = await resultOf(alpha, 'calendar.event.get.nearest', params) as Array<{ NAME: string }> // events
    return rows.map(({ NAME }) => NAME).filter(name => !/agenda|meeting/i.test(name))
  }
  await add('in nine days', 9)
  await add('tomorrow', 1)
  await add('yesterday', -1)
  await add('in seventy days', 70)
  await add("somebody else's", 1, { ownerId: 2 })
  await add('of the company', 2, { type: 'company_calendar', ownerId: '' })
  const own = { type: 'user', ownerId: 2, days: 10, forCurrentUser: true, maxEventsCount: 100 }
  const rows: Array<[params: Record<string, unknown>, names: string[]]> = [
    [own, ['tomorrow', 'in nine days']],
    [{}, ['tomorrow', 'in nine days']],
    [{ days: 100, maxEventsCount: 100 }, ['tomorrow', 'in nine days', 'in seventy days']],
    [{ type: 'company_calendar', ownerId: 0, forCurrentUser: false }, ['of the company']]
  ]
  for (const [params, names] of rows) t.strictSame(await nearest(params), names, JSON.stringify(params))
})
