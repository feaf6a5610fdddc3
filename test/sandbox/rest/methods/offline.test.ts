import t from 'tap'
import type { Portal } from '../../../../sandbox/index.ts'
import { failureOf, resultOf, sandboxFor } from '../../helper.ts'

const DEAL = 'ONCRMDEALADD'
const UPDATE = 'ONCRMTIMELINECOMMENTUPDATE'

/** Binds the events as an installed application, and lets the first of them come twice. */
async function twoDeals (portal: Portal, connector = ''): Promise<void> {
  portal.installed = true
  for (const event of [DEAL, UPDATE]) {
    await resultOf(portal, 'event.bind', { event, event_type: 'offline', auth_connector: connector })
  }
  for (const TITLE of ['Coats', 'Hats']) await resultOf(portal, 'crm.deal.add', { fields: { TITLE } })
}

await t.test('REST offline: events wait until they are taken', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await twoDeals(alpha)
  t.match(await resultOf(alpha, 'event.get'), [{ event: DEAL, connector_id: '', offline: 1 }, { event: UPDATE }])
  const event = { EVENT_NAME: DEAL, EVENT_DATA: { FIELDS: { ID: '8063' } }, EVENT_ADDITIONAL: { user_id: '1' } }
  t.match(await resultOf(alpha, 'event.offline.list'), [{ ID: '1', ...event, PROCESS_ID: '', ERROR: '0' }, { ID: '2' }])
  t.strictSame(await resultOf(alpha, 'event.offline.list', { auth_connector: 'other' }), [])
  t.match(await resultOf(alpha, 'event.offline.get', { limit: 1 }),
    { process_id: null, events: [{ ID: '1', ...event, PROCESS_ID: undefined }] })
  t.match(await resultOf(alpha, 'event.offline.get'), { events: [{ ID: '2' }] })
  t.match(await resultOf(alpha, 'event.offline.get'), { events: [] })
})

await t.test('REST offline: a change that waits already waits once', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await twoDeals(alpha)
  const fields = { ENTITY_TYPE: 'deal', ENTITY_ID: 8063, COMMENT: 'Call her' }
  const id = await resultOf(alpha, 'crm.timeline.comment.add', { fields })
  const update = (COMMENT: string) => resultOf(alpha, 'crm.timeline.comment.update', { id, fields: { COMMENT } })
  await update('Call him')
  await update('Call them')
  t.match(await resultOf(alpha, 'event.offline.list', { filter: { EVENT_NAME: UPDATE } }), [{ ID: '3' }])
  await resultOf(alpha, 'event.offline.get', { clear: 0 })
  await update('Call nobody')
  t.match(await resultOf(alpha, 'event.offline.list', { filter: { PROCESS_ID: '' } }),
    [{ ID: '4', EVENT_NAME: UPDATE }])
})

await t.test('REST offline: a process reserves events, confirms and fails', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await twoDeals(alpha, 'books')
  const call = (method: string, params: object = {}) =>
    resultOf(alpha, `event.offline.${method}`, { auth_connector: 'books', ...params })
  const { process_id: id } = Object(await call('get', { clear: 0 }))
  t.match(id, /^[\da-f]{32}$/)
  t.match(await call('get', { clear: 0 }), { events: [] }, 'hidden from others')
  t.match(await call('get', { clear: 0, process_id: id }), { process_id: id, events: [{ ID: '1' }, { ID: '2' }] })
  t.equal(await call('error', { process_id: id, message_id: [1] }), true)
  t.match(await call('get', { clear: 0, process_id: id }), { events: [{ ID: '2' }] })
  t.equal(await call('clear', { process_id: id, id: [2] }), true)
  t.match(await call('list'), [{ ID: '1', ERROR: '1', PROCESS_ID: id }])
  t.match(await call('get', { error: 1 }), { events: [{ ID: '1' }] })
  t.strictSame(await call('list'), [])
  t.strictSame(await failureOf(alpha, 'event.offline.clear'), [400, 'ERROR_ARGUMENT', 'process_id'])
})

await t.test('REST offline: only administrators bind events of the portal', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { employee } = alpha.users
  const offline = { event: DEAL, event_type: 'offline' }
  t.equal(await resultOf(alpha, 'event.bind', offline), true)
  t.strictSame(await failureOf(alpha, 'event.bind', offline), [400, 'ERROR_CORE'])
  t.strictSame(await failureOf(alpha, 'event.bind', { ...offline, event: 'ONAPPINSTALL' }),
    [400, 'ERROR_ARGUMENT', 'EVENT_TYPE'])
  t.strictSame(await failureOf(alpha, 'event.bind', offline, employee), [403, 'ACCESS_DENIED'])
  t.strictSame(await failureOf(alpha, 'event.unbind', offline, employee), [403, 'ACCESS_DENIED'])
  t.strictSame(await resultOf(alpha, 'event.get', {}, employee), [])
  t.strictSame(await resultOf(alpha, 'event.unbind', offline), { count: 1 })
  t.strictSame(await resultOf(alpha, 'event.get'), [])
})
