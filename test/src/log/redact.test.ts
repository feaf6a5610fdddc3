import { randomBytes } from 'node:crypto'
import t from 'tap'
import { secretsIn } from '../../../src/log/fields.ts'
import { loggable, redactShapes } from '../../../src/log/logger.ts'

const token = '6061e72600631fcd00005a4b00000001f0f1076700000000f69dd5fc643d9ce2fdbc1'
const old = 's1morf609228iwyjjpvfv6wsvuja4p8u'

await t.test('what looks like a secret is cut out of a text', async t => {
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJtZW1iZXJJZCI6IjAxMDIifQ.Hs1xQ2m0vYbW8n3k5T7uJ9cLrPqEzXfGdAoViNyKtBM'
  const rows: Array<[text: string, clean: string]> = [
    [`no such token: ${token}.`, 'no such token: [redacted].'],
    [`x_${token}-y`, 'x_[redacted]-y'],
    [old, '[redacted]'],
    ['99c80eff6378726287350416ee5fef0', '[redacted]'],
    [`a page session ${jwt} ends`, 'a page session [redacted] ends'],
    ['eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..q9Xk', '[redacted]'],
    ['APP_SECRET is AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=', 'APP_SECRET is [redacted]'],
    ['GET /rest/profile?auth=short&x=1', 'GET /rest/profile?auth=[redacted]&x=1'],
    ['auth[access_token]=short auth%5Brefresh_token%5D=a%2Fb&APP_SID=c', 'auth[access_token]=[redacted] auth%5Brefresh_token%5D=[redacted]&APP_SID=[redacted]'],
    ['{"AUTH_ID":"short","x":"y"}', '{"AUTH_ID":"[redacted]","x":"y"}'],
    ["{ REFRESH_ID: 'short', x: 'y' }", "{ REFRESH_ID: '[redacted]', x: 'y' }"],
    ["Map(1) { 'auth' => 'short' }", "Map(1) { 'auth' => '[redacted]' }"],
    ['authorization: Bearer short-one, then', 'authorization: Bearer [redacted], then'],
    ['Basic dXNlcjpwYXNzd29yZA== is sent', 'Basic [redacted] is sent'],
    ['postgres://owner:pass-word@127.0.0.1/test', 'postgres://owner:[redacted]@127.0.0.1/test'],
    // Within a line of JSON.
    [JSON.stringify(`\n${token}\nauth=short\nsig=x1`), JSON.stringify('\n[redacted]\nauth=[redacted]\nsig=[redacted]')],
    [JSON.stringify({ msg: JSON.stringify({ AUTH_ID: 'short', x: '\u0001' }) }), JSON.stringify({ msg: JSON.stringify({ AUTH_ID: '[redacted]', x: '\u0001' }) })]
  ]
  for (const [text, clean] of rows) t.equal(redactShapes(text), clean)
})

await t.test('what is no secret stays', async t => {
  for (const text of [
    'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE: CRM_DYNAMIC_183_ROBOT_DESIGNER_TOOLBAR',
    'B24_ERR_APPLICATION_TOKEN: APPLICATION_TOKEN is missing or not the one of this installation',
    'AUTH_ID was issued for local.66ba434d853c87.18550109, not for app.573ad8a0346747.09223434',
    '550e8400-e29b-41d4-a716-446655440000 e3b0c44298fc',
    '    at file:///app/plugins/placement-dispatch.ts:58:12 in anExceptionallyLongNameOfAFunction',
    'an-exceptionallylongnameofsomethingquiteharmless-1',
    'basic errors; a design=1; the bearer came; https://user@host/path:8080/a@b',
    '{"level":30,"time":1764160000000,"tokenVersion":3}'
  ]) t.equal(redactShapes(text), text)
})

