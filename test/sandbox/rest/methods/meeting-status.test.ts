import t from 'tap'
import type { SandboxUser } from '../../../../sandbox/index.ts'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST calendar: who is invited to a meeting answers', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { admin, employee, designer } = alpha.users
  const eventId = await resultOf(alpha, 'calendar.event.add', {
    type: 'user',
    ownerId: 1,
    name: 'Plans',
    from: '2026-06-14',
    to: '2026-06-14',
    is_meeting: 'Y',
    host: 1,
    attendees: [1, 2]
  })
  const get = (user: SandboxUser) => resultOf(alpha, 'calendar.meeting.status.get', { eventId }, user)
  t.strictSame([await get(admin), await get(employee)], ['H', 'Q'])
  for (const user of [employee, designer]) {
    t.equal(await resultOf(alpha, 'calendar.meeting.status.set', { eventId, status: 'n' }, user), true)
  }
  t.equal(await get(employee), 'N')
  t.match(await resultOf(alpha, 'calendar.event.getbyid', { id: eventId }),
    { ATTENDEE_LIST: [{ id: 1, status: 'H' }, { id: 2, status: 'N' }] })
  const unknown = 'An error occurred while retrieving the status'
  const rows: Array<[method: string, params: Record<string, unknown>, text: string]> = [
    ['get', {}, 'The required parameter "eventId" for the method "calendar.meeting.status.get" is not set'],
    ['get', { eventId: 99 }, unknown],
    ['get', { eventId }, unknown],
    ['set', { eventId }, 'The required parameter "status" for the method "calendar.meeting.status.set" is not set'],
    ['set', { eventId, status: 'H' }, 'Invalid value for parameter "status"']
  ]
  for (const [method, params, text] of rows) {
    t.match(await callRest(alpha, `calendar.meeting.status.${method}`, params, designer),
      { status: 400, body: { error: '', error_description: text } }, `${method} ${JSON.stringify(params)}`)
  }
})
