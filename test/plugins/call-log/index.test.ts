import Fastify, { LogController } from 'fastify'
import t from 'tap'
import callLog from '../../../plugins/call-log/index.ts'
import { memberHash } from '../../../src/log/logger.ts'
import { logLines } from '../../helper.ts'

await t.test('call log: writes one line with route, status, duration and own fields', async t => {
  const { lines, stream } = logLines()
  const logController = new LogController({ disableRequestLogging: true })
  const app = Fastify({ logController, logger: { level: 'info', stream } })
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

await t.test('call log: needs no options, and skips quiet routes', async t => {
  const { lines, stream } = logLines()
  const logController = new LogController({ disableRequestLogging: true })
  const app = Fastify({ logController, logger: { level: 'info', stream } })
  t.after(() => app.close())
  await app.register(callLog)
  app.get('/health', { logLevel: 'warn' }, async () => 'ok')
  await app.inject('/health')
  await app.inject('/nowhere/health/')
  t.strictSame(lines.map(({ status, path }) => [status, path]), [[404, '/*/health/']])
})

await t.test('call log: names placement, outcome, stage and portal', async t => {
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { level: 'info', stream } })
  t.after(() => app.close())
  app.decorateRequest('declaredPlacement', null)
  app.decorateRequest('errorCode', null)
  await app.register(callLog)
  app.post<{ Body: { code: string | null } }>('/', async request => {
    request.errorCode = request.body.code
    if (request.errorCode === null) request.declaredPlacement = 'LEFT_MENU'
  })
  app.get('/', async () => 'ok')

  const lineOf = async (body?: object) => {
    lines.length = 0
    await app.inject(body === undefined ? { method: 'GET', url: '/' } : { method: 'POST', url: '/', body })
    const { placement, outcome, stage, member } = lines.find(({ msg }) => msg === 'call') ?? {}
    return [placement, outcome, stage, member]
  }
  const [foreign, malformed] = ['B24_ERR_FOREIGN_PORTAL', 'B24_ERR_CALL_MALFORMED']
  const rows: Array<[body: object | undefined, line: unknown[]]> = [
    [{ code: null, member_id: 'm1' }, ['LEFT_MENU', 'answered', undefined, memberHash('m1')]],
    [{ code: foreign, 'auth[member_id]': 'm2' }, [undefined, foreign, 'proof', memberHash('m2')]],
    [{ code: malformed, member_id: ['m1', 'm2'] }, [undefined, malformed, 'shape', undefined]],
    [undefined, [undefined, 'answered', undefined, undefined]]
  ]
  for (const [body, line] of rows) t.strictSame(await lineOf(body), line)
})

await t.test('call log: checks its options at registration', async t => {
  await t.rejects(async () => { await Fastify().register(callLog, JSON.parse('{"fields":true}')) }, {
    message: 'call-log: options.fields must be a function'
  })
})
