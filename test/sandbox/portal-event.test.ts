import { readFileSync } from 'node:fs'
import t from 'tap'
import { fakeApplication } from './fake-application.ts'
import { resultOf, sandboxFor } from './helper.ts'

await t.test('portal event: the documented events are reproduced', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (const name of ['ONAPPINSTALL', 'ONAPPUPDATE', 'ONAPPUNINSTALL', 'ONAPPPAYMENT', 'ONAPPMETHODCONFIRM'] as const) {
    const fixture = JSON.parse(readFileSync(new URL(`../fixtures/payloads/${name}.json`, import.meta.url), 'utf8'))
    const { url, body } = alpha.event(name)
    t.equal(url, 'http://127.0.0.1:9/events', name)
    // Captures of real events hold these two beyond the documentation.
    const fields = Object.keys(body).filter(field => !['auth[expires]', 'auth[user_id]'].includes(field))
    t.strictSame(fields.sort(), Object.keys(fixture.body).sort(), name)
  }
})

await t.test('portal event: that of the system user names two users', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const url = new URL('../fixtures/payloads/ONAPPUSERREADY.json', import.meta.url)
  const fixture = JSON.parse(readFileSync(url, 'utf8'))
  const { url: address, body } = alpha.event('ONAPPUSERREADY')
  t.equal(address, 'http://127.0.0.1:9/install', 'the portal binds it by itself')
  t.strictSame(Object.keys(body).filter(field => field !== 'auth[expires]').sort(), Object.keys(fixture.body).sort())
  const userOf = (part: string) => alpha.state.tokens.find(String(body[`${part}[access_token]`]))?.user
  t.strictSame([userOf('data'), userOf('auth')], [alpha.systemUser, alpha.users.admin])
})

await t.test('portal event: a captured event is reproduced, fields in order', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const newer = ['data[ACTIVE]', 'data[INSTALLED]', 'auth[refresh_token]']
  for (const [name, file] of [['ONAPPINSTALL', 'ONAPPINSTALL.phpsdk'],
    ['ONCRMCONTACTADD', 'EVENT.ONCRMCONTACTADD.capture']] as const) {
    alpha.events.push({ event: name, handler: 'https://a.example/e', authType: 0 })
    const fixture = JSON.parse(readFileSync(new URL(`../fixtures/payloads/${file}.json`, import.meta.url), 'utf8'))
    t.strictSame(Object.keys(alpha.event(name).body).filter(field =>
      !newer.includes(field)), Object.keys(fixture.body), name)
  }
})

await t.test('portal event: an event about data is reproduced byte by byte', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { body: captured, rawBody } = JSON.parse(
    readFileSync(new URL('../fixtures/payloads/EVENT.ONCRMCONTACTADD.capture.json', import.meta.url), 'utf8')
  )
  alpha.scope = captured['auth[scope]'].split(',')
  alpha.events.push(...Array.from({ length: 58 }, (_row, index) =>
    ({ event: index === 57 ? 'ONCRMCONTACTADD' : 'ONAPPTEST', handler: 'https://a.example/e', authType: 0 })))
  const { body } = alpha.event('ONCRMCONTACTADD', { 'data[FIELDS][ID]': '134806' })
  const varying = ['ts', 'auth[access_token]', 'auth[expires]', 'auth[domain]', 'auth[server_endpoint]',
    'auth[client_endpoint]', 'auth[member_id]', 'auth[application_token]']
  t.equal(new URLSearchParams(Object.entries(body).map(([field, value]) =>
    [field, varying.includes(field) ? captured[field] : value])).toString(), rawBody)
})

await t.test('portal event: is sent for the user it was bound for, else who acted', async t => {
  const { url, received } = await fakeApplication(t)
  const { portals: { alpha }, wire } = await sandboxFor(t, { appUrl: url })
  alpha.events = [3, 0].map(authType => ({ event: 'ONCRMDEALADD', handler: `${url}/events?for=${authType}`, authType }))
  await resultOf(alpha, 'crm.deal.add', { fields: { TITLE: 'Coats' } })
  // Nothing is sent for it: the application is not installed yet.
  alpha.installed = true
  const told = new Promise<void>(resolve => {
    wire.subscribe(() => {
      if (wire.entries.filter(({ name, status }) =>
        name === 'ONCRMDEALADD' && status).length === 2) {
        resolve()
      }
    })
  })
  const id = await resultOf(alpha, 'crm.deal.add', { fields: { TITLE: 'Umbrellas' } }, alpha.users.employee)
  await told
  const forms = received.map(({ query, body }) =>
    [query.for, body.event_handler_id, body['data[FIELDS][ID]'], body['auth[user_id]']])
  t.strictSame(forms.sort(), [['0', '2', String(id), '2'], ['3', '1', String(id), '3']])
  t.notMatch(JSON.stringify(wire.entries), received[0]?.body['auth[access_token]'] ?? 'none')
})

await t.test('portal event: an event goes to the handler that was bound for it', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.events.push({ event: 'ONAPPUPDATE', handler: 'https://a.example/e', authType: 0 })
  const { url, body } = alpha.event('ONAPPUPDATE')
  t.equal(url, 'https://a.example/e')
  t.equal(body.event_handler_id, '1')
})

await t.test('portal event: has the fields that a test replaces', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(alpha.event('ONAPPUNINSTALL', { 'auth[application_token]': 'forged' }).body,
    { 'auth[application_token]': 'forged' })
})
