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
})
