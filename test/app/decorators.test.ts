import Fastify from 'fastify'
import t from 'tap'
import { startService } from '../service.ts'

// Beside Fastify's own hooks, which are methods of the instance as well.
const hooks = ['onInstalled', 'onUpdated', 'onUninstalled']

const most = 20

await t.test(`app: adds at most ${most} decorators to the instance`, async t => {
  const { fastify } = await startService(t)
  const bare = Object.keys(Fastify())
  const added = Object.keys(fastify).filter(name => !bare.includes(name) && !hooks.includes(name))
  t.ok(added.includes('placement'))
  t.ok(added.length <= most, `${added.length}: ${added.sort().join()}`)
})
