import t from 'tap'
import type { SandboxUser } from '../../../sandbox/index.ts'
import { startService } from '../../service.ts'

await t.test('isAdmin: is true only if the portal says so in time', async t => {
  const service = await startService(t, {
    prepare: fastify => {
      fastify.placement('LEFT_MENU', {}, async request =>
        [await fastify.portalRest.isAdmin(request), request.isPortalAdmin])
    }
  })
  const { alpha } = service.sandbox.portals
  await service.install()
  const ask = async (user: SandboxUser = alpha.users.admin) =>
    JSON.parse((await service.call(alpha.placementCall('LEFT_MENU', { user }))).text)
  t.strictSame(await ask(), [true, true])
  t.strictSame(await ask(alpha.users.employee), [false, false])
  for (const trouble of ['down', 'nonsense', 'unpaid'] as const) {
    service.sandbox.trouble.rest = trouble
    t.strictSame(await ask(), [false, false], trouble)
  }
  service.sandbox.trouble.rest = 'none'
  service.sandbox.trouble.restDelay = 8000
  t.strictSame(await ask(), [false, false])
  t.match(service.sandbox.requests.at(-1), { to: 'portal', name: 'batch' })
  t.equal(service.sandbox.requests.at(-1)?.status, undefined, 'nobody waits until the portal answers')
})

await t.test('isAdmin: is false without a verified call', async t => {
  const { fastify } = await startService(t, {
    prepare: fastify => { fastify.get('/', async request => ({ isAdmin: await fastify.portalRest.isAdmin(request) })) }
  })
  t.strictSame((await fastify.inject('/')).json(), { isAdmin: false })
})
