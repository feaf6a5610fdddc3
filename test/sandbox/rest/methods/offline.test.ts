import t from 'tap'
import type { Portal } from '../../../../sandbox/index.ts'
import { callRest, failureOf, resultOf, sandboxFor } from '../../helper.ts'

const DEAL = 'ONCRMDEALADD'
const UPDATE = 'ONCRMTIMELINECOMMENTUPDATE'

interface Waiting { ID: string, MESSAGE_ID: string, EVENT_NAME: string, PROCESS_ID: string, ERROR: string }

/** Binds the events as an installed application, and lets the first of them come twice. */
async function twoDeals (portal: Portal, connector = ''): Promise<void> {
  portal.installed = true
  for (const event of [DEAL, UPDATE]) {
    await resultOf(portal, 'event.bind', { event, event_type: 'offline', auth_connector: connector })
  }
  for (const TITLE of ['Coats', 'Hats']) await resultOf(portal, 'crm.deal.add', { fields: { TITLE } })
}

const waiting = async (portal: Portal, params: object = {}): Promise<Waiting[]> =>
  await resultOf(portal, 'event.offline.list', { ...params }) as Waiting[] // rows of the queue

await t.test('REST offline: events wait until they are taken', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await twoDeals(alpha)
  t.match(await resultOf(alpha, 'event.get'), [{ event: DEAL, connector_id: '', offline: 1 }, { event: UPDATE }])
  const event = {
    EVENT_NAME: DEAL,
    EVENT_DATA: { FIELDS: { ID: '8063' } },
    EVENT_ADDITIONAL: { user_id: '1' },
    MESSAGE_ID: /^[\da-f]{32}$/
  }
  t.match(await waiting(alpha), [{ ID: '1', ...event, PROCESS_ID: '', ERROR: '0' }, { ID: '2' }])
  t.strictSame(await waiting(alpha, { auth_connector: 'other' }), [])
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
  const update = (COMMENT: string) =>
    resultOf(alpha, 'crm.timeline.comment.update', { id, fields: { COMMENT } }, alpha.users.employee)
  await update('Call him')
  await update('Call them')
  t.match(await waiting(alpha, { filter: { EVENT_NAME: UPDATE } }), [{ ID: '3', EVENT_ADDITIONAL: { user_id: '2' } }])
  await resultOf(alpha, 'event.offline.get', { clear: 0 })
  await update('Call nobody')
  t.match(await waiting(alpha, { filter: { PROCESS_ID: '' } }), [{ ID: '4', EVENT_NAME: UPDATE }])
})

await t.test('REST offline: a process reserves events and confirms them', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await twoDeals(alpha, 'books')
  const call = (method: string, params: object = {}) =>
    resultOf(alpha, `event.offline.${method}`, { auth_connector: 'books', ...params })
  const { process_id: id } = Object(await call('get', { clear: 0 }))
  t.match(id, /^[\da-f]{32}$/)
  t.match(await call('get', { clear: 0 }), { events: [] }, 'hidden from others')
  t.match(await call('get', { clear: 0, process_id: id }), { process_id: id, events: [{ ID: '1' }, { ID: '2' }] })
  t.equal(await call('clear', { process_id: id, id: [2] }), true)
  t.match(await call('list'), [{ ID: '1', PROCESS_ID: id }])
  t.equal(await call('clear', { process_id: 'other' }), true)
  const [first] = await waiting(alpha, { auth_connector: 'books' })
  t.equal(await call('clear', { process_id: id, message_id: [first?.MESSAGE_ID] }), true)
  t.strictSame(await call('list'), [])
})

await t.test('REST offline: reading a process again takes all of it out', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await twoDeals(alpha)
  const { process_id: id } = Object(await resultOf(alpha, 'event.offline.get', { clear: 0 }))
  t.match(await resultOf(alpha, 'event.offline.get', { process_id: id, limit: 1 }),
    { process_id: id, events: [{ ID: '1' }] })
  t.strictSame(await waiting(alpha), [])
})

await t.test('REST offline: what a process could not do is marked', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await twoDeals(alpha)
  const { process_id: id, events } = Object(await resultOf(alpha, 'event.offline.get', { clear: 0 }))
  const failed = { process_id: id, message_id: [events[0].MESSAGE_ID] }
  t.equal(await resultOf(alpha, 'event.offline.error', failed), true)
  t.match(await waiting(alpha), [{ ID: '1', ERROR: '1', PROCESS_ID: '' }, { ID: '2', ERROR: '0', PROCESS_ID: id }])
  t.match(await resultOf(alpha, 'event.offline.get', { clear: 0, process_id: id }), { events: [{ ID: '2' }] })
  t.equal(await resultOf(alpha, 'event.offline.error', { process_id: 'other', message_id: [events[1].MESSAGE_ID] }),
    true, 'with a wrong process the event is gone')
  const { events: wrong } = Object(await resultOf(alpha, 'event.offline.get', { error: 1 }))
  t.match(wrong, [{ ID: '1' }])
  t.equal(wrong.length, 1, 'nothing but what was marked')
  t.strictSame(await waiting(alpha), [])
})

await t.test('REST offline: a call is refused with the documented errors', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[method: string, params: object, description: string, argument?: string]> = [
    ['clear', {}, "Argument 'PROCESS_ID' is null or empty", 'PROCESS_ID'],
    ['clear', { process_id: 'x', id: 2 }, 'Value must be array of integers', 'id'],
    ['clear', { process_id: 'x', id: [0] }, 'Value must be array of integers', 'id'],
    ['clear', { process_id: 'x', message_id: [2] }, 'Value must be array of MESSAGE_ID values', 'message_id'],
    ['error', {}, "Argument 'PROCESS_ID' is null or empty", 'PROCESS_ID'],
    ['error', { process_id: 'x' }, 'Value must be array of MESSAGE_ID values', 'message_id'],
    ['get', { limit: 0 }, 'Value must be positive integer', 'LIMIT'],
    ['get', { filter: { ERROR: 0 } }, 'Filter field not allowed: ERROR'],
    ['get', { filter: { '!ID': 1 } }, 'Filter operation not allowed: !'],
    ['list', { filter: 'ID' }, 'The filter is not an array.'],
    ['list', { order: 'ID' }, 'The order is not an array.'],
    ['list', { order: { EVENT_DATA: 'ASC' } }, 'Order field not allowed: EVENT_DATA'],
    ['list', { order: { ID: 'UP' } }, 'Order direction should be one of {ASC|DESC}']
  ]
  for (const [method, params, description, argument] of rows) {
    t.match(await callRest(alpha, `event.offline.${method}`, { ...params }),
      { status: 400, body: { error: 'ERROR_ARGUMENT', error_description: description, argument } }, description)
  }
  for (const method of ['get', 'list', 'clear', 'error']) {
    t.strictSame(await failureOf(alpha, `event.offline.${method}`, {}, alpha.users.employee), [403, 'ACCESS_DENIED'])
  }
})
