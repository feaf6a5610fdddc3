import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { callRest, pageText, resultOf, sandboxFor } from '../../helper.ts'

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const EMAIL = 'Ida@company.example'

await t.test('REST user: whom user.add invites is one of the people', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const person = {
    EMAIL, NAME: 'Ida', LAST_NAME: '<Kranz>', PERSONAL_BIRTHDAY: '1990-01-01', WORK_POSITION: 'Driver', XML_ID: 'x'
  }
  const id = await resultOf(alpha, 'user.add', { ...person, UF_DEPARTMENT: [2, 'x'] })
  t.match(await resultOf(alpha, 'user.get', { ID: id }), [{
    ...person,
    XML_ID: '',
    ACTIVE: true,
    LAST_LOGIN: '',
    IS_ONLINE: 'N',
    PERSONAL_BIRTHDAY: '1990-01-01T00:00:00+00:00',
    PERSONAL_MOBILE: '',
    UF_DEPARTMENT: [2]
  }])
  t.match(await resultOf(alpha, 'user.search', { FIND: 'logistics dri' }), [{ ID: String(id) }])
  t.match(await resultOf(alpha, 'im.user.get', { ID: id }), { name: 'Ida <Kranz>', departments: [2], email: EMAIL })
  for (const [ACCESS, has] of [['DR1', true], ['D2', true], ['D1', false], [`IU${id}`, true]] as const) {
    t.equal(await resultOf(alpha, 'user.access', { ACCESS }, alpha.user(Number(id))), has, ACCESS)
  }
  t.match(await (await fetch(`${alpha.url}/upload/main/photo-${id}.svg`)).text(), />IK</)
  t.match(await pageText(await fetch(alpha.url)), `<option value="${id}">Ida &lt;Kranz&gt; (employee)`)

  const second = await resultOf(alpha, 'user.add', { EMAIL: 'b@c.example', UF_DEPARTMENT: 1, PERSONAL_BIRTHDAY: 'x' })
  t.equal(second, Number(id) + 1)
  t.match(await resultOf(alpha, 'user.get', { ID: second }),
    [{ NAME: '', LAST_NAME: '', PERSONAL_BIRTHDAY: '', UF_DEPARTMENT: [1] }])
  t.match(await resultOf(alpha, 'im.user.get', { ID: second }), { name: 'b@c.example ' })
})

await t.test('REST user: user.update writes the fields that it names', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const written = {
    NAME: 'Emilia', EMAIL, WORK_POSITION: 'Director', PERSONAL_GENDER: 'F', UF_SKYPE: 'emilia', UF_DEPARTMENT: [3, 1]
  }
  t.equal(await resultOf(alpha, 'user.update', { ID: 2, ...written, LAST_LOGIN: 'never' }), true)
  t.equal(await resultOf(alpha, 'user.update', { ID: 2, PERSONAL_PHOTO: ['a.png', PNG] }), true)
  const [row] = Object(await resultOf(alpha, 'user.get', { ID: 2 })) // people
  t.match(row, { ...written, LAST_NAME: 'Novak', LAST_LOGIN: /^2026/, PERSONAL_PHOTO: /photo-2\.png$/ })
  const photo = await fetch(row.PERSONAL_PHOTO)
  t.equal(photo.headers.get('content-type'), 'image/png')
  t.equal(Buffer.from(await photo.arrayBuffer()).toString('base64'), PNG)
  for (const other of ['2.svg', '2.g', '2.jpeg', '02.png']) {
    t.equal((await fetch(`${alpha.url}/upload/main/photo-${other}`)).status, 404, other)
  }
  t.match(await resultOf(alpha, 'profile', {}, alpha.users.employee),
    { NAME: 'Emilia', PERSONAL_GENDER: 'F', PERSONAL_PHOTO: /\.png$/ })
  t.equal(alpha.users.employee.name, 'Emilia')
  await resultOf(alpha, 'user.update', { ID: 2, PERSONAL_PHOTO: ['', ''] })
  t.match(await resultOf(alpha, 'user.get', { ID: 2 }), [{ PERSONAL_PHOTO: /photo-2\.svg$/ }])
})

