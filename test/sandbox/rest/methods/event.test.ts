import t from 'tap'
import type { SandboxUser } from '../../../../sandbox/index.ts'
import { fakeApplication } from '../../fake-application.ts'
import { callRest, failureOf, resultOf, sandboxFor } from '../../helper.ts'

const handler = 'https://a.example/events'

await t.test('REST event: an event is bound, read back and unbound', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { employee } = alpha.users
  t.equal(await resultOf(alpha, 'event.bind', { event: 'onAppInstall', handler }), true)
  t.equal(await resultOf(alpha, 'event.bind', { event: 'ONCRMDEALADD', handler }, employee), true)
  t.strictSame(await resultOf(alpha, 'event.get'), [
    { event: 'ONAPPINSTALL', handler, auth_type: '0', offline: 0 },
    { event: 'ONCRMDEALADD', handler, auth_type: '2', offline: 0 }
  ])
  t.strictSame(await resultOf(alpha, 'event.get', {}, employee),
    [{ event: 'ONCRMDEALADD', handler, auth_type: '2', offline: 0 }])
  t.strictSame(await resultOf(alpha, 'event.unbind', { event: 'ONAPPINSTALL', handler }, employee), { count: 0 })
  t.strictSame(await resultOf(alpha, 'event.unbind', { event: 'ONAPPINSTALL', handler: 'https://other.example/' }),
    { count: 0 })
  t.strictSame(await resultOf(alpha, 'event.unbind', { event: 'ONAPPINSTALL', handler }), { count: 1 })
  t.strictSame(await resultOf(alpha, 'event.unbind', { event: 'ONCRMDEALADD', handler }, employee), { count: 1 })
  t.strictSame(alpha.events, [])
})

await t.test('REST event: event.unbind removes the handlers of one auth_type', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { admin, employee } = alpha.users
  const event = 'ONCRMLEADADD'
  const rows: Array<[string, SandboxUser, object, number[]]> = [
    ['of everybody', admin, {}, []],
    ['of nobody in particular', admin, { auth_type: 0 }, [2, 3]],
    ['of nobody in particular, by nothing', admin, { auth_type: '' }, [2, 3]],
    ['of one user', admin, { auth_type: 3 }, [0, 2]],
    ['of the caller', employee, {}, [0, 3]],
    ['of the caller, by number', employee, { auth_type: 2 }, [0, 3]]
  ]
  for (const [name, user, params, left] of rows) {
    alpha.events = [0, 2, 3].map(authType => ({ event, handler, authType }))
    t.strictSame(await resultOf(alpha, 'event.unbind', { event, handler, ...params }, user),
      { count: 3 - left.length }, name)
    t.strictSame(alpha.events.map(({ authType }) => authType), left, name)
  }
  for (const authType of [3, '2']) {
    t.match(await callRest(alpha, 'event.unbind', { event, handler, auth_type: authType }, employee), {
      status: 403,
      body: { error_description: 'Access denied! Event unbinding with AUTH_TYPE requires administrator access rights' }
    }, JSON.stringify(authType))
  }
  t.strictSame(await resultOf(alpha, 'event.unbind', { event: 'ONNOTHING', handler }), { count: 0 },
    'there is no handler of an unknown event')
})

await t.test('REST event: events lists what can be bound', async t => {
  const { portals: { alpha } } = await sandboxFor(t, { scope: ['user'] })
  const application = ['ONAPPUNINSTALL', 'ONAPPINSTALL', 'ONAPPUPDATE', 'ONAPPPAYMENT', 'ONAPPTEST',
    'ONAPPMETHODCONFIRM', 'ONOFFLINEEVENT']
  t.strictSame(await resultOf(alpha, 'events', { SCOPE: 'user' }), ['ONUSERADD'])
  t.strictSame(await resultOf(alpha, 'events'), [...application, 'ONUSERADD'])
  t.strictSame(await resultOf(alpha, 'events', { SCOPE: 'nothing' }), [])
  t.strictSame(await resultOf(alpha, 'events', { SCOPE: '' }), application)
  const names = await resultOf(alpha, 'events', { FULL: true }) as string[] // a list of names
  t.equal(new Set(names).size, names.length)
  for (const name of ['ONAPPTEST', 'ONCRMLEADADD', 'ONCRMDEALMOVETOCATEGORY', 'ONCRMCOMPANYUSERFIELDSETENUMVALUES',
    'ONCRMDYNAMICITEMDELETE_183', 'ONTASKCOMMENTUPDATE', 'ONCALENDARENTRYDELETE', 'ONIMBOTMESSAGEADD',
    'ONIMBOTV2REACTIONCHANGE', 'ONOPENLINEMESSAGEADD', 'ONIMCONNECTORLINEDELETE', 'ONSHIPMENTENTITYSAVED',
    'CATALOG.PRICE.TYPE.ON.ADD', 'ONBOOKINGWAITLISTITEMUPDATE']) {
    t.ok(names.includes(name), name)
  }
  alpha.scope = ['user', 'crm', 'task', 'calendar', 'sonet_group', 'telephony', 'imbot', 'imopenlines', 'sale',
    'catalog', 'booking']
  for (let start = 0; start < names.length; start += 50) {
    await resultOf(alpha, 'batch',
      { cmd: names.slice(start, start + 50).map(event => `event.bind?event=${event}&handler=${handler}`) })
  }
  t.strictSame(alpha.events.map(({ event }) => event), names)
})

