import t from 'tap'
import { callRest, failureOf, resultOf, sandboxFor } from '../../helper.ts'
import { resultV3 } from '../v3/scene.ts'

const DEAL = 'ONCRMDEALADD'

await t.test('REST offline: a call leaves out the connector that it names', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.installed = true
  const connectors = ['', 'my_connector', 'other'].map(name => ({ auth_connector: name }))
  for (const connector of connectors) {
    await resultOf(alpha, 'event.bind', { event: 'ONCRMDEALUPDATE', event_type: 'offline', ...connector })
  }
  const change = { entityTypeId: 2, id: 8061, fields: { TITLE: 'New title' } }
  await resultOf(alpha, 'crm.item.update', { ...change, auth_connector: 'my_connector' })
  const counts = async (): Promise<number[]> => {
    const queues = await Promise.all(connectors.map(connector => resultOf(alpha, 'event.offline.list', connector)))
    return queues.map(events => Object.keys(Object(events)).length)
  }
  t.strictSame(await counts(), [1, 0, 1])
  const command = 'crm.item.update?entityTypeId=2&id=8062&fields[TITLE]=New'
  await resultOf(alpha, 'batch', { cmd: [command], auth_connector: 'my_connector' })
  t.strictSame(await counts(), [2, 0, 2], 'in a batch as well')
  await resultOf(alpha, 'crm.item.update', { ...change, fields: { TITLE: 'Another title' } })
  t.strictSame(await counts(), [2, 1, 2])
  t.strictSame(await resultOf(alpha, 'event.unbind',
    { event: 'ONCRMDEALUPDATE', event_type: 'offline', auth_connector: 'other' }), { count: 1 })
  t.match(await resultOf(alpha, 'event.get'), [{ connector_id: '' }, { connector_id: 'my_connector' }])
})

await t.test('REST offline: REST 3.0 leaves out the connector of a call', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.installed = true
  const connector = { auth_connector: 'my_connector' }
  await resultOf(alpha, 'event.bind', { event: 'ONTASKUPDATE', event_type: 'offline', ...connector })
  const change = { id: 31, fields: { title: 'New' } }
  await resultV3(alpha, 'tasks.task.update', { ...change, ...connector })
  t.strictSame(await resultOf(alpha, 'event.offline.list', connector), [])
  await resultV3(alpha, 'tasks.task.update', change)
  t.match(await resultOf(alpha, 'event.offline.list', connector), [{ EVENT_NAME: 'ONTASKUPDATE' }])
})

await t.test('REST offline: only administrators bind events of the portal', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { employee } = alpha.users
  const offline = { event: DEAL, event_type: 'offline' }
  t.equal(await resultOf(alpha, 'event.bind', offline), true)
  t.strictSame(await failureOf(alpha, 'event.bind', offline), [400, 'ERROR_CORE'])
  t.match(await callRest(alpha, 'event.bind', { ...offline, event: 'ONOFFLINEEVENT' }), {
    status: 400,
    body: { error: 'ERROR_ARGUMENT', error_description: 'Offline event cannot be registered for this event.' }
  })
  t.strictSame(await failureOf(alpha, 'event.bind', { ...offline, event_type: 'later' }),
    [400, 'ERROR_ARGUMENT', 'EVENT_TYPE'])
  for (const name of ['bind', 'unbind']) {
    t.match(await callRest(alpha, `event.${name}`, offline, employee), {
      status: 403,
      body: { error_description: `Access denied! Offline events ${name}ing requires administrator access rights` }
    })
  }
  t.strictSame(await resultOf(alpha, 'event.get', {}, employee), [])
  t.strictSame(await resultOf(alpha, 'event.unbind', offline), { count: 1 })
  t.strictSame(await resultOf(alpha, 'event.get'), [])
})