await t.test('REST user: people stay as they were left when the portal has a database', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'people-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const options = { database: join(folder, 'portals.db') }
  const { portals: { alpha }, close } = await sandboxFor(t, options)
  const id = await resultOf(alpha, 'user.add', { EMAIL, NAME: 'Ida', UF_DEPARTMENT: [1] })
  await resultOf(alpha, 'user.update', { ID: 1, NAME: 'Anne' })
  await close()
  const { portals } = await sandboxFor(t, options)
  t.match(await resultOf(portals.alpha, 'user.get', { filter: { NAME: ['Ida', 'Anne'] } }),
    [{ ID: '1', LAST_NAME: 'Berger' }, { ID: String(id), EMAIL }])
})

await t.test('REST user: the application is told when somebody who was invited comes for the first time', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.installed = true
  await resultOf(alpha, 'event.bind', { event: 'ONUSERADD', event_type: 'offline' })
  const id = await resultOf(alpha, 'user.add',
    { EMAIL, NAME: 'Ida', PERSONAL_BIRTHDAY: '1990-01-01', UF_DEPARTMENT: [1, 2] })
  t.strictSame(await resultOf(alpha, 'event.offline.list'), [], 'an invitation is none')
  for (let visit = 0; visit < 2; visit++) await fetch(`${alpha.url}/?user=${id}`)
  const events = Object(await resultOf(alpha, 'event.offline.list')) // events
  t.equal(events.length, 1)
  t.strictSame(events[0].EVENT_DATA, {
    ID: String(id),
    ACTIVE: 'Y',
    EMAIL,
    NAME: 'Ida',
    LAST_NAME: '',
    PERSONAL_GENDER: '',
    DATE_REGISTER: `${new Date().toISOString().slice(0, 10)}T00:00:00+00:00`,
    WORK_POSITION: '',
    PERSONAL_BIRTHDAY: '1990-01-01',
    UF_DEPARTMENT: ['1', '2']
  })
  t.match(await resultOf(alpha, 'user.get', { ID: id }), [{ LAST_LOGIN: /^\d{4}-/, IS_ONLINE: 'Y' }])
})

await t.test('REST user: user.add and user.update refuse with the documented codes', async t => {
  const { portals: { alpha }, wire } = await sandboxFor(t)
  const { employee } = alpha.users
  const invited = { EMAIL, UF_DEPARTMENT: [1] }
  const ARGUMENT = { error: 'ERROR_ARGUMENT', argument: '' }
  const rows: Array<[method: string, params: Record<string, unknown>, error: Record<string, unknown>]> = [
    ['add', {}, { ...ARGUMENT, error_description: 'wrong_email' }],
    ['add', { ...invited, EMAIL: 'Ida' }, { ...ARGUMENT, error_description: 'wrong_email' }],
    ['add', { ...invited, EMAIL: 'Anna.Berger@company.example' },
      { ...ARGUMENT, error_description: 'User with this email already exists' }],
    ['add', { EMAIL }, { ...ARGUMENT, error_description: 'no_extranet_field' }],
    ['add', { EMAIL, EXTRANET: 'Y' }, { error: 'ERROR_GROUPID', error_description: 'Group code not specified' }],
    ['add', { EMAIL, EXTRANET: 'Y', SONET_GROUP_ID: [1] },
      { error: 'ERROR_NO_GROUP', error_description: 'Group specified incorrectly' }],
    ['add', { ...invited, PERSONAL_PHOTO: ['a.txt', 'aGVsbG8='] }, { error: 'ERROR_CORE', error_description: '' }],
    ['update', {}, { error: 'ERROR_CORE', error_description: 'access_denied' }],
    ['update', { ID: 99 }, { error: 'ERROR_CORE', error_description: '' }],
    ['update', { ID: 2, EMAIL: 'anna.berger@company.example' }, { error: 'ERROR_CORE', error_description: '' }],
    ['update', { ID: 2, EMAIL: '' }, { error: 'ERROR_CORE', error_description: '' }]
  ]
  for (const [method, params, error] of rows) {
    t.strictSame(await callRest(alpha, `user.${method}`, params), { status: 400, body: error }, JSON.stringify(params))
  }
  for (const [method, params] of [['add', invited], ['update', { ID: 2 }]] as const) {
    t.strictSame((await callRest(alpha, `user.${method}`, params, employee)).body,
      { error: 'ERROR_CORE', error_description: 'access_denied' }, method)
  }
  t.match(await callRest(alpha, 'user.get'), { body: { total: 4 } }, 'nobody was added')
  await resultOf(alpha, 'user.update', { ID: 2, WORK_LOGO: ['a.png', PNG] })
  const notes = JSON.stringify(wire.entries)
  for (const note of ['the groups of an extranet are', 'WORK_LOGO is']) t.match(notes, `${note} not in the sandbox`)
})
