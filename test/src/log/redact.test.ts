import { randomBytes } from 'node:crypto'
import t from 'tap'
import { secretsIn } from '../../../src/log/fields.ts'
import { loggable, redactShapes } from '../../../src/log/logger.ts'

const token = '6061e72600631fcd00005a4b00000001f0f1076700000000f69dd5fc643d9ce2fdbc1'
const old = 's1morf609228iwyjjpvfv6wsvuja4p8u'

await t.test('redactShapes: cuts out what looks like a secret', async t => {
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
    [
      'auth[access_token]=short auth%5Brefresh_token%5D=a%2Fb&APP_SID=c',
      'auth[access_token]=[redacted] auth%5Brefresh_token%5D=[redacted]&APP_SID=[redacted]'
    ],
    ['{"AUTH_ID":"short","x":"y"}', '{"AUTH_ID":"[redacted]","x":"y"}'],
    ['{"x-b24-auth-id":"short","x":"y"}', '{"x-b24-auth-id":"[redacted]","x":"y"}'],
    ["{ 'x-b24-auth-id': 'short' }", "{ 'x-b24-auth-id': '[redacted]' }"],
    ["{ REFRESH_ID: 'short', x: 'y' }", "{ REFRESH_ID: '[redacted]', x: 'y' }"],
    ["Map(1) { 'auth' => 'short' }", "Map(1) { 'auth' => '[redacted]' }"],
    ['authorization: Bearer short-one, then', 'authorization: Bearer [redacted], then'],
    ['Basic dXNlcjpwYXNzd29yZA== is sent', 'Basic [redacted] is sent'],
    ['postgres://owner:pass-word@127.0.0.1/test', 'postgres://owner:[redacted]@127.0.0.1/test'],
    // Within a line of JSON.
    [
      JSON.stringify(`\n${token}\nauth=short\nsig=x1`),
      JSON.stringify('\n[redacted]\nauth=[redacted]\nsig=[redacted]')
    ],
    [
      JSON.stringify({ msg: JSON.stringify({ AUTH_ID: 'short', x: '\u0001' }) }),
      JSON.stringify({ msg: JSON.stringify({ AUTH_ID: '[redacted]', x: '\u0001' }) })
    ]
  ]
  for (const [text, clean] of rows) t.equal(redactShapes(text), clean)
})

await t.test('redactShapes: leaves other text as it is', async t => {
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

await t.test('loggable: keeps plain data, and shortens or redacts the rest', async t => {
  const circular: Record<string, unknown> = { a: 1 }
  circular['self'] = circular
  const deep = (depth: number, end = 'end'): unknown => depth === 0 ? end : { deep: deep(depth - 1, end) }
  const failed = new TypeError('failed', { cause: new Error('why') })
  const error = Object.assign(failed, { code: 'ERR_X', request: { body: 'b' } })
  const { message, stack } = error
  const errorFields = { type: 'TypeError', code: 'ERR_X', message, stack, cause: 'Error: why' }
  type Row = [name: string, value: unknown, logged: unknown]
  const rows: Row[] = [
    ['a text', 'text', 'text'],
    ['nothing', null, null],
    [
      'plain fields',
      { a: 1, b: ['x', true, null], c: { d: undefined } },
      { a: 1, b: ['x', true, null], c: { d: undefined } }
    ],
    ...['AUTH_ID', 'refreshToken', 'Authorization'].map((name): Row =>
      [`a field named ${name}`, { [name]: 'x' }, { [name]: '[redacted]' }]),
    [
      'lists of secrets',
      { tokens: ['x', 1], 'set-cookie': ['x'] },
      { tokens: ['[redacted]', 1], 'set-cookie': ['[redacted]'] }
    ],
    [
      'fields that only look like secrets',
      { author: 'x', tokenVersion: 3, api_key: '' },
      { author: 'x', tokenVersion: 3, api_key: '' }
    ],
    [
      'a request of a client',
      { axios: { method: 'GET', url: '/?auth=x', headers: {}, data: 'x' } },
      { axios: { method: 'GET', route: undefined } }
    ],
    [
      'a request of a server',
      { method: 'GET', url: '/x', headers: {}, routeOptions: { url: '/:id' } },
      { method: 'GET', route: '/:id' }
    ],
    ['an answer', { answer: { statusCode: 200, headers: { a: 'b' }, body: 'x' } }, { answer: { statusCode: 200 } }],
    ['an error', { failure: error }, { failure: errorFields }],
    ['bytes', { bytes: Buffer.from('secret') }, { bytes: '[6 bytes]' }],
    ['what has a JSON of its own', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    ['a circle', circular, { a: 1, self: '[circular]' }],
    ['what nobody reads', deep(10), deep(9, '[more]')],
    ['what cannot be read', { get a () { throw new Error('no') } }, '[unreadable]']
  ]
  for (const [name, value, logged] of rows) t.strictSame(loggable(value), logged, name)
  const many = loggable(Array.from({ length: 5000 }, () => ({}))) as unknown[] // an array stays one
  t.strictSame([many.at(0), many.at(-1)], [{}, '[more]'], 'no more than a thousand objects')
})

await t.test('secretsIn: finds secrets by their fields, at any usual depth', async t => {
  const hidden = (depth: number): unknown => depth === 0 ? { AUTH_ID: 'found' } : [hidden(depth - 1)]
  t.strictSame(secretsIn({ a: 'no', AUTH_ID: 'yes', auth: { any: ['all', 7] }, b: null }), ['yes', 'all'])
  t.strictSame(secretsIn(hidden(20)), ['found'])
  t.strictSame(secretsIn(hidden(40)), [], 'no deeper, so the stack does not overflow')
})

await t.test('redactShapes: cuts out tokens of every length and alphabet', async t => {
  for (let turn = 0; turn < 200; turn++) {
    for (const [length, encoding] of [[35, 'hex'], [16, 'hex'], [32, 'base64'], [48, 'base64url']] as const) {
      const secret = randomBytes(length).toString(encoding)
      t.notOk(redactShapes(`{"msg":"at\\n${secret}"}`).includes(secret), secret)
    }
  }
})

// If the time grew with the square of the length, this would never end.
await t.test('redactShapes: reads long near misses in linear time', async t => {
  const parts = [
    'a', 'auth', 'token', '_', '://', '://a:', 'bearer ', 'eyJ', 'aB-', 'token"', 'token=', '\\', '\\n',
    `${'a'.repeat(27)}-`, 'token\\', ' token :'
  ]
  for (const part of parts) {
    t.equal(typeof redactShapes(part.repeat(1_000_000 / part.length)), 'string', part)
  }
})
