import t from 'tap'
import { sandboxFor } from '../helper.ts'
import { actor } from './frame-scene.ts'

await t.test('frame choices: the dialogs offer what the portal has', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.installed = true
  alpha.content.add({
    kind: 'deal', id: 99001, authorId: 1, title: 'Delivery', fields: { OPPORTUNITY: '1200', CURRENCY_ID: 'EUR' }
  })
  alpha.content.add({
    kind: 'event', id: 99007, authorId: 1, title: 'Meeting', text: 'Room 2', fields: { DATE_FROM: '2026-07-26' }
  })
  const admin = await actor(alpha.url, '/marketplace/app/1/')
  const employee = await actor(alpha.url, '/marketplace/app/1/?user=2')
  t.match(await admin.act('employees'), [
    {
      id: '1',
      name: 'Anna Berger',
      photo: '/upload/main/photo-1.svg',
      position: 'Managing director',
      url: '/company/personal/user/1/',
      sub: false,
      sup: false
    },
    { id: '2', sub: true, sup: false }, { id: '3' }, { id: '4', position: 'Accountant' }
  ])
  t.match(await employee.act('employees'), [{ id: '1', sub: false, sup: true }, { id: '2', sub: false, sup: false }])
  t.match(await admin.act('accessGroups'),
    [{ id: 'AU' }, { id: 'D1' }, { id: 'DR1' }, { id: 'SG10' }, { id: 'U1', name: 'Anna Berger' }])
  const entities = await admin.act('crmEntities', { types: ['lead', 'contact', 'company', 'deal', 'quote', 'nothing'] })
  const found = (id: string) => Array.isArray(entities) && entities.find(entity => entity.id === id)
  t.match(found('D_99001'), {
    type: 'deal', place: 'deal', title: 'Delivery', desc: '1200 EUR', url: '/crm/deal/details/99001/'
  })
  t.match([found('L_250'), found('C_5'), found('CO_3'), found('Q_9')],
    [{ desc: 'Marta Lind' }, { title: 'Marta Lind', desc: 'Office manager' }, { desc: '' }, { desc: '12500 EUR' }])
  t.strictSame(await admin.act('crmEntities'), [])
  const events = await admin.act('calendarEvents')
  t.match(Array.isArray(events) && events.find(({ ID }) => ID === '99007'),
    { UID: '99007|26.07.2026', NAME: 'Meeting', DESCRIPTION: 'Room 2', DATE_FROM: '2026-07-26' })
  alpha.content.add({ kind: 'event', id: 99008, authorId: 1, title: 'Some time' })
  const idsFrom = async (dateFrom: string, dateTo: string) => {
    const found = await admin.act('calendarEvents', { dateFrom, dateTo })
    return Array.isArray(found) && found.map(({ UID }) => UID)
  }
  t.strictSame(await idsFrom('2026-07-26T00:00:00.000Z', '2026-07-30T00:00:00.000Z'), ['99007|26.07.2026', '99008'])
  t.strictSame(await idsFrom('2026-07-27T00:00:00.000Z', '2026-07-30T00:00:00.000Z'), ['99008'], 'before')
  t.strictSame(await idsFrom('2026-07-01T00:00:00.000Z', '2026-07-02T00:00:00.000Z'), ['99008'], 'after')
  const rule = { DATE_FROM: '2026-08-01T10:00', DATE_TO: '2026-08-01T11:00', RRULE: { FREQ: 'WEEKLY', BYDAY: ['SU'] } }
  alpha.content.add({ kind: 'event', id: 99009, authorId: 1, title: 'Series', fields: rule })
  t.strictSame(await idsFrom('2026-08-08T00:00:00.000Z', '2026-08-20T00:00:00.000Z'),
    ['99008', '99009|09.08.2026', '99009|16.08.2026'], 'each day of a series')
})
