import t from 'tap'
import { fillIn, savedCall } from '../../../sandbox/panel/saved-call.ts'
import { sandboxFor } from '../helper.ts'

await t.test('a call is saved with placeholders, and what hides in its texts is shortened', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const params = { URI: `/crm/?sessid=${'s'.repeat(32)}`, ID: 5 }
  const { url, body, method } = alpha.placementCall('CRM_DEAL_DETAIL_TAB', { user: alpha.users.employee, params })
  const entry = { id: 1, at: 0, from: 'portal', to: 'application', method, path: '/placement', fields: {}, name: 'CRM_DEAL_DETAIL_TAB' } as const
  const saved = savedCall(alpha, entry, { url, body })
  t.match(saved, { user: 2, query: { APP_SID: '{{APP_SID}}' }, body: { AUTH_ID: '{{AUTH_ID}}', member_id: alpha.memberId } })
  t.match(saved.body.PLACEMENT_OPTIONS, 'sessid=ssss…')
  t.match(saved.body.PLACEMENT_OPTIONS, '"ID":5')
})

await t.test('placeholders are replaced by fresh values, unknown ones stay', async t => {
  t.strictSame(fillIn({ a: '{{AUTH_ID}}', b: '{{CODE}}', c: 'text' }, { AUTH_ID: 'fresh' }), { a: 'fresh', b: '{{CODE}}', c: 'text' })
})
