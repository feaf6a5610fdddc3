import t from 'tap'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

const days = { from: '2026-12-01', to: '2026-12-03' }

await t.test('REST calendar: accessibility lists the events of each user', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const add = (name: string, params: object) => resultOf(alpha, 'calendar.event.add',
    { type: 'user', ownerId: 1, name, from: '2026-12-03T10:00:00Z', to: '2026-12-03T11:00:00Z', ...params })
  await add('alone', { accessibility: 'free', importance: 'high' })
  await add('later', { from: '2026-12-04T10:00:00Z', to: '2026-12-04T11:00:00Z' })
  await add('meeting', { is_meeting: 'Y', attendees: [1, 3] })
  await add('of the company', { type: 'company_calendar', ownerId: '' })
  await add('daily', { ownerId: 2, from: '2026-11-01T10:00:00Z', to: '2026-11-01T11:00:00Z', rrule: { FREQ: 'DAILY' } })
  const users = [1, '2', 3, 4, 0]
  const answer = Object(await resultOf(alpha, 'calendar.accessibility.get', { ...days, users })) // rows by users
  const names = Object.fromEntries(Object.entries(answer).map(([user, events]) =>
    [user, Object.values(Object(events)).map(event => Object(event).NAME)]))
  t.strictSame(names, { 1: ['alone', 'meeting'], 2: ['daily', 'daily', 'daily'], 3: ['meeting'], 4: [] })
  t.match(answer[1][0], { ACCESSIBILITY: 'free', IMPORTANCE: 'high', DATE_FROM: '12/03/2026 10:00:00 am' })
})

await t.test('REST calendar: accessibility without a required parameter is refused', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (const name of ['from', 'to', 'users']) {
    const text = `The required parameter "${name}" for the method "calendar.accessibility.get" is not set`
    t.match(await callRest(alpha, 'calendar.accessibility.get', { ...days, users: [1], [name]: undefined }),
      { status: 400, body: { error: '', error_description: text } }, name)
  }
  t.strictSame(await resultOf(alpha, 'calendar.accessibility.get', { from: 'soon', to: [], users: 'all' }), [])
})
