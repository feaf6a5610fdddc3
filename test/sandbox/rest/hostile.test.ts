import t from 'tap'
import type { Portal } from '../../../sandbox/index.ts'
import { methods } from '../../../sandbox/rest/methods/index.ts'
import { ask, callRest, resultOf, sandboxFor } from '../helper.ts'

/** What has no value as a text or a number: String() and Number() throw on it. */
const NO_TEXT = JSON.parse('{"toString":2,"valueOf":3,"constructor":1,"length":5,"ID":{"toString":1}}')
const ODD: unknown[] =
  [null, '', 'x', 1e21, -1, [], [[[]]], [NO_TEXT], NO_TEXT, { 0: { a: NO_TEXT } }, '\ud800', '\u0000']
const PARAMS = [
  'id', 'entityTypeId', 'filter', 'order', 'select', 'start', 'items', 'users', 'params', 'type', 'ownerId',
  'taskId', 'userId', 'rrule', 'from', 'to', 'attendees', 'is_meeting', 'options', 'cmd', 'full', 'scope',
  'data'
]
const FIELDS = [
  'TITLE', 'title', 'OPPORTUNITY', 'opened', 'contactIds', 'CONTACT_ID', 'FM', 'PHONE', 'UF_CRM_1',
  'BEGINDATE', 'FIELD_NAME', 'USER_TYPE_ID', 'LIST', 'SETTINGS', 'LABEL', 'RESPONSIBLE_ID', 'ACCOMPLICES',
  'FILES', 'COMMENT'
]

const withAll = (names: string[], value: unknown): Record<string, unknown> =>
  Object.fromEntries(names.map(name => [name, value]))

await t.test('REST: whatever is sent has an answer, and is no reason for later calls to fail', async t => {
  // The file that an address leads to is no JSON; the licence allows so many calls at once.
  const all = [...methods.keys()].filter(name => name !== 'download')
  // In two halves: no licence allows as many calls at once as there are methods and lists.
  const halves = [all.slice(0, all.length / 2), all.slice(all.length / 2)]
  for (const [value, names] of ODD.flatMap(value => halves.map((half): [unknown, string[]] => [value, half]))) {
    const { portals: { alpha }, trouble } = await sandboxFor(t)
    trouble.licence = 'enterprise'
    const wrong: unknown[] = []
    const look = async (name: string, params: Record<string, unknown>) => {
      const { status, body } = await callRest(alpha, name, params)
      if (status >= 500 || (status === 200 ? body.result : body.error) === undefined) wrong.push([name, status, body])
    }
    for (const name of names) {
      const known = { id: 8061, entityTypeId: 2, type: 'user', ownerId: 1, taskId: 1, name: 'x', is_meeting: 'Y' }
      await look(name, { ...withAll(PARAMS, value), ...known, fields: withAll(FIELDS, value) })
    }
    for (const name of names.filter(name => /\.(list|get)$/.test(name))) await look(name, withAll(PARAMS, value))
    t.strictSame(wrong, [], JSON.stringify(value))
  }
})

await t.test('REST: JSON that is deeper than PHP reads counts as none', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { accessToken: auth } = alpha.grant(alpha.users.admin)
  for (const [depth, status] of [[500, 200], [513, 401], [20_000, 401]] as const) {
    const body = `{"auth":"${auth}","fields":{"UF_CRM_1":${'['.repeat(depth)}${']'.repeat(depth)}}}`
    const headers = { 'content-type': 'application/json' }
    t.match(await ask(`${alpha.url}/rest/crm.deal.add`, { method: 'POST', headers, body }), { status }, String(depth))
  }
  t.match(await callRest(alpha, 'crm.deal.list'), { status: 200 })
})

await t.test('REST: a list in place of a value, and a text in place of a number, is none', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const fields = { TITLE: ['x'], OPPORTUNITY: 'abc', BEGINDATE: { 0: '2026-01-01' }, ASSIGNED_BY_ID: [2], OPENED: [] }
  const id = await resultOf(alpha, 'crm.deal.add', { fields })
  t.match(await resultOf(alpha, 'crm.deal.get', { id }),
    { TITLE: `Deal #${id}`, OPPORTUNITY: '0.00', BEGINDATE: null, ASSIGNED_BY_ID: '1', OPENED: 'N' })
})

const batch = async (portal: Portal, cmd: unknown, halt: unknown = 0) =>
  Object(await resultOf(portal, 'batch', { cmd, halt })) // the answers of the commands

await t.test('REST batch: odd commands and references have an answer of their own', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const missing = 'ID is not defined or invalid'
  const rows: Array<[cmd: unknown, errors: Record<string, string>]> = [
    [null, {}], ['profile', {}], [[null], { 0: 'Method not found!' }], [{ a: ['x'] }, { a: 'Method not found!' }],
    [{ a: 'crm.deal.get?id=$result[zz][ID]' }, { a: missing }],
    [{ a: 'crm.deal.get?id=$result[a][ID]' }, { a: missing }],
    [{ a: 'crm.deal.get?id=$result[b]', b: 'crm.deal.get?id=$result[a]' }, { a: missing, b: missing }],
    [{ a: 'profile', b: 'crm.deal.get?id=$result[a][NOTHING]' }, { b: missing }],
    [{ a: 'profile', b: 'crm.deal.get?id=$result[toString]' }, { b: missing }],
    [{ a: 'profile', b: 'crm.deal.list?filter=$result[a][NAME]' }, { b: "Parameter 'filter' must be array." }],
    [{ constructor: 'profile', b: 'user.get?ID=$result[constructor][ID]' }, {}]
  ]
  for (const [cmd, errors] of rows) {
    const { result_error: found } = await batch(alpha, cmd)
    const texts = Object.entries(found).map(([key, error]) => [key, Object(error).error_description])
    t.strictSame(Object.fromEntries(texts), errors, JSON.stringify(cmd))
  }
  for (const [halt, keys] of [[1, ['a']], ['Y', ['a']], [true, ['a']], ['0', ['a', 'c']], [[1], ['a']]]) {
    const { result } = await batch(alpha, { a: 'profile', b: 'nothing', c: 'profile' }, halt)
    t.strictSame(Object.keys(result), keys, `halt ${JSON.stringify(halt)}`)
  }
})

await t.test('REST calendar: moments and series without an end make nobody wait', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const event = { type: 'user', ownerId: 1, name: 'x' }
  t.match(await callRest(alpha, 'calendar.event.add', { ...event, from_ts: 1e18, to_ts: 1e18 }), { status: 400 })
  await resultOf(alpha, 'calendar.event.add',
    { ...event, from: '1990-01-01', to: '2037-12-31', rrule: { FREQ: 'DAILY', COUNT: 1e300 } })
  const range = { type: 'user', ownerId: 1, from: '1990-01-01', to: '9999-12-31' }
  t.match(await resultOf(alpha, 'calendar.event.get', range), { length: 1001 }, 'with the example')
  t.match(await resultOf(alpha, 'calendar.event.get.nearest', { days: 1e12, maxEventsCount: 1e12 }), { length: 1001 })
})
