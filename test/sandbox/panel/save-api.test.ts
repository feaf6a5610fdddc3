import t from 'tap'
import { ask, sandboxFor } from '../helper.ts'
import { record } from './record.ts'

await t.test('save api: a call is saved without its secrets', async t => {
  const sandbox = await sandboxFor(t)
  const { alpha } = sandbox.portals
  const { id } = record(sandbox, alpha)
  const response = await fetch(`${sandbox.url}/sandbox/api/wire/${id}/save`)
  t.equal(response.headers.get('content-disposition'), `attachment; filename="call-${id}.json"`)
  const { query, body, ...saved } = Object(await response.json())
  t.strictSame(
    saved, { portal: alpha.url, user: 2, placement: 'DEFAULT', method: 'POST', url: 'http://127.0.0.1:9/install' }
  )
  t.match(query, { DOMAIN: '{{DOMAIN}}', APP_SID: '{{APP_SID}}' })
  t.match(body, {
    AUTH_ID: '{{AUTH_ID}}',
    REFRESH_ID: '{{REFRESH_ID}}',
    APPLICATION_TOKEN: '{{APPLICATION_TOKEN}}',
    SERVER_ENDPOINT: '{{SERVER_ENDPOINT}}',
    member_id: '{{member_id}}',
    PLACEMENT: 'DEFAULT'
  })
})

await t.test('save api: a call of the other portal is saved as what it is', async t => {
  const sandbox = await sandboxFor(t)
  const { alpha, beta } = sandbox.portals
  const { id } = record(sandbox, beta)
  t.match((await ask(`${alpha.url}/sandbox/api/wire/${id}/save`)).body, { portal: beta.url, user: 2 })
})

await t.test('save api: an event is saved without its secrets', async t => {
  const { url: portalUrl, wire, portals: { alpha } } = await sandboxFor(t)
  const { url, body } = alpha.event('ONAPPINSTALL')
  const method = 'POST'
  wire.record({ from: 'portal', to: 'application', method, path: '/events', name: 'ONAPPINSTALL', sent: { url, body } })
  wire.record({ from: 'portal', to: 'application', method, path: '/events', sent: { url } })
  t.match((await ask(`${portalUrl}/sandbox/api/wire/1/save`)).body, {
    user: 1,
    placement: 'ONAPPINSTALL',
    body: {
      'auth[access_token]': '{{AUTH_ID}}',
      'auth[refresh_token]': '{{REFRESH_ID}}',
      'auth[application_token]': '{{APPLICATION_TOKEN}}',
      'auth[domain]': '{{DOMAIN}}',
      ts: '{{ts}}'
    }
  })
  t.match((await ask(`${portalUrl}/sandbox/api/wire/2/save`)).body, { user: 1, placement: '', query: {}, body: {} })
})
