import { LogController, type FastifyInstance } from 'fastify'
import t from 'tap'
import callLog, { type CallLogOptions } from '../../../plugins/call-log/index.ts'
import { memberHash } from '../../../src/log/logger.ts'
import { build, verifiedCall, type Scope } from '../../build.ts'
import { logLines } from '../../log-lines.ts'
import { until } from '../../until.ts'

/** An app with this plugin and the routes of the test, and what it logs besides the lines of Fastify. */
async function logOf (t: Scope, addRoutes: (app: FastifyInstance) => void, options: CallLogOptions = {}) {
  const { lines, stream } = logLines()
  const app = await build(t, async app => {
    await app.register(callLog, options)
    addRoutes(app)
  }, { logController: new LogController({ disableRequestLogging: true }), logger: { level: 'info', stream } })
  return { app, lines }
}

await t.test('call log: writes one line with route, status and duration', async t => {
  const { app, lines } = await logOf(t, app => {
    app.get('/widget/:id', async (_request, reply) => reply.code(201).send('ok'))
  })
  await app.inject('/widget/42?APP_SID=secret')
  t.equal(lines.length, 1)
  t.match(lines, [{ method: 'GET', route: '/widget/:id', status: 201, msg: 'call', ms: Number }])
  t.notMatch(JSON.stringify(lines), 'secret')
})

await t.test("call log: keeps the addresses of calls out of Fastify's own lines", async t => {
  const { lines, stream } = logLines()
  const app = await build(t, async app => {
    await app.register(callLog)
    app.get('/widget', async () => 'ok')
    const logSerializers = { req: () => 'of the route', own: () => 'own' }
    app.get('/fails', { logSerializers }, async ({ log }) => {
      log.info({ own: 'x' })
      throw new Error('no')
    })
  }, { logger: { level: 'info', stream } })
  for (const path of ['/widget', '/fails']) await app.inject(`${path}?APP_SID=secret`)
  const own = lines.filter(({ msg }) => msg !== 'call')
  t.match(own, [{ req: { method: 'GET', url: '/widget' } }, {}, { req: { url: '/fails' } }, { own: 'own' }])
  t.ok(own.some(({ level }) => level === 50))
  t.notMatch(JSON.stringify(lines), 'secret')
})

await t.test('call log: skips quiet routes', async t => {
  const { app, lines } = await logOf(t, app => app.get('/health', { logLevel: 'warn' }, async () => 'ok'))
  await app.inject('/health')
  await app.inject('/nowhere/health/')
  t.strictSame(lines.map(({ status, path }) => [status, path]), [[404, '/*/health/']])
})

await t.test('call log: names placement, outcome, stage and portal', async t => {
  const { app, lines } = await logOf(t, app => {
    app.decorateRequest('declaredPlacement', null)
    app.decorateRequest('errorCode', null)
    app.post<{ Body: { code: string | null } }>('/', async request => {
      request.errorCode = request.body.code
      if (request.errorCode === null) request.declaredPlacement = 'LEFT_MENU'
    })
    app.get('/', async () => 'ok')
  })
  const linesOf = async (body?: object) => {
    lines.length = 0
    await app.inject(body === undefined ? { method: 'GET', url: '/' } : { method: 'POST', url: '/', body })
    return lines.map(({ placement, outcome, stage, member }) => [placement, outcome, stage, member])
  }
  const [foreign, malformed] = ['B24_ERR_FOREIGN_PORTAL', 'B24_ERR_CALL_MALFORMED']
  const rows: Array<[body: object | undefined, line: unknown[]]> = [
    [{ code: null, member_id: 'm1' }, ['LEFT_MENU', 'answered', undefined, memberHash('m1')]],
    [{ code: foreign, 'auth[member_id]': 'm2' }, [undefined, foreign, 'proof', memberHash('m2')]],
    [{ code: malformed, member_id: ['m1', 'm2'] }, [undefined, malformed, 'shape', undefined]],
    [undefined, [undefined, 'answered', undefined, undefined]]
  ]
  for (const [body, line] of rows) t.strictSame(await linesOf(body), [line])
})

