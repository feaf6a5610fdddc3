import { createRequire } from 'node:module'
import t from 'tap'
import { startCollector, treesOf } from '../../collector.ts'
import { startService } from '../../service.ts'

const loaded = () => Object.keys(createRequire(import.meta.url).cache).filter(file => file.includes('@opentelemetry'))

/** OpenTelemetry reads the variables of its exporter by itself. */
const setVariables = (env: Record<string, string>) => { Object.assign(process.env, env) }

await t.test('traces: load nothing without their variables', async t => {
  const { call, fastify, sandbox: { portals: { alpha } }, url } = await startService(t)
  await call(alpha.placementCall('DEFAULT', { handler: `${url}/placement` }))
  t.strictSame(loaded(), [])
  t.notOk(fastify.hasPlugin('b24-traces'))
})

await t.test('traces: show the stages, REST and store of a call', async t => {
  const collector = await startCollector(t)
  setVariables(collector.env)
  const service = await startService(t, {
    env: collector.env,
    prepare: fastify => {
      fastify.placement('CRM_DEAL_DETAIL_TAB', {}, async request => ({ user: await request.placement.rest.call('profile') }))
    }
  })
  await service.install()
  await service.call(service.sandbox.portals.alpha.placementCall('CRM_DEAL_DETAIL_TAB', { params: { ID: '8061' }, handler: `${service.url}/placement` }))
  await service.fastify.close()
  for (const tree of treesOf(collector.spans())) console.log(tree)
  for (const span of collector.spans()) console.log(span.name, JSON.stringify(span.attributes))
  console.log(collector.bodies[0].slice(0,800), collector.headers)
})
