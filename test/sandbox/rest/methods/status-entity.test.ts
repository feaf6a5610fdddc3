import t from 'tap'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'
import { differences, exampleOf } from '../documented.ts'

await t.test('REST status: the directories are described as documented', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows = await resultOf(alpha, 'crm.status.entity.types') as Array<{ ID: string }> // a list of rows
  // Numbers of the smart process and the pipelines of the example.
  const toOwn = (id: string): string => id.replace('DYNAMIC_177_STAGE_7', 'DYNAMIC_183_STAGE_1').replace('E_5', 'E_2')
  for (const row of Object(exampleOf('crm.status.entity.types').answer.result)) {
    const own = rows.find(({ ID }) => ID === toOwn(row.ID))
    const lacking = row.ID.startsWith('DYNAMIC') ? ['CATEGORY_NAME', 'CATEGORY_SORT', 'IS_DEFAULT_CATEGORY'] : []
    if (row.ID !== 'CALL_LIST') t.strictSame(differences(row, own), lacking.map(name => `.${name}: missing`), row.ID)
  }
  t.match(rows.filter(({ ID }) => /STATUS|STAGE_1/.test(ID)), [
    { ID: 'DEAL_STAGE_1', PREFIX: 'C1', SEMANTIC_INFO: { START_FIELD: 'C1:NEW', FINAL_UNSUCCESS_FIELD: 'C1:LOSE' } },
    { ID: 'STATUS', SEMANTIC_INFO: { START_FIELD: 'NEW', FINAL_SUCCESS_FIELD: 'CONVERTED' }, ENTITY_TYPE_ID: 1 },
    { ID: 'QUOTE_STATUS', ENTITY_TYPE_ID: 7 },
    { ID: 'DYNAMIC_183_STAGE_1', SEMANTIC_INFO: [], PREFIX: 'DT183_1', ENTITY_TYPE_ID: 183, CATEGORY_ID: 1 }
  ])
})

await t.test('REST status: the values of a directory come in their order', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const fields = { ENTITY_ID: 'SOURCE', STATUS_ID: 'FIRST', NAME: 'First', SORT: 5 }
  await resultOf(alpha, 'crm.status.add', { fields })
  const [first] = await resultOf(alpha, 'crm.status.entity.items', { entityId: 'SOURCE' }) as unknown[] // a list
  t.strictSame(first, { NAME: 'First', SORT: 5, STATUS_ID: 'FIRST' })
  t.strictSame(await resultOf(alpha, 'crm.status.entity.items', { entityId: 'NONE' }), [])
  t.match(await callRest(alpha, 'crm.status.entity.items'),
    { status: 400, body: { error: '', error_description: 'The parameter entityId is not defined or invalid.' } })
})
