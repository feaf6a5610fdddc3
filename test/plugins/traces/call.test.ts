import t from 'tap'
import type { ExportedSpan } from '../../collector.ts'
import { startTraced, tracesOf } from './traced.ts'

const pick = (spans: ExportedSpan[], name: string) => spans.find(span => span.name === name)

await t.test('traces: show stages, proof, REST and store of a call', async t => {
  const { open, spans, collector } = await startTraced(t)
  t.equal((await open('CRM_DEAL_DETAIL_TAB')).status, 200)
  const [call] = tracesOf(await spans())
  t.strictSame(call?.tree, [
    'POST /placement',
    '  shape',
    '  handler',
    '    application-token',
    '      store get',
    '    proof',
    '      POST /rest/app.info',
    '    REST profile'
  ])
  const sent = call?.spans ?? []
  t.match(pick(sent, 'POST /placement'), {
    kind: 2,
    status: { code: 0 },
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/placement',
      'http.response.status_code': 200,
      'b24.placement': 'CRM_DEAL_DETAIL_TAB',
      'b24.request_id': /^[\da-f-]{36}$/
    }
  })
  t.match(pick(sent, 'POST /rest/app.info'), {
    kind: 3,
    attributes: {
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'server.address': '127.0.0.1',
      'url.template': '/rest/app.info'
    }
  })
  t.match(pick(sent, 'REST profile'), {
    kind: 3, attributes: { 'b24.rest_method': 'profile', 'http.response.status_code': 200 }
  })
  t.strictSame(pick(sent, 'store get')?.attributes, { 'db.operation.name': 'get' })
  t.strictSame(collector.requests, ['POST /v1/traces application/json'])
  t.match(collector.resources(), [{ 'service.name': 'fastify-bitrix24' }])
})

await t.test('traces: know a call again that was verified a moment ago', async t => {
  const { call, sandbox, spans, url } = await startTraced(t)
  const { alpha } = sandbox.portals
  const [code, params] = ['CRM_DEAL_DETAIL_TAB', { method: 'profile' }]
  const opened = alpha.placementCall(code, { params, handler: `${url}/placement` })
  for (let times = 0; times < 2; times++) await call(opened)
  const [, second] = tracesOf(await spans())
  t.strictSame(second?.tree, ['POST /placement', '  shape', '  handler', '    REST profile'])
})

await t.test('traces: say at which stage a call was refused', async t => {
  const { open, sandbox, spans } = await startTraced(t)
  const { alpha } = sandbox.portals
  t.equal((await open('CRM_DEAL_DETAIL_TAB', 'profile', { member_id: '!' })).status, 400)
  const employees = alpha.placementCall('DEFAULT', { user: alpha.users.employee }).body
  const wrong = { AUTH_ID: String(employees['AUTH_ID']), APPLICATION_TOKEN: 'a'.repeat(32) }
  t.equal((await open('CRM_DEAL_DETAIL_TAB', 'profile', wrong)).status, 403)
  t.equal((await open('CRM_DEAL_DETAIL_TAB', 'profile', { AUTH_ID: 'unknown' })).status, 401)
  sandbox.trouble.authorizationServer = 'down'
  t.equal((await open('CRM_DEAL_DETAIL_TAB')).status, 503)
  sandbox.trouble.authorizationServer = 'none'
  t.equal((await open('CRM_DEAL_DETAIL_TAB', 'no.such.method')).status, 502)
  t.equal((await open('LEFT_MENU')).status, 500)
  const traces = tracesOf(await spans())
  const rows = [
    ['shape', 'B24_ERR_CALL_MALFORMED', 0, 'shape'],
    ['application-token', 'B24_ERR_APPLICATION_TOKEN', 0, 'application-token'],
    ['proof', 'B24_ERR_AUTH_ID_UNKNOWN', 0, 'proof'],
    ['proof', 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE', 2, 'proof'],
    ['handler', 'B24_ERR_PORTAL_REFUSED', 2, 'REST no.such.method', '404'],
    ['handler', 'B24_ERR_INTERNAL', 2, 'handler']
  ] as const
  t.equal(traces.length, rows.length)
  for (const [index, [stage, code, status, name, type = code]] of rows.entries()) {
    const sent = traces[index]?.spans ?? []
    const attributes = { 'b24.stage': stage, 'error.type': code }
    t.match(pick(sent, 'POST /placement'), { attributes, status: { code: status } }, code)
    const failed = { attributes: name === 'handler' ? {} : { 'error.type': type }, status: { code: 2 } }
    t.match(pick(sent, name), failed, name)
    for (const { status, events } of sent) t.strictSame([status.message, events.length], [undefined, 0])
  }
})
