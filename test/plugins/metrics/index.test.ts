import Fastify from 'fastify'
import t from 'tap'
import metrics from '../../../plugins/metrics/index.ts'
import {
  proofChannel, queryChannel, requestChannel, restChannel, type QueryMessage, type RestMessage
} from '../../../src/diagnostics/measurements.ts'
import { handlers } from '../../../src/diagnostics/channels.ts'
import { build } from '../../build.ts'
import { startService } from '../../service.ts'

await t.test('metrics: count the routes of any Fastify app', async t => {
  const app = await build(t, async app => {
    await app.register(metrics)
    app.get('/hello/:name', async () => 'hello')
  })
  await app.inject('/metrics')
  for (const path of ['/hello/anna', '/hello/bert', '/nowhere']) await app.inject(path)
  const { body, headers } = await app.inject('/metrics')
  t.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
  t.match(body, 'b24_requests_total{route="/hello/:name",placement="none",method="GET",status="200"} 2')
  t.match(body, 'b24_requests_total{route="none",placement="none",method="GET",status="404"} 1')
  t.match(body, 'b24_request_duration_seconds_count{route="/hello/:name",placement="none"} 2')
  t.match(body, '\nnodejs_eventloop_lag_p99_seconds ')
  t.match(body, '\nprocess_resident_memory_bytes ')
  t.notMatch(body, 'b24_token_refreshes_total')
})

await t.test('metrics: listen from the first reading until the end', async t => {
  const channels = [requestChannel, proofChannel, restChannel, queryChannel]
  t.ok(channels.every(({ hasSubscribers }) => !hasSubscribers))
  const app = Fastify()
  await app.register(metrics, { path: '/numbers', token: 'secret' })
  t.equal((await app.inject('/numbers')).statusCode, 401)
  t.ok(channels.every(({ hasSubscribers }) => !hasSubscribers), 'a stranger starts nothing')
  const authorization = 'Bearer secret'
  t.equal((await app.inject({ url: '/numbers', headers: { authorization } })).statusCode, 200)
  t.ok(channels.every(({ hasSubscribers }) => hasSubscribers))
  await app.close()
  t.ok(channels.every(({ hasSubscribers }) => !hasSubscribers))
})

await t.test('metrics: name areas, refusals and operations that they know', async t => {
  const app = await build(t, async app => { await app.register(metrics) })
  await app.inject('/metrics')
  for (const [method, refusal] of [
    ['crm.deal.list', undefined], ['CRM.item.get', 'QUERY_LIMIT_EXCEEDED'], ['evil.portal.1', 'PORTAL_INVENTED_THIS'],
    ['', 'unavailable']
  ] as const) restChannel.publish({ method, seconds: 0.1, refusal } satisfies Partial<RestMessage>)
  for (const kind of ['SelectQueryNode', 'InsertQueryNode', 'connect', 'RawNode']) {
    queryChannel.publish({ kind, seconds: 0.001, hasFailed: kind === 'InsertQueryNode' } satisfies QueryMessage)
  }
  const { body } = await app.inject('/metrics')
  for (const line of [
    'b24_rest_duration_seconds_count{area="crm"} 2',
    'b24_rest_duration_seconds_count{area="other"} 2',
    'b24_rest_refusals_total{area="crm",code="query_limit_exceeded"} 1',
    'b24_rest_refusals_total{area="other",code="other"} 1',
    'b24_rest_refusals_total{area="other",code="unavailable"} 1',
    'b24_store_duration_seconds_count{operation="select"} 1',
    'b24_store_duration_seconds_count{operation="connect"} 1',
    'b24_store_duration_seconds_count{operation="other"} 1',
    'b24_store_errors_total{operation="insert"} 1'
  ]) t.match(body, `\n${line}\n`)
  t.notMatch(body, /evil|invented/i)
})

await t.test('metrics: measure the stages of a call from the first reading on', async t => {
  const { call, install, url, sandbox: { portals: { alpha } } } = await startService(t)
  await install()
  const scrape = async () => await (await fetch(`${url}/metrics`)).text()
  const nothing = () => {}
  handlers.start.subscribe(nothing)
  const before = Promise.withResolvers<void>()
  const begun = handlers.tracePromise(() => before.promise)
  await scrape()
  before.resolve()
  await begun
  handlers.start.unsubscribe(nothing)
  const known = alpha.placementCall('DEFAULT')
  const counted = async (calls: Record<string, number>) => {
    const body = await scrape()
    const found = [...body.matchAll(/^b24_stage_duration_seconds_count\{stage="([\w-]+)"\} (\d+)$/gm)]
    t.strictSame(Object.fromEntries(found.map(([, stage, count]) => [stage, Number(count)])), calls)
  }
  await call(known)
  await fetch(`${url}/placement`)
  await counted({ shape: 1, 'application-token': 1, proof: 1, handler: 1 })
  await call(known)
  await counted({ shape: 2, 'application-token': 1, proof: 1, handler: 2 })
  await call(alpha.placementCall('DEFAULT', { params: {} }), { body: { AUTH_ID: 'unknown' } })
  await counted({ shape: 3, 'application-token': 2, proof: 2, handler: 2 })
})

await t.test('metrics: try again after they have failed', async t => {
  let isReady = false
  const app = await build(t, async app => {
    app.decorate('tokens' as 'onClose', {
      getter () {
        if (!isReady) throw new Error('not ready')
        return { refreshes: () => ({}), refreshErrors: () => ({}) } as never
      }
    })
    await app.register(metrics)
  })
  t.equal((await app.inject('/metrics')).statusCode, 500)
  isReady = true
  t.equal((await app.inject('/metrics')).statusCode, 200)
})

await t.test('metrics: check their options', async t => {
  const rows = [[{ path: 'metrics' }, /path.*slash/], [{ token: 1 as never }, /token.*text/]] as const
  for (const [options, sentence] of rows) {
    const app = Fastify()
    t.teardown(() => app.close())
    await t.rejects(async () => { await app.register(metrics, options) }, sentence)
  }
})
