import t from 'tap'
import { createRefreshCounts } from '../../../plugins/tokens/refresh-counts.ts'

await t.test('refusals are counted by outcome and by code, and what nobody documented is one code', async t => {
  const counts = createRefreshCounts()
  for (const code of ['lost', 'unavailable', 'payment_required', 'payment_required', 'their_own', 'constructor']) counts.refuse(code)
  counts.count('refreshed')
  t.strictSame(counts.outcomes(), { refreshed: 1, superseded: 0, lost: 1, refused: 4, unavailable: 1, recovered: 0, recovery_refused: 0 })
  t.strictSame(counts.refusals(), {
    lost: 1,
    unavailable: 1,
    unreadable: 0,
    failed: 0,
    server_not_allowed: 0,
    invalid_client: 0,
    wrong_client: 0,
    invalid_request: 0,
    invalid_scope: 0,
    insufficient_scope: 0,
    not_installed: 0,
    payment_required: 2,
    other: 2
  })
})
