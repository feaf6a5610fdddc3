import t from 'tap'
import { startService } from '../service.ts'

await t.test('app: starts and shows its own pages without links', async t => {
  const {
    fastify, install, call, store, url, sandbox: { portals: { alpha } }
  } = await startService(t, { app: { links: false } })
  await install()
  const home = await call(alpha.placementCall('DEFAULT'))
  t.equal(home.status, 200)
  t.match(home.text, /<h1[^>]*>Share the application<[^]*Share this link\./)
  t.match(home.text, '<code dir="ltr">REST_<wbr>APP_<wbr>URI</code>')
  t.notMatch(home.text, /data-composer|id="visits"/)

  const params = { screen: 'part', docId: 'B42' }
  const link = await call(alpha.placementCall('REST_APP_URI', { params }))
  t.equal(link.status, 200)
  t.match(link.text, 'The link passed these values.')
  t.match(link.text, 'B42')
  t.equal((await call(alpha.placementCall('DEFAULT', { params }))).text.includes('Share the application'), true)

  const tables = (await store.database.introspection.getTables()).map(({ name }) => name)
  t.strictSame(tables.filter(name => /link|visit/.test(name)), [])
  for (const name of ['links', 'screen']) t.notOk(fastify.hasDecorator(name), name)
  t.equal((await fetch(`${url}/api/links`, { method: 'POST' })).status, 404)
  t.notMatch(await (await fetch(`${url}/api/openapi.json`)).text(), '/api/links')
})
