import t from 'tap'
import { attributeIn, codeOf, startService, until, type Person, type Service } from './service.ts'

const open = ({ sandbox, alpha }: Service, dialogId: string, user: Person = 'employee', lang = 'en') =>
  sandbox.send(alpha.placementCall('IM_SIDEBAR', { params: { dialogId }, user: alpha.users[user], lang }))

async function write (service: Service, dialogId: string, user: Person, text: string) {
  const page = await open(service, dialogId, user)
  return await service.call('/api/notes', { grant: attributeIn(page, 'data-grant'), text }, page)
}

await t.test('notes: are kept for a chat, and shown to all in it, newest first', async t => {
  const service = await startService(t)
  const bound = service.alpha.placements.find(({ placement }) => placement === 'IM_SIDEBAR')
  t.match(bound, { langAll: { de: { TITLE: 'Notizen' } }, options: { iconName: 'fa-sticky-note-o' } })
  t.match((await open(service, 'chat2', 'employee', 'de')).text, 'Es gibt noch keine Notizen')
  t.equal((await write(service, 'chat2', 'employee', 'The first')).status, 204)
  t.equal((await write(service, 'chat2', 'admin', 'The <second>')).status, 204)
  const { text } = await open(service, 'chat2', 'designer')
  t.match(text, /The &lt;second&gt;[^]*data-user-id="1"[^]*The first[^]*data-user-id="2"/)
  t.notMatch((await open(service, 'chat3')).text, 'The first')
})

await t.test('notes: on a private dialog are seen by those two alone', async t => {
  const service = await startService(t)
  const { admin, employee } = service.alpha.users
  await write(service, String(employee.id), 'admin', 'Between us')
  t.match((await open(service, String(admin.id), 'employee')).text, 'Between us')
  t.notMatch((await open(service, String(admin.id), 'designer')).text, 'Between us')
  t.notMatch((await open(service, String(employee.id), 'designer')).text, 'Between us')
})

await t.test('notes: are refused for a dialog that the user is not in', async t => {
  const service = await startService(t)
  const refused = await open(service, '4711')
  t.strictSame([refused.status, codeOf(refused)], [502, 'B24_ERR_PORTAL_REFUSED'])
  const page = await open(service, 'chat2')
  const others = await open(service, 'chat2', 'designer')
  const rows: Array<[name: string, body: object, status: number]> = [
    ['with the grant of another user', { grant: attributeIn(others, 'data-grant'), text: 'a' }, 401],
    ['with a forged grant', { grant: 'forged', text: 'a' }, 401],
    ['of nothing', { grant: attributeIn(page, 'data-grant'), text: '' }, 400],
    ['of blanks', { grant: attributeIn(page, 'data-grant'), text: ' \n'.repeat(1000) }, 400],
    ['that no database keeps', { grant: attributeIn(page, 'data-grant'), text: 'a\u0000b' }, 400]
  ]
  for (const [name, body, status] of rows) {
    t.equal((await service.call('/api/notes', body, page)).status, status, name)
  }
  t.notMatch((await open(service, 'chat2')).text, 'data-user-id')
})

await t.test('notes: are kept as long as they are shown', async t => {
  const { fastify: { database, notes } } = await startService(t)
  await notes.add('m', 'other', { userId: 1, text: 'of another dialog', at: 0 })
  for (let at = 1; at <= 60; at++) await notes.add('m', '2', { userId: 1, text: `note ${at}`, at })
  const shown = await notes.of('m', '2')
  t.strictSame([shown.length, shown[0]?.at, shown.at(-1)?.at], [50, 60, 11])
  const rows = await database.selectFrom('notes' as 'installations').select('member_id').execute()
  t.equal(rows.length, 51)
})

await t.test('notes: go with the installation', async t => {
  const service = await startService(t)
  const { alpha } = service
  await write(service, 'chat2', 'employee', 'The first')
  const kept = async () => await service.fastify.notes.of(alpha.memberId, '2')
  t.match(await kept(), [{ userId: 2, text: 'The first' }])
  const { body } = alpha.event('ONAPPUNINSTALL')
  alpha.uninstall()
  await service.post('/events', body)
  await until(async () => (await kept()).length === 0)
})
