import t from 'tap'
import { startService } from '../service.ts'

await t.test('app: starts without any screen, and offers no links', async t => {
  const { fastify, install, call, url, sandbox: { portals: { alpha } } } = await startService(t)
  await install()
  t.strictSame(fastify.links.screens(), [])
  t.strictSame(fastify.placements.all().map(({ code }) => code).sort(), ['DEFAULT', 'REST_APP_URI'])
  t.equal((await fetch(`${url}/ready`)).status, 200)
  t.equal((await fetch(`${url}/api/openapi.json`)).status, 200)
  const home = await call(alpha.placementCall('DEFAULT'))
  t.equal(home.status, 200)
  t.notMatch(home.text, 'data-composer')
})
