import Fastify from 'fastify'
import { pino } from 'pino'
import t from 'tap'
import authToken from '../../../plugins/auth-token/index.ts'
import tokens from '../../../plugins/tokens/index.ts'
import traces from '../../../plugins/traces/index.ts'
import { storeCalls } from '../../../src/diagnostics/channels.ts'
import { createRetryQueue } from '../../../src/queues/retry-queue.ts'
import { startCollector } from '../../collector.ts'
import { until } from '../../until.ts'
import { worldFor } from '../tokens/world.ts'
import { startTraced, tracesOf } from './traced.ts'

await t.test('traces: show what an event and its handlers do afterwards', async t => {
  const { collector, fastify } = await startTraced(t, {}, fastify => {
    fastify.onInstalled(async ({ rest }) => { await rest.call('profile') })
  })
  await until(() => fastify.lifecycleEvents.pending() === 0)
  await fastify.close()
  const all = tracesOf(collector.spans())
  const traceOf = (name: string, has: string) => all.find(({ tree }) => tree[0] === name && tree.join().includes(has))
  const callOf = (trace: typeof all[number] | undefined) => {
    const [link] = trace?.spans.find(({ parentSpanId }) => !parentSpanId)?.links ?? []
    return all.find(({ spans }) => spans.some(({ spanId }) => spanId === link?.spanId))?.tree[0]
  }
  const event = traceOf('ONAPPINSTALL', 'REST batch')
  t.match(event?.tree.join('\n'), /^ONAPPINSTALL\n {2}application-token\n {4}store get\n/)
  t.equal(callOf(event), 'POST /events')
  const handlers = traceOf('running lifecycle handlers', 'REST profile')
  t.match(handlers?.tree, ['running lifecycle handlers', '  store takeChange'])
  t.equal(callOf(handlers), 'POST /install')
  for (const name of ['clearing old tombstones', 'looking at uninstalls again']) {
    const sweep = traceOf(name, 'store ')
    t.equal(sweep?.tree.length, 2, name)
    t.equal(callOf(sweep), undefined)
  }
  for (const [name, call] of [
    ['writing entries of the journal', 'record'], ['deleting old entries of the journal', 'purge']
  ] as const) {
    t.equal(traceOf(name, '')?.tree[1], `  store journal.${call}`)
  }
})

await t.test('traces: show how the sweep refreshes unused tokens', async t => {
  const collector = await startCollector(t)
  const { sandbox, store, install, asked, now } = await worldFor(t, { ahead: { ms: 151 * 24 * 3_600_000 } })
  await install()
  const fastify = Fastify()
  await fastify.register(traces, { protocol: 'http/json' })
  const { clientId, clientSecret, authorizationServer } = sandbox
  const servers = [authorizationServer]
  await fastify.register(authToken, { clientId, clientSecret, servers, allowInsecurePortals: true, now })
  await fastify.register(tokens, { store, clientId, servers, keepAlivePause: 20, now })
  await until(() => asked() > 0)
  await fastify.close()
  const trees = tracesOf(collector.spans()).map(({ tree }) => tree)
  const sweep = trees.find(tree => tree.includes('  POST /oauth/token/'))
  t.equal(sweep?.[0], 'keeping tokens alive')
  t.ok(sweep?.includes('  store replaceTokens'))
})

await t.test('traces: show each try of background work, and its error', async t => {
  const collector = await startCollector(t)
  const fastify = Fastify()
  await fastify.register(traces, { protocol: 'http/json' })
  const log = pino({ enabled: false })
  const queue = createRetryQueue({
    name: 'test', log, delays: [1], lifetime: 60_000, isTemporary: () => true, now: () => 0
  })
  let tries = 0
  queue.add({
    key: 'a',
    name: 'counting',
    shares: [],
    run: async () => {
      await storeCalls.tracePromise(async () => undefined, { method: 'get' })
      if (tries++ === 0) throw Object.assign(new Error('secret'), { code: 'ECONNRESET' })
    }
  })
  await until(() => queue.size() === 0)
  await fastify.close()
  const sent = tracesOf(collector.spans())
  t.strictSame(sent.map(({ tree }) => tree), [['counting', '  store get'], ['counting', '  store get']])
  const roots = sent.map(({ spans }) => spans.find(({ name }) => name === 'counting'))
  t.strictSame(roots.map(root => [root?.status.code, root?.attributes, root?.events, root?.links]), [
    [2, { 'error.type': 'ECONNRESET' }, [], []], [0, {}, [], []]
  ])
})
