import t from 'tap'
import { startService } from '../service.ts'

await t.test('pages: can be framed by their portal only', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  await service.install()
  const employees = alpha.placementCall('REST_APP_URI', { user: alpha.users.employee })
  const elsewhere = { query: { DOMAIN: 'other.bitrix24.com', PROTOCOL: '1' } }
  const pages = {
    verified: await service.call(alpha.placementCall('REST_APP_URI')),
    'verified, though DOMAIN names another': await service.call(employees, elsewhere),
    refused: await service.call(alpha.placementCall('REST_APP_URI'), { body: { AUTH_ID: '' } }),
    'too large': await service.post(`/placement?DOMAIN=${alpha.domain}&PROTOCOL=0`, `a=${'x'.repeat(200_000)}`)
  }
  for (const [name, { headers }] of Object.entries(pages)) {
    const policy = headers.get('content-security-policy') ?? ''
    t.match(policy, new RegExp(`frame-ancestors 'self' ${alpha.url}$`), name)
    t.match(policy, `connect-src 'self' ${alpha.url};`, name)
    t.match(policy, "script-src 'self';", name)
    t.notMatch(policy, 'unsafe', name)
    t.equal(headers.get('x-frame-options'), null, name)
    t.equal(headers.get('set-cookie'), null, name)
    t.equal(headers.get('cache-control'), 'no-store', name)
    t.equal(headers.get('referrer-policy'), 'no-referrer', name)
    t.equal(headers.get('x-content-type-options'), 'nosniff', name)
  }
  const outside = await fetch(new URL('/placement', service.url))
  t.match(outside.headers.get('content-security-policy'), "frame-ancestors 'none'")
  const [, address = ''] = /href="([^"]+page\.css[^"]+)"/.exec(pages.verified.text) ?? []
  const asset = await fetch(new URL(address, service.url))
  t.match(asset.headers.get('cache-control'), 'immutable')
  t.equal(asset.headers.get('content-security-policy'), null)
})