await t.test('what may be logged of a value', async t => {
  const circular: Record<string, unknown> = { a: 1 }
  circular['self'] = circular
  const deep = (depth: number): unknown => depth === 0 ? 'end' : { deep: deep(depth - 1) }
  const error = Object.assign(new TypeError('failed', { cause: new Error('why') }), { code: 'ERR_X', request: { body: 'b' } })
  const { message, stack } = error
  const rows: Array<[name: string, value: unknown, logged: unknown]> = [
    ['a text', 'text', 'text'],
    ['nothing', null, null],
    ['plain fields', { a: 1, b: ['x', true, null], c: { d: undefined } }, { a: 1, b: ['x', true, null], c: { d: undefined } }],
    ['fields named like secrets', { AUTH_ID: 'x', refreshToken: 'x', Authorization: 'x', tokens: ['x', 1], 'set-cookie': ['x'], author: 'x', tokenVersion: 3, api_key: '' },
      { AUTH_ID: '[redacted]', refreshToken: '[redacted]', Authorization: '[redacted]', tokens: ['[redacted]', 1], 'set-cookie': ['[redacted]'], author: 'x', tokenVersion: 3, api_key: '' }],
    ['a request of a client', { axios: { method: 'GET', url: '/?auth=x', headers: {}, data: 'x' } }, { axios: { method: 'GET', route: undefined } }],
    ['a request of a server', { method: 'GET', url: '/x', headers: {}, routeOptions: { url: '/:id' } }, { method: 'GET', route: '/:id' }],
    ['an answer', { answer: { statusCode: 200, headers: { a: 'b' }, body: 'x' } }, { answer: { statusCode: 200 } }],
    ['an error', { failure: error }, { failure: { type: 'TypeError', code: 'ERR_X', message, stack, cause: 'Error: why' } }],
    ['bytes', { bytes: Buffer.from('secret') }, { bytes: '[6 bytes]' }],
    ['what has a JSON of its own', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    ['a circle', circular, { a: 1, self: '[circular]' }],
    ['what nobody reads', deep(10), { deep: { deep: { deep: { deep: { deep: { deep: { deep: { deep: { deep: '[more]' } } } } } } } } }],
    ['what cannot be read', { get a () { throw new Error('no') } }, '[unreadable]']
  ]
  for (const [name, value, logged] of rows) t.strictSame(loggable(value), logged, name)
  const many = loggable(Array.from({ length: 5000 }, () => ({}))) as unknown[] // an array stays one
  t.strictSame([many.at(0), many.at(-1)], [{}, '[more]'], 'no more than a thousand objects')
})

await t.test('secrets are found by their fields, at any usual depth', async t => {
  const hidden = (depth: number): unknown => depth === 0 ? { AUTH_ID: 'found' } : [hidden(depth - 1)]
  t.strictSame(secretsIn({ a: 'no', AUTH_ID: 'yes', auth: { any: ['all', 7] }, b: null }), ['yes', 'all'])
  t.strictSame(secretsIn(hidden(20)), ['found'])
  t.strictSame(secretsIn(hidden(40)), [], 'and no stack overflows')
})

await t.test('tokens of every length and alphabet are cut out', async t => {
  for (let turn = 0; turn < 200; turn++) {
    for (const secret of [randomBytes(35).toString('hex'), randomBytes(16).toString('hex'), randomBytes(32).toString('base64'), randomBytes(48).toString('base64url')]) {
      t.notOk(redactShapes(`{"msg":"at\\n${secret}"}`).includes(secret), secret)
    }
  }
})

// Where the time grew with the square of the length, this would not come back.
await t.test('long texts that nearly match are read in linear time', async t => {
  for (const part of ['a', 'auth', 'token', '_', '://', '://a:', 'bearer ', 'eyJ', 'aB-', 'token"', 'token=', '\\', '\\n', `${'a'.repeat(27)}-`, 'token\\', ' token :']) {
    t.equal(typeof redactShapes(part.repeat(1_000_000 / part.length)), 'string', part)
  }
})
