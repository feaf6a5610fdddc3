import type { Portal } from '../../../sandbox/index.ts'
import { all, exampleOf, keep, type Row } from './documented.ts'

const handler = 'https://www.my-domain.ru/handler/'
const bound = (...users: number[]) => (portal: Portal): void => {
  portal.events = users.map(authType => ({ event: 'ONCRMLEADADD', handler, authType }))
}
const placed = (placement: string, url: string, ...users: number[]) => (portal: Portal): void => {
  portal.placements = users.map((userId, index) => ({
    id: index + 1, placement, userId, handler: url, options: {}, title: '', description: '', langAll: {}
  }))
}
/** An event of tomorrow; with a rule it comes again and again. */
const event = (RRULE: object = {}) => ({ content }: Portal): void => {
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
      RRULE,
      CRM_FIELDS: ['CO_1', 'L_5']
    }
  })
}
const inMonths = new Date(Date.now() + 80 * 86_400_000).toISOString().slice(0, 10)
const today = new Date().toISOString().slice(0, 10)
const weekly = event({ FREQ: 'WEEKLY', BYDAY: ['MO', 'WE'], INTERVAL: 1, UNTIL: inMonths })
const department = (id: number) => keep({ kind: 'department', id, authorId: 1, parent: '1', title: String(id) })
/** Two events wait for the application. */
const waiting = ({ offline, users: { admin } }: Portal): void => {
  for (const [event, id] of [['ONCRMLEADADD', '123'], ['ONCRMCOMPANYADD', '45']] as const) {
    offline.handlers.push({ event, connector: '' })
    offline.keep(event, { 'data[FIELDS][ID]': id }, admin, '2024-07-18T12:32:31+02:00')
  }
}
const options = { data: 'value', data2: 'value2' }
/** The documentation shows what PHP makes of a date that it does not encode. */
const DATES = ['TIMESTAMP_X', 'LAST_ACTIVITY_DATE'].map(name => `.result.${name}: string, documented is object`)
const TAB = exampleOf('placement.unbind').params

const types = (...codes: string[]) => (portal: Portal): void => {
  placed('USERFIELD_TYPE', handler, ...codes.map(() => 0))(portal)
  for (const [index, row] of portal.placements.entries()) Object.assign(row, { userTypeId: codes[index] })
}

export const restRows: Row[] = [
  { name: 'userfieldtype.add' },
  { name: 'userfieldtype.update', seed: types('test_type') },
  { name: 'userfieldtype.list', seed: types('my_custom_type_2', 'my_custom_type_1', 'test_user_type') },
  { name: 'userfieldtype.delete', seed: types('test') },
  { name: 'user.get', isPart: true, differs: DATES },
  { name: 'user.search', isPart: true, differs: DATES },
  { name: 'user.current', isPart: true },
  { name: 'user.fields', isPart: true },
  { name: 'user.admin', own: [] },
  { name: 'user.add' },
  { name: 'user.update', own: [] },
  { name: 'user.option.set', own: [] },
  { name: 'user.option.get', seed: portal => { portal.userOptions[1] = options }, own: [] },
  { name: 'profile', isPart: true },
  { name: 'user.access', own: [] },
  { name: 'access.name', own: [] },
  { name: 'department.get', isPart: true },
  { name: 'department.fields', own: [] },
  { name: 'department.add', seed: all(department(15), department(17)), own: [] },
  { name: 'department.update', seed: department(18), own: [] },
  { name: 'department.delete', seed: department(18), own: [] },
  { name: 'log.blogpost.add' },
  { name: 'calendar.event.getbyid', seed: weekly },
  { name: 'calendar.event.get', seed: weekly },
  { name: 'calendar.event.get.nearest', seed: weekly, params: { type: 'user', ownerId: 1 } },
  { name: 'calendar.event.add' },
  { name: 'calendar.event.update', seed: event(), params: { id: 324 } },
  { name: 'calendar.event.update.series', seed: weekly, params: { id: 324 } },
  { name: 'calendar.event.delete', seed: weekly, params: { id: 324 }, own: [] },
  { name: 'calendar.accessibility.get', seed: weekly, params: { from: today, to: inMonths } },
  { name: 'calendar.meeting.status.set', seed: event(), params: { eventId: 324 }, own: [] },
  { name: 'calendar.meeting.status.get', params: { eventId: 324 }, own: [] },
  { name: 'app.info' },
  { name: 'app.option.set', own: [] },
  { name: 'app.option.get', seed: portal => { portal.appOptions = options }, own: [] },
  { name: 'scope' },
  { name: 'server.time' },
  { name: 'method.get', own: [] },
  { name: 'methods' },
  { name: 'feature.get', own: [] },
  { name: 'placement.bind', params: { PLACEMENT: 'CRM_DEAL_DETAIL_TAB' }, own: [] },
  {
    name: 'placement.get',
    seed: placed('CRM_DEAL_LIST_TOOLBAR', handler, 0),
    // Portals tell the number as well.
    differs: ['.result.id: not documented']
  },
  { name: 'placement.list' },
  { name: 'placement.unbind', seed: placed(String(TAB.PLACEMENT), String(TAB.HANDLER), 1, 2), own: [] },
  { name: 'event.bind', seed: bound(), own: [] },
  { name: 'event.unbind', seed: bound(15), own: [] },
  { name: 'event.get', seed: bound(0, 15), own: [] },
  { name: 'event.offline.list', seed: waiting, own: ['EVENT_ADDITIONAL', 'MESSAGE_ID'] },
  {
    name: 'event.offline.get',
    params: { filter: { '=EVENT_NAME': 'ONCRMLEADADD', '>=ID': 1 } },
    own: ['MESSAGE_ID']
  },
  { name: 'event.offline.error', own: [] },
  { name: 'event.offline.clear', own: [] },
  { name: 'events' }
]
