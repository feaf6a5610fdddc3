import Fastify, { LogController } from 'fastify'
import t from 'tap'
import callLog from '../../../plugins/call-log/index.ts'
import { logLines } from '../../helper.ts'

await t.test('a call is one line: route, status, duration, and what the options add', async t => {
  const { lines, stream } = logLines()
  const app = Fastify({ logController: new LogController({ disableRequestLogging: true }), logger: { level: 'info', stream } })
  t.after(() => app.close())
  await app.register(callLog, { fields: request => ({ kind: request.method.toLowerCase(), nothing: undefined }) })
  app.get('/widget/:id', async (_request, reply) => reply.code(201).send('ok'))
  await app.inject('/widget/42?APP_SID=secret')
  t.equal(lines.length, 1)
  const { method, route, status, kind, ms, msg } = lines[0] ?? {}
  t.strictSame([method, route, status, kind, msg], ['GET', '/widget/:id', 201, 'get', 'call'])
  t.type(ms, 'number')
  t.notMatch(JSON.stringify(lines), 'secret')
})

await t.test('without options the line still stands, and quiet routes have none', async t => {
  const { lines, stream } = logLines()
  const app = Fastify({ logController: new LogController({ disableRequestLogging: true }), logger: { level: 'info', stream } })
  t.after(() => app.close())
  await app.register(callLog)
  app.get('/health', { logLevel: 'warn' }, async () => 'ok')
  await app.inject('/health')
  await app.inject('/nowhere/health/')
  t.strictSame(lines.map(({ status, path }) => [status, path]), [[404, '/*/health/']])
})
