import t from 'tap'
import { fillIn, freshFields, savedCall } from '../../../sandbox/panel/saved-call.ts'
import { sandboxFor } from '../helper.ts'

await t.test('saved call: has placeholders, and shortens secrets in texts', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const params = { URI: `/crm/?sessid=${'s'.repeat(32)}`, ID: 5 }
  const { url, body, method } = alpha.placementCall('CRM_DEAL_DETAIL_TAB', { user: alpha.users.employee, params })
  const entry = {
    id: 1, at: 0, from: 'portal', to: 'application', method, path: '/placement', fields: {}, name: 'CRM_DEAL_DETAIL_TAB'
  } as const
  const saved = savedCall(alpha, entry, { url, body })
  t.match(
    saved, { user: 2, query: { APP_SID: '{{APP_SID}}' }, body: { AUTH_ID: '{{AUTH_ID}}', member_id: '{{member_id}}' } }
  )
  t.match(saved.body.PLACEMENT_OPTIONS, 'sessid=ssss…')
  t.match(saved.body.PLACEMENT_OPTIONS, '"ID":5')
})

await t.test('saved call: fresh values replace placeholders, unknown ones stay', async t => {
  t.strictSame(fillIn({ a: '{{AUTH_ID}}', b: '{{CODE}}', c: 'text' }, { AUTH_ID: 'fresh' }),
    { a: 'fresh', b: '{{CODE}}', c: 'text' })
})

await t.test('saved call: shortens a token under an innocent name', async t => {
  const { portals: { alpha }, clientSecret } = await sandboxFor(t)
  const { accessToken } = alpha.grant(alpha.users.admin)
  const handler = `http://127.0.0.1:9/${accessToken}/?token=${accessToken}&domain=own`
  const { url, body, method } = alpha.placementCall('DEFAULT',
    { handler, params: { note: `${accessToken} ${clientSecret} ${alpha.applicationToken}` } })
  const entry = { id: 1, at: 0, from: 'portal', to: 'application', method, path: '/placement', fields: {} } as const
  const saved = savedCall(alpha, entry, { url, body: { ...body, [accessToken]: '' } })
  for (const secret of [accessToken, clientSecret, alpha.applicationToken]) t.notMatch(JSON.stringify(saved), secret)
  t.match(saved, { query: { domain: 'own' } }, "the application's own fields stay")
})

await t.test('saved call: every placeholder has a fresh value', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { url, body, method } = alpha.placementCall('DEFAULT')
  const event = alpha.event('ONAPPINSTALL')
  const ofSystemUser = alpha.event('ONAPPUSERREADY')
  const entry = { id: 1, at: 0, from: 'portal', to: 'application', method, path: '/placement', fields: {} } as const
  for (const sent of [{ url, body }, event, ofSystemUser]) {
    const saved = savedCall(alpha, entry, sent)
    const { query, body } = saved
    const filled = {
      ...fillIn(query, freshFields(alpha, alpha.users.admin)), ...fillIn(body, freshFields(alpha, alpha.users.admin))
    }
    t.notMatch(JSON.stringify(filled), '{{')
    t.match(filled, 'event' in sent.body
      ? {
          'auth[domain]': alpha.domain, 'auth[member_id]': alpha.memberId
        }
      : { DOMAIN: alpha.domain, member_id: alpha.memberId })
    if (sent === ofSystemUser) {
      const { user } = alpha.state.tokens.findByRefresh(String(filled['data[refresh_token]'])) ?? {}
      t.equal(user, alpha.systemUser)
    }
    for (const own of [alpha.domain, alpha.memberId]) t.notOk(JSON.stringify({ query, body }).includes(own), own)
  }
})
