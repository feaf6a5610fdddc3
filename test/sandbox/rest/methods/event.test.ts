import t from 'tap'
import { fakeApplication } from '../../fake-application.ts'
import { failureOf, resultOf, sandboxFor } from '../../helper.ts'

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
    alpha.users.employee), true)
  await told
  t.match(received[0]?.body, {
    event: 'ONAPPTEST',
    'data[QUERY][any]': 'data',
    'data[QUERY][deep][list][0]': '1',
    'data[QUERY][deep][list][1]': '1',
    'data[QUERY][deep][list][2]': '',
    'data[LANGUAGE_ID]': 'en',
    'auth[user_id]': '2'
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
    ['host without a dot', { event: 'ONAPPINSTALL', handler: 'http://localhost/' }, [400, 'ERROR_WRONG_HANDLER_URL']],
    ['bound twice', { event: 'ONAPPINSTALL', handler }, [400, 'ERROR_CORE']]
  ]
  for (const [name, params, expected] of rows) {
    t.strictSame(await failureOf(alpha, 'event.bind', params), expected, name)
  }
  t.strictSame(await failureOf(alpha, 'event.bind', { event: 'ONAPPTEST', handler, auth_type: 1 },
    alpha.users.employee), [403, 'ACCESS_DENIED'])
  t.strictSame(await failureOf(alpha, 'event.unbind', { event: 'ONAPPINSTALL' }), [400, 'ERROR_ARGUMENT', 'HANDLER'])
})
