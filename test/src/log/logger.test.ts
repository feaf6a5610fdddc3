import { pino } from 'pino'
import t from 'tap'
import callLog from '../../../plugins/call-log/index.ts'
import { loggerOptions, memberHash, redactSecrets } from '../../../src/log/logger.ts'
import { build, type Scope } from '../../build.ts'
import { logLines } from '../../log-lines.ts'

/** An app that logs as the service does. */
async function logOf (t: Scope) {
  const { lines, stream } = logLines()
  return { lines, app: await build(t, () => {}, { logger: { ...loggerOptions('info'), stream } }) }
}

await t.test('logger: prints a request as method and route, without its address', async t => {
  const { lines, app } = await logOf(t)
  app.get('/widget', async request => { request.log.info({ req: request }, 'here') })
  await app.inject('/widget?APP_SID=secret')
  t.match(lines.find(({ msg }) => msg === 'here'), { req: { method: 'GET', route: '/widget' } })
  t.notMatch(JSON.stringify(lines), 'secret')
})

await t.test('logger: has the level that was asked for', async t => {
  t.equal(loggerOptions('warn').level, 'warn')
})

await t.test('logger: prints an error and its cause, without other properties', async t => {
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

await t.test('memberHash: names a portal by twelve hex digits', async t => {
  t.match(memberHash('abc'), /^[0-9a-f]{12}$/)
  t.equal(memberHash('abc'), memberHash('abc'))
  t.not(memberHash('abc'), memberHash('abd'))
})

await t.test('redactSecrets: cuts out secrets wherever they stand', async t => {
  const rows: Array<[text: string, secrets: string[], clean: string]> = [
    ['no such token: abcdef', ['abcdef'], 'no such token: [redacted]'],
    ['abcdef=abcdef', ['abcdef'], '[redacted]=[redacted]'],
    ['abcdef and ghijkl', ['abcdef', 'ghijkl'], '[redacted] and [redacted]'],
    ['a.cdef is no pattern', ['a.....'], 'a.cdef is no pattern'],
    ['too short to be a secret', ['a', ''], 'too short to be a secret']
  ]
  for (const [text, secrets, clean] of rows) t.equal(redactSecrets(text, secrets), clean)
})

await t.test('logger: prints no request under any key', async t => {
  const { lines, app } = await logOf(t)
  await app.register(callLog)
  app.post('/:id', async (request, reply) => {
    const children = [request.log.child({ request, raw: request.raw }), app.log.child({ reply, raw: reply.raw })]
    for (const log of [request.log, app.log, ...children]) {
      log.info({ request })
      log.info({ deep: [{ anything: reply }] }, 'reply')
      log.info(request)
      log.info(reply)
      log.info(request.raw, 'raw')
      log.info('%j', request)
    }
  })
  await app.inject({
    method: 'POST',
    url: '/private-path?sid=private-query',
    headers: { 'x-any': 'private-header' },
    payload: { any: 'private-body' }
  })
  t.match(lines.find(({ request }) => request), { request: { method: 'POST', route: '/:id' } })
  t.match(lines.find(({ msg }) => msg === 'reply'), { deep: [{ anything: { statusCode: 200 } }] })
  t.match(lines.find(({ req }) => req), { req: { method: 'POST' } })
  t.ok(lines.length > 20)
  t.notMatch(JSON.stringify(lines), /private-/)
})

await t.test('logger: cuts the tokens of a call out of its lines', async t => {
  const { lines, app } = await logOf(t)
  await app.register(callLog)
  app.get('/parts-of-1', async () => 'ok')
  app.post<{ Body: { AUTH_ID: string } }>('/', async ({ body: { AUTH_ID: token }, log }) => {
    log.info({ found: token, [token]: true, list: [`<${token}>`] }, `here is ${token}`)
    log.child({}).info(`'${token}'`)
    log.info(Object.assign(new Error(token), { name: token }))
  })
  const linesOf = async (token: string) => {
    lines.length = 0
    await app.inject({ method: 'POST', url: '/', payload: { AUTH_ID: token } })
    return lines.filter(({ msg }) => !/^(incoming request|request completed)$/.test(String(msg)))
  }
  t.notMatch(JSON.stringify(await linesOf('token-one-1')), 'token-one-1')
  const redacted = { found: '[redacted]', '[redacted]': true, list: ['<[redacted]>'], msg: 'here is [redacted]' }
  t.match((await linesOf('token-one-1'))[0], redacted)
  // Texts like these stay: otherwise a caller could blank out parts of the line, or break its JSON.
  for (const token of ['short-1', 'no-digit-in-it', '17641600', '"time": 1']) {
    t.match((await linesOf(token))[0], { msg: `here is ${token}` })
  }
  await app.inject('/parts-of-1?AUTH_ID=/parts-of-1')
  t.match(lines.findLast(({ msg }) => msg === 'call'), { route: '/parts-of-1' }, 'our own words are not redacted')
  app.log.info('own-word-1 of nobody')
  t.match(lines.at(-1), { msg: 'own-word-1 of nobody' }, 'other lines are not redacted')
})

await t.test('logger: names what serializes to no object', async t => {
  const { lines, stream } = logLines()
  const log = pino(loggerOptions('info'), stream)
  log.info(new Date(0), 'a date')
  log.info({ get any () { throw new Error('no') } }, 'odd')
  t.match(lines, [{ value: '1970-01-01T00:00:00.000Z' }, { value: '[unreadable]' }])
})
