import t from 'tap'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

const call = {
  OWNER_TYPE_ID: 2,
  OWNER_ID: 8061,
  TYPE_ID: 2,
  COMMUNICATIONS: [{ VALUE: '+79832322323', ENTITY_ID: 5, ENTITY_TYPE_ID: 3 }],
  SUBJECT: 'New call',
  START_TIME: '2023-12-31T12:00:00+00:00',
  END_TIME: '2023-12-31T12:30:00+00:00',
  COMPLETED: 'N',
  PRIORITY: 3,
  RESPONSIBLE_ID: 1,
  DESCRIPTION: 'Important call',
  DESCRIPTION_TYPE: 3,
  DIRECTION: 2
}

await t.test('REST activity: an activity is added, read, changed and removed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.equal(await resultOf(alpha, 'crm.activity.add', { fields: call }, alpha.users.employee), 1)
  const expected = {
    ID: '1',
    OWNER_ID: '8061',
    OWNER_TYPE_ID: '2',
    TYPE_ID: '2',
    PROVIDER_GROUP_ID: null,
    ASSOCIATED_ENTITY_ID: '0',
    SUBJECT: 'New call',
    CREATED: /^\d{4}-/,
    LAST_UPDATED: /^\d{4}-/,
    START_TIME: '2023-12-31T12:00:00+00:00',
    END_TIME: '2023-12-31T12:30:00+00:00',
    DEADLINE: '2023-12-31T12:30:00+00:00',
    COMPLETED: 'N',
    STATUS: '1',
    RESPONSIBLE_ID: '1',
    PRIORITY: '3',
    DESCRIPTION: 'Important call',
    DESCRIPTION_TYPE: '3',
    DIRECTION: '2',
    SETTINGS: [],
    AUTHOR_ID: '2',
    EDITOR_ID: '2',
    COMMUNICATIONS: undefined
  }
  t.match(await resultOf(alpha, 'crm.activity.get', { id: 1 }), expected)
  t.equal(await resultOf(alpha, 'crm.activity.update', { id: 1, fields: { COMPLETED: 'Y' } }), true)
  t.match(await resultOf(alpha, 'crm.activity.get', { id: 1 }),
    { ...expected, COMPLETED: 'Y', STATUS: '2', EDITOR_ID: '1' })
  t.equal(await resultOf(alpha, 'crm.activity.delete', { id: 1 }), true)
  for (const method of ['get', 'update', 'delete']) {
    t.match(await callRest(alpha, `crm.activity.${method}`, { id: 1, fields: {} }),
      { status: 400, body: { error: '', error_description: 'Activity is not found.' } }, method)
  }
})

await t.test('REST activity: activities are listed by owner', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (const fields of [call, { ...call, OWNER_TYPE_ID: 3, OWNER_ID: 5 }, { ...call, SUBJECT: 'Second' }]) {
    await resultOf(alpha, 'crm.activity.add', { fields })
  }
  const list = (params: object) => callRest(alpha, 'crm.activity.list', { order: { ID: 'DESC' }, ...params })
  const filter = { OWNER_TYPE_ID: 2, OWNER_ID: 8061, COMPLETED: 'N' }
  t.match((await list({ filter, select: ['*', 'COMMUNICATIONS'] })).body, {
    total: 2,
    result: [{ ID: '3', SUBJECT: 'Second', COMMUNICATIONS: [{ ENTITY_ID: 5 }] }, { ID: '1', STATUS: '1' }]
  })
  t.strictSame((await list({ filter, select: ['ID', 'SUBJECT'] })).body.result,
    [{ ID: '3', SUBJECT: 'Second' }, { ID: '1', SUBJECT: 'New call' }])
  t.match((await list({})).body, { total: 3, result: [{ COMMUNICATIONS: undefined }] })
})

await t.test('REST activity: activities are listed by what they are bound to', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const early = { ...call, START_TIME: '2022-01-01T12:00:00+00:00', COMMUNICATIONS: [{ VALUE: 'x' }] }
  for (const fields of [call, { ...call, OWNER_TYPE_ID: 3, OWNER_ID: 5 }, early]) {
    await resultOf(alpha, 'crm.activity.add', { fields })
  }
  const rows: Array<[filter: object, ids: string[]]> = [
    [{ BINDINGS: [{ OWNER_TYPE_ID: 3 }] }, ['1', '2']],
    [{ BINDINGS: [{ OWNER_TYPE_ID: '2', OWNER_ID: 8061 }] }, ['3', '1']],
    [{ BINDINGS: [{ OWNER_TYPE_ID: 2 }, { OWNER_TYPE_ID: 3 }] }, ['3', '1', '1', '2']],
    [{ BINDINGS: [{ OWNER_ID: 5 }], OWNER_TYPE_ID: 2 }, ['1']],
    [{ BINDINGS: [{ OWNER_TYPE_ID: 1 }] }, []],
    [{ BINDINGS: [] }, []],
    [{ BINDINGS: 'x' }, []],
    [{}, ['3', '1', '2']]
  ]
  for (const [filter, ids] of rows) {
    t.strictSame(await resultOf(alpha, 'crm.activity.list', { filter, select: ['ID'] }), ids.map(ID => ({ ID })),
      JSON.stringify(filter))
  }
  for (const name of ['order', 'filter']) {
    t.match(await callRest(alpha, 'crm.activity.list', { [name]: 'x' }),
      { status: 400, body: { error: '', error_description: `Parameter '${name}' must be array.` } }, name)
  }
})

await t.test('REST activity: an activity is refused with the documented texts', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[fields: object, text: string]> = [
    [{ SUBJECT: '' }, 'The field SUBJECT is not defined or empty.'],
    [{ RESPONSIBLE_ID: undefined }, 'The field RESPONSIBLE_ID is not defined or invalid.'],
    [{ TYPE_ID: undefined }, 'The field TYPE_ID is not defined or invalid.'],
    [{ COMMUNICATIONS: [] }, 'The field COMMUNICATIONS is not defined or invalid.'],
    [{ COMMUNICATIONS: [{ VALUE: '1' }, { VALUE: '2' }] },
      'The only one communication is allowed for activity of specified type.'],
    [{ TYPE_ID: 6 }, 'The custom activity without provider is not supported in current context.'],
    [{ OWNER_ID: undefined },
      'Could not build binding. Please ensure that owner info and communications are defined correctly.'],
    [{ OWNER_ID: 1 }, 'Access denied.'],
    [{ OWNER_TYPE_ID: 77 }, 'Access denied.']
  ]
  for (const [fields, text] of rows) {
    t.match(await callRest(alpha, 'crm.activity.add', { fields: { ...call, ...fields } }),
      { status: 400, body: { error: '', error_description: text } }, text)
  }
  const id = await resultOf(alpha, 'crm.activity.add', { fields: call })
  t.match(await callRest(alpha, 'crm.activity.update', { id, fields: { SUBJECT: ' ' } }),
    { status: 400, body: { error: '', error_description: 'The field SUBJECT is not defined or empty.' } })
  t.equal(await resultOf(alpha, 'crm.activity.update', { id, fields: { COMPLETED: 'Y' } }), true)
})
