import t from 'tap'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST status: a stage is added, changed and removed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const fields = { ENTITY_ID: 'DEAL_STAGE_1', STATUS_ID: 'DECISION', NAME: 'Decision making', SORT: 55 }
  const id = await resultOf(alpha, 'crm.status.add', { fields })
  const stage = {
    ID: String(id), STATUS_ID: 'C1:DECISION', NAME_INIT: '', SORT: '55', SYSTEM: 'N', CATEGORY_ID: '1', SEMANTICS: null
  }
  t.match(await resultOf(alpha, 'crm.status.get', { id }), { ...stage, NAME: 'Decision making', COLOR: '' })
  await resultOf(alpha, 'crm.status.update',
    { id, fields: { NAME: 'They decide', COLOR: '#FFA900', STATUS_ID: 'X', SORT: 'none' } })
  t.match(await resultOf(alpha, 'crm.status.list', { filter: { ENTITY_ID: 'DEAL_STAGE_1', NAME: 'They decide' } }),
    [{ ...stage, SORT: '10', EXTRA: { SEMANTICS: 'process', COLOR: '#FFA900' } }])

  await resultOf(alpha, 'crm.item.update',
    { entityTypeId: 2, id: 8062, fields: { categoryId: 1, stageId: 'C1:DECISION' } })
  const page = await (await fetch(`${alpha.url}/crm/deal/details/8062/`)).text()
  t.match(page, /They decide/)
  t.match(await callRest(alpha, 'crm.status.delete', { id }),
    { status: 400, body: { error_description: 'There are active items in this status.' } })
  await resultOf(alpha, 'crm.item.delete', { entityTypeId: 2, id: 8062 })
  t.equal(await resultOf(alpha, 'crm.status.delete', { id }), true)
  t.match(await callRest(alpha, 'crm.status.get', { id }),
    { status: 400, body: { error: '', error_description: 'Status is not found.' } })
})

await t.test('REST status: a value of a directory has any code, and an end its group', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const add = async (fields: object) =>
    resultOf(alpha, 'crm.status.get', { id: await resultOf(alpha, 'crm.status.add', { fields }) })
  t.match(await add({ ENTITY_ID: 'SOURCE', STATUS_ID: 'A fair, 2026', NAME: 'Fair' }),
    { STATUS_ID: 'A fair, 2026', SORT: '10', CATEGORY_ID: null })
  t.match(await add({ ENTITY_ID: 'DEAL_STAGE_1', STATUS_ID: 'C1:TOO_LATE', NAME: 'Too late', SEMANTICS: 'F' }),
    { STATUS_ID: 'C1:TOO_LATE', SEMANTICS: 'F' })
  t.match(await resultOf(alpha, 'crm.status.list', { filter: { NAME: ['Too late', 'Fair'] } }),
    [{ NAME: 'Fair', EXTRA: undefined }, { NAME: 'Too late', EXTRA: { SEMANTICS: 'apology' } }])
})

await t.test('REST status: what a portal refuses', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const add = 'crm.status.add'
  const fields = { ENTITY_ID: 'STATUS', STATUS_ID: 'CALLED', NAME: 'Called' }
  const rows: Array<[method: string, params: Record<string, unknown>, text: string]> = [
    [add, {}, "Parameter 'fields' must be array."],
    [add, { fields: { ...fields, ENTITY_ID: '' } }, 'The field ENTITY_ID is required.'],
    [add, { fields: { ...fields, STATUS_ID: '' } }, 'The field STATUS_ID is required.'],
    [add, { fields: { ...fields, NAME: '' } }, 'The required field "Title" is not filled'],
    [add, { fields: { ...fields, ENTITY_ID: 'NOTHING' } }, 'Specified entity type is not supported.'],
    [add, { fields: { ...fields, STATUS_ID: 'NEW' } }, 'Duplicate STATUS_ID.'],
    [add, { fields: { ...fields, STATUS_ID: 'NOT LATIN' } }, 'Error on creating status.'],
    [add, { fields: { ...fields, STATUS_ID: 'A'.repeat(22) } }, 'Error on creating status.'],
    [add, { fields: { ...fields, ENTITY_ID: 'SOURCE', STATUS_ID: 'A'.repeat(51) } }, 'Error on creating status.'],
    ['crm.status.get', { id: 999 }, 'Status is not found.'],
    ['crm.status.update', { id: 'x', fields }, 'Invalid identifier.'],
    ['crm.status.delete', { id: 1 },
      'CRM System Status can be deleted only if parameter FORCED is specified and equal to "Y".']
  ]
  for (const [method, params, text] of rows) {
    t.match(await callRest(alpha, method, params), { status: 400, body: { error: '', error_description: text } }, text)
  }
  for (const [method, params] of [[add, { fields }], ['crm.status.update', { id: 2, fields }],
    ['crm.status.delete', { id: 2 }]] as const) {
    t.match(await callRest(alpha, method, params, alpha.users.employee),
      { status: 400, body: { error_description: 'Access denied.' } }, method)
  }
})
