import Fastify from 'fastify'
import { pino } from 'pino'
import t from 'tap'
import { callFields, loggerOptions, memberHash, scrub } from '../../src/logger.ts'
import callLog from '../../plugins/call-log.ts'
import { logLines } from '../helper.ts'

await t.test('a request in the log is its method and route, never its address', async t => {
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { ...loggerOptions('info'), stream } })
  t.after(() => app.close())
  app.get('/widget', async request => { request.log.info({ req: request }, 'here') })
  await app.inject('/widget?APP_SID=secret')
  t.match(lines.find(({ msg }) => msg === 'here'), { req: { method: 'GET', route: '/widget' } })
  t.notMatch(JSON.stringify(lines), 'secret')
})

await t.test('the level is the one that was asked for', async t => {
  t.equal(loggerOptions('warn').level, 'warn')
})

await t.test('an error in the log is its words and those of its cause, without what clients hang on it', async t => {
  const rows: Array<[name: string, cause: unknown, logged: string | undefined]> = [
    ['an error', new TypeError('line cut'), 'TypeError: line cut'],
    ['something else', { token: 'secret' }, undefined],
    ['none', undefined, undefined]
  ]
  for (const [name, cause, logged] of rows) {
    const { lines, stream } = logLines()
    const err = Object.assign(new Error('failed', { cause }), { code: 'CODE', request: { body: 'secret' } })
    pino(loggerOptions('info'), stream).error({ err }, 'oh')
    const [line] = lines
    t.match(line, { err: { type: 'Error', code: 'CODE', message: 'failed', stack: /logger\.test/ } }, name)
    t.strictSame(Object.entries(line?.['err'] ?? {}).find(([name]) => name === 'cause')?.[1], logged, name)
    t.notMatch(JSON.stringify(lines), 'secret', name)
  }
})

await t.test('a portal is named by twelve digits of a hash', async t => {
  t.match(memberHash('abc'), /^[0-9a-f]{12}$/)
  t.equal(memberHash('abc'), memberHash('abc'))
  t.not(memberHash('abc'), memberHash('abd'))
})

await t.test('secrets are cut out wherever they stand', async t => {
  const rows: Array<[text: string, secrets: string[], clean: string]> = [
    ['no such token: abcdef', ['abcdef'], 'no such token: [redacted]'],
    ['abcdef=abcdef', ['abcdef'], '[redacted]=[redacted]'],
    ['abcdef and ghijkl', ['abcdef', 'ghijkl'], '[redacted] and [redacted]'],
    ['a.cdef is no pattern', ['a.....'], 'a.cdef is no pattern'],
    ['too short to be a secret', ['a', ''], 'too short to be a secret']
  ]
  for (const [text, secrets, clean] of rows) t.equal(scrub(text, secrets), clean)
})

await t.test('the line of a call names its placement, outcome, rung and portal', async t => {
  const { lines, stream } = logLines()
  const app = Fastify({ logger: { level: 'info', stream } })
  t.after(() => app.close())
  app.decorateRequest('declaredPlacement', null)
  app.decorateRequest('refusal', null)
  await app.register(callLog, { fields: callFields })
  app.post<{ Body: { refusal: string | null } }>('/', async request => {
    request.refusal = request.body.refusal
    if (request.refusal === null) request.declaredPlacement = 'LEFT_MENU'
  })
  app.get('/', async () => 'ok')

  const lineOf = async (body: object | undefined) => {
    lines.length = 0
    await app.inject(body === undefined ? { method: 'GET', url: '/' } : { method: 'POST', url: '/', body })
    const { placement, outcome, rung, member } = lines.find(({ msg }) => msg === 'call') ?? {}
    return [placement, outcome, rung, member]
  }
  t.strictSame(await lineOf({ refusal: null, member_id: 'm1' }), ['LEFT_MENU', 'answered', undefined, memberHash('m1')])
  t.strictSame(await lineOf({ refusal: 'B24_ERR_FOREIGN_PORTAL', 'auth[member_id]': 'm2' }), [undefined, 'B24_ERR_FOREIGN_PORTAL', 'proof', memberHash('m2')])
  t.strictSame(await lineOf({ refusal: 'B24_ERR_CALL_MALFORMED', member_id: ['m1', 'm2'] }), [undefined, 'B24_ERR_CALL_MALFORMED', 'shape', undefined])
  t.strictSame(await lineOf(undefined), [undefined, 'answered', undefined, undefined])
})