/** An app whose calls are refused with a code that they name; a call with a user is verified before. */
async function refusing (t: Scope, options: CallLogOptions = {}) {
  const { app, lines } = await logOf(t, app => {
    app.decorateRequest('errorCode', null)
    app.decorateRequest('verifiedCall', null)
    app.get<{ Querystring: { code: string, user?: string } }>('/', async (request, reply) => {
      const { code, user } = request.query
      request.errorCode = code
      if (user !== undefined) request.verifiedCall = verifiedCall()
      return await reply.code({ B24_ERR_INTERNAL: 500, B24_ERR_STORE_UNAVAILABLE: 503 }[code] ?? 403).send({})
    })
    app.get('/open', { config: { isForAnybody: true } }, async () => 'a page')
    app.get('/own', async () => 'a page of the application')
  }, options)
  const call = (code: string, { from = '192.0.2.1', user = '' } = {}) =>
    app.inject({ url: `/?code=${code}${user && `&user=${user}`}`, remoteAddress: from })
  const times = async (count: number, code: string, options = {}) => {
    lines.length = 0
    for (let n = 0; n < count; n++) await call(code, options)
    return lines.length
  }
  const opened = async (url: string) => {
    lines.length = 0
    for (let n = 0; n < 15; n++) await app.inject({ url, remoteAddress: '192.0.2.1' })
    return lines.length
  }
  return { app, lines, call, times, opened }
}

await t.test('call log: counts what is refused unverified after its first lines', async t => {
  const { app, lines, times } = await refusing(t)
  const forged = 'B24_ERR_APPLICATION_TOKEN'
  t.equal(await times(13, forged), 10)
  t.equal(await times(12, 'B24_ERR_AUTH_ID_UNKNOWN'), 10, 'another error')
  t.equal(await times(10, forged, { from: '2001:db8::1' }), 10, 'another client')
  t.match(lines[0], { ip: '2001:db8::1', outcome: forged, stage: 'application-token' })
  t.equal(await times(1, forged, { from: '2001:db8::2' }), 0, 'the same network')
  t.equal(await times(15, 'B24_ERR_RATE_LIMITED', { user: '1' }), 15, 'of a known user')
  t.equal(lines[0]?.['ip'], undefined)
  t.equal(await times(15, 'B24_ERR_INTERNAL'), 15, 'a fault of ours')
  t.equal(await times(14, 'B24_ERR_STORE_UNAVAILABLE'), 10, 'an outage, in which nothing is verified')
  t.equal(await times(15, 'B24_ERR_STORE_UNAVAILABLE', { user: '1' }), 15, 'an outage after the proof')
  lines.length = 0
  await app.close()
  t.match(lines, [{
    level: 40,
    event: 'calls.refused',
    count: 10,
    codes: { B24_ERR_APPLICATION_TOKEN: 4, B24_ERR_AUTH_ID_UNKNOWN: 2, B24_ERR_STORE_UNAVAILABLE: 4 }
  }])
  t.equal(lines.length, 1)
})

await t.test('call log: has the first lines of what answers anybody, too', async t => {
  const { app, lines, opened } = await refusing(t)
  t.equal(await opened('/open'), 10)
  t.match(lines[0], { ip: '192.0.2.1', outcome: 'answered' })
  t.equal(await opened('/own'), 15, 'a route of the application may know who asks')
  t.equal(lines[0]?.['ip'], undefined)
  lines.length = 0
  await app.close()
  t.strictSame(lines, [], 'nothing was refused')
})

await t.test('call log: bounds the lines of many clients together', async t => {
  const { lines, call } = await refusing(t)
  for (let n = 0; n < 502; n++) await call('B24_ERR_FOREIGN_PORTAL', { from: `198.51.${n >> 8}.${n & 255}` })
  t.equal(lines.length, 500)
})

await t.test('call log: writes the count when its time is over', async t => {
  const { lines, call } = await refusing(t, { refusedInterval: 1 })
  await until(async () => {
    await Promise.all(Array.from({ length: 20 }, () => call('B24_ERR_FOREIGN_PORTAL')))
    return lines.some(({ event }) => event === 'calls.refused')
  })
  const last = lines.length
  await until(async () => {
    await call('B24_ERR_FOREIGN_PORTAL')
    return lines.slice(last).some(({ msg }) => msg === 'call')
  })
})

await t.test('call log: refuses an interval that is none', async t => {
  await t.rejects(refusing(t, { refusedInterval: 0 }), /refusedInterval must be a number above 0, at most 2147483647/)
})
