import { LogController, type FastifyInstance } from 'fastify'
import t from 'tap'
import callLog from '../../../plugins/call-log/index.ts'
import { memberHash } from '../../../src/log/logger.ts'
import { build, type Scope } from '../../build.ts'
import { logLines } from '../../log-lines.ts'

/** An app with this plugin and the routes of the test, and what it logs besides the lines of Fastify. */
async function logOf (t: Scope, addRoutes: (app: FastifyInstance) => void) {
  const { lines, stream } = logLines()
  const app = await build(t, async app => {
    await app.register(callLog)
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
