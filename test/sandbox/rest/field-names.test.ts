import t from 'tap'
import { rename, toCamelCase, toFieldName } from '../../../sandbox/rest/field-names.ts'

await t.test('field names: names of fields are turned into the other form and back', async t => {
  for (const [upper, camel] of [['ID', 'id'], ['STAGE_ID', 'stageId'], ['ASSIGNED_BY_ID', 'assignedById'],
    ['UF_CRM5_123', 'ufCrm5_123']] as const) {
    t.equal(toCamelCase(upper), camel, upper)
    t.equal(toFieldName(camel), upper, camel)
  }
  t.strictSame(rename({ STAGE_ID: 'NEW' }, toCamelCase), { stageId: 'NEW' })
})
