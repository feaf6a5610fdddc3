import t from 'tap'
import type { Portal } from '../../../sandbox/index.ts'
import { callRest, sandboxFor } from '../helper.ts'
import { differences, exampleOf, lacks, withOwn } from './documented.ts'

interface Row {
  name: string
  seed?: (portal: Portal) => void
  /** What the sandbox has in place of parameters that name something of the portal of the example. */
  params?: Record<string, unknown>
  /** The answer is the documented one, but for these fields. */
  own?: string[]
  /** The shape of the answer is the documented one, but for this. */
  differs?: string[]
  /** The example does not show all that portals answer. */
  isPart?: boolean
}

const handler = 'https://www.my-domain.ru/handler/'
const bound = (...users: number[]) => ({ events }: Portal): void => {
  events.push(...users.map(authType => ({ event: 'ONCRMLEADADD', handler, authType })))
}
const comment = (id: number, parent: string) => (portal: Portal): void => {
  portal.content.add({ kind: 'deal-comment', id, authorId: 1, parent, text: 'New comment was added' })
}
const event = ({ content }: Portal): void => {
  const at = Date.now() + 86_400_000
  for (const example of content.list('event')) content.remove(example)
  content.add({
    kind: 'event',
    id: 324,
    authorId: 1,
    title: 'Event Name',
    fields: {
      DATE_FROM: new Date(at).toISOString(),
      DATE_TO: new Date(at + 3_600_000).toISOString(),
      IS_MEETING: 'Y',
      ATTENDEES: [1],
      REMIND: [{ type: 'min', count: 50 }],
      RRULE: { FREQ: 'WEEKLY', BYDAY: ['MO', 'WE'], INTERVAL: 1, UNTIL: '12/24/2024' },
      CRM_FIELDS: ['CO_1', 'L_5']
    }
  })
}
const activity = (portal: Portal): void => {
  portal.content.add({
    kind: 'activity',
    id: 999,
    authorId: 1,
    title: 'Call',
    fields: { OWNER_TYPE_ID: 3, OWNER_ID: 102, TYPE_ID: 2, RESPONSIBLE_ID: 1, EDITOR_ID: 1, LAST_UPDATED: '' }
  })
}
const object = (id: number, TYPE: string) => ({ content }: Portal): void => {
  content.add({
    kind: 'file', id, authorId: 1, parent: '1', title: String(id), fields: { TYPE, STORAGE_ID: 1, CONTENT: '' }
  })
}
/** The documentation shows what PHP makes of a date that it does not encode. */
const DATES = ['TIMESTAMP_X', 'LAST_ACTIVITY_DATE'].map(name => `.result.${name}: string, documented is object`)

const rows: Row[] = [
  { name: 'crm.item.get' },
  {
    name: 'crm.item.update',
    params: { id: 8061 },
    differs: ['.result.item.previousStageId: not documented', '.result.item.mycompanyId: not documented']
  },
  {
    name: 'crm.item.add',
    differs: ['.result.item.previousStageId: not documented', '.result.item.mycompanyId: not documented']
  },
  { name: 'crm.item.delete', params: { entityTypeId: 183, id: 42 }, own: [] },
  { name: 'crm.item.fields', params: { entityTypeId: 183 }, differs: ['.result.fields.contacts: missing'] },
  { name: 'crm.type.list', params: { filter: {} } },
  { name: 'crm.category.list' },
  { name: 'crm.category.get', own: ['name'] },
  { name: 'crm.status.list', own: ['ID', 'NAME', 'NAME_INIT'] },
  { name: 'crm.timeline.comment.get', seed: comment(999, '2'), own: ['CREATED', 'FILES'] },
  {
    name: 'crm.timeline.comment.list',
    seed: comment(999, '8061'),
    params: { filter: { ENTITY_ID: 8061, ENTITY_TYPE: 'deal' } }
  },
  { name: 'crm.timeline.comment.update', seed: comment(999, '8061'), own: [] },
  { name: 'crm.timeline.comment.delete', seed: comment(999, '8061'), own: [] },
  { name: 'crm.activity.update', seed: activity, own: [] },
  { name: 'crm.activity.delete', seed: activity, own: [] },
  { name: 'crm.activity.get', seed: activity },
  { name: 'crm.activity.list', seed: activity, differs: ['.next: missing'] },
  { name: 'user.get', isPart: true, differs: DATES },
  { name: 'user.search', isPart: true, differs: DATES },
  { name: 'user.current', isPart: true },
  { name: 'user.fields', isPart: true },
  { name: 'user.admin', own: [] },
  { name: 'profile', isPart: true },
  { name: 'department.get', isPart: true },
  { name: 'im.dialog.get', params: { DIALOG_ID: 'chat2' } },
  { name: 'im.message.add', params: { DIALOG_ID: 'chat2', REPLY_ID: 1 } },
  { name: 'calendar.event.getbyid', seed: event },
  { name: 'calendar.event.get', seed: event },
  { name: 'calendar.event.get.nearest', seed: event, params: { type: 'user', ownerId: 1 } },
  { name: 'calendar.event.add' },
  { name: 'calendar.event.delete', seed: event, params: { id: 324 }, own: [] },
  { name: 'disk.storage.get', params: { id: 11 } },
  { name: 'disk.file.delete', seed: object(9035, 'file'), own: [] },
  { name: 'disk.folder.deletetree', seed: object(8942, 'folder'), own: [] },
  { name: 'disk.file.get', seed: object(9043, 'file') },
  { name: 'disk.folder.get', seed: object(8930, 'folder') },
  { name: 'disk.folder.getchildren', seed: object(8930, 'folder'), params: { id: 1 } },
  { name: 'disk.folder.uploadfile', params: { id: 1 } },
  { name: 'disk.storage.addfolder', params: { id: 1 } },
  { name: 'disk.storage.getlist', params: { filter: {} } },
  { name: 'disk.storage.getforapp' },
  { name: 'method.get', own: [] },
  { name: 'methods' },
  { name: 'feature.get', own: [] },
  { name: 'event.unbind', seed: bound(15), own: [] },
  { name: 'event.get', seed: bound(0, 15), own: [] },
  { name: 'events' }
]

for (const { name, seed, params, own, differs = [], isPart } of rows) {
  await t.test(`REST: ${name} answers as documented`, async t => {
    const { portals: { alpha } } = await sandboxFor(t)
    const example = exampleOf(name)
    seed?.(alpha)
    const answer = await callRest(alpha, example.method, { ...example.params, ...params })
    const { time: _time, ...body } = answer.body
    t.equal(answer.status, 200)
    if (own) {
      t.strictSame(body, withOwn(example.answer, body, own))
    } else {
      t.strictSame((isPart ? lacks : differences)(example.answer, body), differs)
    }
  })
}
