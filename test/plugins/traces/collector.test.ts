import { FastifyOtelInstrumentation } from '@fastify/otel'
import Fastify from 'fastify'
import t from 'tap'
import traces from '../../../plugins/traces/index.ts'
import { restCalls } from '../../../src/diagnostics/channels.ts'
import { startCollector } from '../../collector.ts'
import { until } from '../../until.ts'
import { startTraced } from './traced.ts'

await t.test('traces: disturb no call while the collector refuses', async t => {
  const { collector, fastify, lines, open } = await startTraced(t, { OTEL_BSP_SCHEDULE_DELAY: '10' })
  const said = (text: RegExp) => lines().filter(({ msg }) => text.test(msg)).length
  await until(() => collector.requests.length > 0)
  collector.answer(400)
  for (let times = 0; times < 2; times++) {
    const before = collector.requests.length
    t.equal((await open('CRM_DEAL_DETAIL_TAB')).status, 200)
    await until(() => collector.requests.length > before && said(/takes no spans/) > 0)
  }
  collector.answer(200)
  t.equal((await open('CRM_DEAL_DETAIL_TAB')).status, 200)
  await until(() => said(/takes spans again/) === 1)
  t.equal(said(/takes no spans/), 1)
  collector.answer(400)
  t.equal((await open('CRM_DEAL_DETAIL_TAB')).status, 200)
  await fastify.close()
})

await t.test('traces: do not hold the end of a process', async t => {
  const { collector, fastify, open } = await startTraced(t)
  collector.answer(0)
  await open('CRM_DEAL_DETAIL_TAB')
  await fastify.close()
  t.equal(collector.requests.length, 1)
})

await t.test('traces: are sent as protobuf by default', async t => {
  const { collector, fastify, open } = await startTraced(t, { OTEL_EXPORTER_OTLP_PROTOCOL: '' })
  await open('CRM_DEAL_DETAIL_TAB')
  await fastify.close()
  t.strictSame(collector.requests, ['POST /v1/traces application/x-protobuf'])
  t.match(collector.bodies.join(), /REST profile/)
})

await t.test('traces: stand alone, without the rest of the service', async t => {
  const collector = await startCollector(t, { OTEL_SERVICE_NAME: 'shop' })
  const fastify = Fastify()
  await fastify.register(traces, { protocol: 'http/json' })
  fastify.get('/health', { logLevel: 'warn' }, async () => 'well')
  fastify.get('/work', async () => {
    const thrown: unknown = 'no error'
    await t.rejects(restCalls.tracePromise(async () => { throw thrown }, { method: 'a b' }))
    return 'done'
  })
  for (const url of ['/health', '/health?a=1', '/work?secret=1', '/nowhere']) await fastify.inject(url)
  await restCalls.tracePromise(async () => 'outside of a call', { method: 'profile' })
  await fastify.close()
  const sent = collector.spans().map(({ name, attributes }) => [name, attributes['error.type']])
  t.strictSame(sent, [
    ['REST unknown', 'B24_ERR_INTERNAL'], ['handler', undefined], ['GET /work', undefined], ['GET', undefined]
  ])
  t.match(collector.resources(), [{ 'service.name': 'shop' }])
  await t.rejects(async () => await Fastify().register(traces, { protocol: 'grpc' as 'http/json' }), {
    message: 'traces: options.protocol must be one of http/protobuf, http/json'
  })
})

await t.test('traces: say so where the app around them has traces of its own', async t => {
  const fastify = Fastify()
  t.after(() => fastify.close())
  await fastify.register(new FastifyOtelInstrumentation().plugin())
  await t.rejects(async () => await fastify.register(traces), {
    message: 'traces: @fastify/otel traces the app already: leave one out'
  })
})
