import Fastify from 'fastify'
import t from 'tap'
import { startService } from '../service.ts'

// Decorators of @fastify/swagger.
const others = ['swagger', 'swaggerCSP']

const most = 24

await t.test(`app: adds at most ${most} decorators to the instance`, async t => {
  const { fastify } = await startService(t)
  const bare = Object.keys(Fastify())
  const added = Object.keys(fastify).filter(name => !bare.includes(name) && !others.includes(name))
  t.ok(added.includes('placement'))
  t.ok(added.length <= most, `${added.length}: ${added.sort().join()}`)
})