await t.test('REST event: event.test sends back what it was called with', async t => {
  const { url, received } = await fakeApplication(t)
  const { portals: { alpha }, wire } = await sandboxFor(t, { appUrl: url })
  await resultOf(alpha, 'event.bind', { event: 'ONAPPTEST', handler: `${url}/events` })
  const told = new Promise<void>(resolve => wire.subscribe(({ name, status }) => {
    if (name === 'ONAPPTEST' && status) {
      resolve()
    }
  }))
  t.equal(await resultOf(alpha, 'event.test', { any: 'data', deep: { list: [1, true, null] } },
    alpha.users.employee), 1)
  await told
  t.match(received[0]?.body, {
    event: 'ONAPPTEST',
    'data[QUERY][any]': 'data',
    'data[QUERY][deep][list][0]': '1',
    'data[QUERY][deep][list][1]': '1',
    'data[QUERY][deep][list][2]': '',
    'data[LANGUAGE_ID]': 'en',
    'auth[user_id]': '2',
    'auth[refresh_token]': /./
  })
  t.notOk(Object.keys(received[0]?.body ?? {}).includes('data[QUERY][auth]'), 'the token of the call is not among it')
})

await t.test('REST event: event.bind refuses with the documented codes', async t => {
  const { portals: { alpha } } = await sandboxFor(t, { scope: ['placement'] })
  await resultOf(alpha, 'event.bind', { event: 'ONAPPINSTALL', handler })
  const rows: Array<[string, Record<string, unknown>, unknown[]]> = [
    ['no event', { handler }, [400, 'ERROR_ARGUMENT', 'EVENT']],
    ['unknown event', { event: 'ONNOTHING', handler }, [400, 'ERROR_EVENT_NOT_FOUND']],
    ['scope missing', { event: 'ONCRMDEALADD', handler }, [400, 'ERROR_EVENT_NOT_FOUND']],
    ['no handler', { event: 'ONAPPINSTALL' }, [400, 'ERROR_ARGUMENT', 'HANDLER']],
    ['unknown type', { event: 'ONAPPTEST', handler, event_type: 'x' }, [400, 'ERROR_ARGUMENT', 'EVENT_TYPE']],
    ['host without a dot', { event: 'ONAPPINSTALL', handler: 'http://localhost/' }, [400, 'ERROR_WRONG_HANDLER_URL']],
    ['bound twice', { event: 'ONAPPINSTALL', handler }, [400, 'ERROR_CORE']]
  ]
  for (const [name, params, expected] of rows) {
    t.strictSame(await failureOf(alpha, 'event.bind', params), expected, name)
  }
  t.match(await callRest(alpha, 'event.bind', { event: 'ONAPPTEST', handler, auth_type: 1 }, alpha.users.employee), {
    status: 403,
    body: { error_description: 'Access denied! Event binding with AUTH_TYPE requires administrator access rights' }
  })
  t.strictSame(await failureOf(alpha, 'event.unbind', { event: 'ONAPPINSTALL' }), [400, 'ERROR_ARGUMENT', 'HANDLER'])
})

await t.test('REST event: the wire says what is not in the sandbox', async t => {
  const { portals: { alpha }, wire } = await sandboxFor(t, { scope: ['imbot'] })
  const outcome = () => wire.entries.at(-1)?.outcome
  t.equal(await resultOf(alpha, 'event.bind', { event: 'OnImBotMessageAdd', handler }), true)
  t.equal(outcome(), 'what sends ONIMBOTMESSAGEADD is not in the sandbox')
  t.strictSame(await failureOf(alpha, 'event.bind', { event: 'ONIMCONNECTORLINEDELETE', handler }),
    [400, 'ERROR_EVENT_NOT_FOUND'])
  t.equal(outcome(), 'ERROR_EVENT_NOT_FOUND: ONIMCONNECTORLINEDELETE needs the scope imconnector or imopenlines')
  t.strictSame(await failureOf(alpha, 'im.dialog.read'), [404, 'ERROR_METHOD_NOT_FOUND'])
  t.equal(outcome(), 'ERROR_METHOD_NOT_FOUND: im.dialog.read is not in the sandbox')
  t.strictSame(alpha.events.map(({ event }) => event), ['ONIMBOTMESSAGEADD'])
})
