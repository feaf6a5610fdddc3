import t from 'tap'
import { callRest, failureOf, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST user: user.get lists the people of the portal', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { body } = await callRest(alpha, 'user.get')
  t.match(body, { total: 4 })
  t.notOk('next' in body)
  t.strictSame((body.result as unknown[])[1], { // user.get answers a list
    ID: '2',
    XML_ID: '',
    ACTIVE: true,
    NAME: 'Emil',
    LAST_NAME: 'Novak',
    SECOND_NAME: '',
    EMAIL: 'emil.novak@company.example',
    LAST_LOGIN: '2026-01-12T08:00:00+00:00',
    DATE_REGISTER: '2024-07-15T00:00:00+00:00',
    TIME_ZONE: '',
    IS_ONLINE: 'Y',
    TIMESTAMP_X: '2026-01-12T08:00:00+00:00',
    LAST_ACTIVITY_DATE: '2026-01-12T08:00:00+00:00',
    PERSONAL_PHOTO: `${alpha.url}/upload/main/photo-2.svg`,
    PERSONAL_WWW: '',
    PERSONAL_MOBILE: '+49 170 0000002',
    PERSONAL_CITY: 'Berlin',
    WORK_PHONE: '+49 30 901802',
    PERSONAL_GENDER: 'M',
    PERSONAL_BIRTHDAY: '1991-11-24T00:00:00+00:00',
    WORK_POSITION: 'Logistics manager',
    UF_EMPLOYMENT_DATE: '',
    UF_DEPARTMENT: [2],
    UF_PHONE_INNER: '102',
    USER_TYPE: 'employee'
  })
})

await t.test('REST user: user.get filters, orders and pages', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[string, Record<string, unknown>, string[]]> = [
    ['by number', { filter: { ID: 2 } }, ['2']],
    ['by number, in the old way', { ID: 3 }, ['3']],
    ['by several numbers', { FILTER: { ID: [4, 1] } }, ['1', '4']],
    ['by state', { filter: { ACTIVE: true } }, ['1', '2', '3', '4']],
    ['by state as many write it', { filter: { ACTIVE: 'Y' } }, ['1', '2', '3', '4']],
    ['by state as a form has it', { filter: { ACTIVE: '1' } }, ['1', '2', '3', '4']],
    ['without those who have left', { filter: { '!ACTIVE': 'Y' } }, []],
    ['by how a word begins', { filter: { NAME_SEARCH: 'nov' } }, ['2']],
    ['by several words', { filter: { NAME_SEARCH: ' Novak  em' } }, ['2']],
    ['by a word and a condition', { filter: { NAME_SEARCH: 'a', '!ID': 4 } }, ['1']],
    ['by nothing', { filter: { NAME_SEARCH: '' } }, ['1', '2', '3', '4']],
    ['by a map', { filter: { NAME_SEARCH: { a: 1 } } }, ['1', '2', '3', '4']],
    ['by words that nobody has', { filter: { NAME_SEARCH: 'Emil Berger' } }, []],
    ['in an order', { sort: 'LAST_NAME', order: 'DESC' }, ['3', '2', '4', '1']],
    ['backwards', { order: 'desc' }, ['4', '3', '2', '1']],
    ['by how the name begins', { filter: { NAME: 'Em%' } }, ['2']],
    ['by what the last name lacks', { filter: { '!%LAST_NAME': 'r' } }, ['2', '4']],
    ['by one of several cities', { filter: { '@PERSONAL_CITY': ['Berlin', 'Graz'] } }, ['1', '2', '3', '4']],
    ['by department, in the old way', { UF_DEPARTMENT: 1, SORT: 'ID', ORDER: 'asc', start: 10 }, ['1']],
    ['beyond the end', { start: 50 }, []]
  ]
  for (const [name, params, expected] of rows) {
    // user.get answers a list of rows.
    t.strictSame((await resultOf(alpha, 'user.get', params) as Array<{ ID: string }>).map(({ ID }) => ID),
      expected, name)
  }
})

await t.test('REST user: people are shown to applications with the scope', async t => {
  const { portals: { alpha } } = await sandboxFor(t, { scope: ['crm'] })
  t.strictSame(await failureOf(alpha, 'user.get'), [401, 'insufficient_scope'])
})

await t.test('REST user: user.search finds by how things begin', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[string, Record<string, unknown>, string[]]> = [
    ['anything by name', { FILTER: { FIND: 'ann' } }, ['1']],
    ['anything by last name', { FILTER: { FIND: 'ros' } }, ['3']],
    ['anything by position', { FILTER: { FIND: 'acc' } }, ['4']],
    ['anything by department', { FILTER: { FIND: 'log' } }, ['2']],
    ['one field', { FILTER: { LAST_NAME: 'be' } }, ['1']],
    ['the department', { FILTER: { UF_DEPARTMENT_NAME: 'Head' } }, ['1']],
    ['a field that is compared', { UF_DEPARTMENT: 1, SORT: 'ID', ORDER: 'asc', start: 10 }, ['1']],
    ['everybody', {}, ['1', '2', '3', '4']]
  ]
  for (const [name, params, expected] of rows) {
    // user.search answers a list of rows.
    t.strictSame((await resultOf(alpha, 'user.search', params) as Array<{ ID: string }>).map(({ ID }) => ID),
      expected, name)
  }
})

await t.test('REST user: the scope says which fields are shown', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[scope: string[], count: number, hidden: string[]]> = [
    [['user_brief'], 30, ['EMAIL', 'LAST_LOGIN']],
    [['user_brief', 'user_basic'], 60, ['LAST_LOGIN']],
    [['user', 'crm'], 63, []]
  ]
  for (const [scope, count, hidden] of rows) {
    alpha.scope = scope
    const fields = Object.keys(await resultOf(alpha, 'user.fields') as object) // names of fields
    const shown = Object.keys(await resultOf(alpha, 'user.current') as object) // a person
    t.equal(fields.length, count, String(scope))
    for (const name of ['EMAIL', 'LAST_LOGIN']) {
      t.equal(shown.includes(name), !hidden.includes(name), `${scope}: ${name}`)
      t.equal(fields.includes(name), !hidden.includes(name), `${scope}: ${name}`)
    }
    t.strictSame(shown.filter(name => !fields.includes(name)), [])
  }
  t.strictSame(await resultOf(alpha, 'user.get', { filter: { ID: 2 }, select: ['NAME', 'UF_*', 'NOTHING'] }),
    [{ NAME: 'Emil', UF_EMPLOYMENT_DATE: '', UF_DEPARTMENT: [2], UF_PHONE_INNER: '102' }])
  t.match(await resultOf(alpha, 'user.get', { filter: { ID: 2 }, select: ['*'] }), [{ ID: '2', USER_TYPE: 'employee' }])
})

await t.test('REST user: everybody has a photo', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await resultOf(alpha, 'profile'), { PERSONAL_GENDER: 'F' }, 'as user.get shows it')
  const { PERSONAL_PHOTO } = await resultOf(alpha, 'profile') as { PERSONAL_PHOTO: string } // a profile
  const photo = await fetch(PERSONAL_PHOTO)
  t.equal(photo.headers.get('content-type'), 'image/svg+xml')
  t.match(await photo.text(), />AB</)
  t.equal((await fetch(PERSONAL_PHOTO.replace('-1', '-9'))).status, 404)
})

await t.test('REST user: user.current tells the time of the latest activity as the database has it', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await resultOf(alpha, 'user.current'), { ID: '1', LAST_ACTIVITY_DATE: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/ })
})
