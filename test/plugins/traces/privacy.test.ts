import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { context, propagation, trace } from '@opentelemetry/api'
import t from 'tap'
import { startTraced, tracesOf } from './traced.ts'

const theirs = '0af7651916cd43dd8448eb211c80319c'
const headers = { traceparent: `00-${theirs}-b7ad6b7169203331-01`, tracestate: 'a=b', baggage: 'user=1' }

await t.test('traces: join no trace that a call names, unless told to', async t => {
  const rows = [[{}, false], [{ OTEL_PROPAGATORS: 'tracecontext,baggage' }, true]] as const
  for (const [more, joins] of rows) {
    const { open, spans } = await startTraced(t, more)
    await open('CRM_DEAL_DETAIL_TAB', 'profile', {}, headers)
    const malformed = { traceparent: `00-${theirs}-0000000000000000-01` }
    for (const wrong of [malformed, { traceparent: theirs }]) await open('CRM_DEAL_DETAIL_TAB', 'profile', {}, wrong)
    const [first, ...others] = tracesOf(await spans())
    t.equal(first?.spans[0]?.traceId === theirs, joins)
    for (const { spans: [span] } of others) t.not(span?.traceId, theirs)
    t.equal(others.length, 2)
  }
})

await t.test('traces: go along with no request to a portal or another server', async t => {
  const seen: Array<[path: string, names: string]> = []
  const look = (message: unknown) => {
    const { request: { url = '', headers } } = message as { request: IncomingMessage }
    seen.push([url.replace(/\?.*$/, ''), Object.keys(headers).join()])
  }
  subscribe('http.server.request.start', look)
  t.after(() => { unsubscribe('http.server.request.start', look) })
  const carrier = {}
  const { open, spans } = await startTraced(t, { OTEL_PROPAGATORS: 'tracecontext,baggage' }, fastify => {
    fastify.placement('TASK_VIEW_TAB', {}, async () => { propagation.inject(context.active(), carrier) })
  })
  t.strictSame(propagation.fields(), ['traceparent'])
  await open('TASK_VIEW_TAB')
  t.strictSame(carrier, {}, 'not even when an application asks for it')
  await open('CRM_DEAL_DETAIL_TAB', 'profile', {}, headers)
  t.ok((await spans()).some(({ traceId }) => traceId === theirs))
  for (const path of ['/rest/app.info', '/rest/profile', '/rest/batch', '/v1/traces']) {
    t.ok(seen.some(([url]) => url.startsWith(path)), path)
  }
  const carriers = seen.filter(([, names]) => /trace|baggage|b3/.test(names)).map(([url]) => url)
  t.strictSame(carriers, ['/placement'], 'only the call of this test')
})

await t.test('traces: clean the spans of an application', async t => {
  const token = 'canary0123456789abcdef0123456789abcdef'
  const { open, spans } = await startTraced(t, {}, fastify => {
    fastify.placement('TASK_VIEW_TAB', {}, async () => trace.getTracer('shop').startActiveSpan('count', span => {
      span.setAttributes({
        rows: 7,
        colours: ['red', token],
        note: `Bearer ${token}`,
        access_token: token,
        'url.full': 'https://portal.example/rest/?auth=short1',
        'http.request.header.authorization': 'short1'
      })
      span.addEvent('counted', { rows: 7, list: [1, 2], text: `auth=short1 ${token}` })
      span.addEvent(token)
      span.addLink({ context: span.spanContext(), attributes: { token } })
      span.recordException(new Error('short1'))
      span.setStatus({ code: 2, message: 'short1' }).end()
      return {}
    }))
  })
  t.equal((await open('TASK_VIEW_TAB')).status, 200)
  const sent = await spans()
  const span = sent.find(({ name }) => name === 'count')
  t.equal(span?.parentSpanId, sent.find(({ name }) => name === 'handler')?.spanId)
  t.match(span?.attributes, { rows: 7, note: 'Bearer [redacted]' })
  t.match(JSON.stringify(span?.attributes), /red.*\[redacted\]/)
  t.strictSame(span?.events.map(({ name }) => name), ['counted', '[redacted]', 'exception'])
  t.match(JSON.stringify(span?.events), /"exception\.type"/)
  t.notMatch(JSON.stringify(span), /short1|canary|access_token|url\.full|authorization/)
})
