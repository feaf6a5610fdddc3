import { readdirSync } from 'node:fs'
import t from 'tap'
import { methods } from '../../../sandbox/rest/methods/index.ts'
import { resultOf, sandboxFor } from '../helper.ts'
import { exampleOf } from './documented.ts'

await t.test('REST: the documented parameters of calendar.event.add are kept', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const id = await resultOf(alpha, 'calendar.event.add', exampleOf('calendar.event.add').params)
  t.match(await resultOf(alpha, 'calendar.event.getbyid', { id }), {
    SECT_ID: '5',
    COLOR: '#9cbe1c',
    ACCESSIBILITY: 'absent',
    IS_MEETING: true,
    MEETING_HOST: '2',
    MEETING: { HOST_NAME: 'Emil', NOTIFY: true, REINVITE: false },
    ATTENDEES_CODES: ['U1', 'U2', 'U3'],
    ATTENDEE_LIST: [{ id: 1, status: 'Q' }, { id: 2, status: 'H' }, { id: 3 }],
    REMIND: [{ type: 'min', count: 20 }],
    RRULE: { FREQ: 'WEEKLY', BYDAY: { MO: 'MO', WE: 'WE' }, COUNT: 10, INTERVAL: 1, UNTIL: undefined },
    UF_CRM_CAL_EVENT: ['C_5', 'L_11'],
    DATE_FROM_FORMATTED: 'Fri Jun 14 2024 00:00:00'
  })
})

await t.test('REST: every event that is documented is known', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { params, answer } = exampleOf('events')
  const known = await resultOf(alpha, 'events', params)
  // The smart process of the example has the number 147.
  const documented = (answer.result as string[]).map(name => name.replace('_147', '_183')) // a list of names
  t.strictSame(documented.filter(name => !Object.values(Object(known)).includes(name)), [])
})

/** Methods without a fixture, whose answers the tests of their own compare. */
const WITHOUT = `app.info app.option.get app.option.set calendar.event.update crm.activity.add crm.contact.get
  crm.deal.add crm.deal.get crm.deal.list crm.item.list crm.timeline.comment.add disk.folder.addsubfolder
  disk.storage.getchildren disk.storage.uploadfile download event.bind event.test im.notify.personal.add im.recent.get
  log.blogpost.add placement.bind placement.get placement.list placement.unbind scope server.time
  task.commentitem.add tasks.task.approve tasks.task.complete tasks.task.defer tasks.task.disapprove tasks.task.pause
  upload user.option.get user.option.set`.split(/\s+/)

await t.test('REST: a new method comes with its documented example', async t => {
  const examples = readdirSync(new URL('../../fixtures/rest/', import.meta.url)).map(name => name.replace('.json', ''))
  t.strictSame([...methods.keys()].filter(name => !examples.includes(name)).sort(), WITHOUT)
})
