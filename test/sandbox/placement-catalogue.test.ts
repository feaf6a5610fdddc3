import t from 'tap'
import { openable, optionsSent } from '../../sandbox/placement-catalogue.ts'
import { sandboxFor } from './helper.ts'

// What differs from portal to portal and from call to call.
// The documentation prints & where Json::encode writes it as a code.

await t.test('placement catalogue: every placement that exists can be opened', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.installed = true
  t.equal(openable.size, 96)
  for (const [code, params] of openable) {
    const { body, method } = alpha.placementCall(code, { params })
    if (method === 'POST') t.strictSame([body.PLACEMENT, JSON.parse(body.PLACEMENT_OPTIONS ?? '{}')], [code, params])
  }
})

await t.test('placement catalogue: sends what kind and registration ask for', async t => {
  type Fields = Record<string, unknown>
  const row = (options: Fields = {}) => ({ id: 7, options })
  const rows: Array<[code: string, registration: ReturnType<typeof row> | undefined, sent: Fields | undefined]> = [
    ['CRM_DEAL_DETAIL_TOOLBAR', undefined, { ID: '8061' }],
    ...['QUOTE', 'SMART_INVOICE', 'DYNAMIC_183'].map((entity): [string, undefined, Fields] =>
      [`CRM_${entity}_DETAIL_TOOLBAR`, undefined, { ENTITY_ID: '8061' }]),
    ['CONTACT_CENTER', undefined, { ID: '717' }],
    ['CONTACT_CENTER', row(), { ID: '7' }],
    ['CRM_DEAL_DETAIL_ACTIVITY', undefined, { ID: '8061' }],
    ['CRM_DEAL_DETAIL_ACTIVITY', row({ useBuiltInInterface: 'N' }), { ID: '8061' }],
    ['CRM_SMART_INVOICE_DETAIL_ACTIVITY', row({ useBuiltInInterface: 'Y' }),
      { ID: '8061', entityTypeId: '31', entityId: '8061', useBuiltInInterface: 'Y' }],
    ['NOWHERE', undefined, undefined]
  ]
  for (const [code, registration, sent] of rows) t.strictSame(optionsSent(code, registration), sent, code)
})
