import { ApiVersion, RefreshTokenError, RestrictionManager } from '@bitrix24/b24jssdk'
import t from 'tap'
import { until } from '../../until.ts'
import { clientOf, failed, scene, statsOf } from './sdk-scene.ts'

const timeOf = (b24: { actions: { v2: { call: { make (options: object): Promise<unknown> } } } }) =>
  b24.actions.v2.call.make({ method: 'server.time', params: {} })

// test/integration/core/limiters-retry-on-network-error.spec.ts
await t.test('SDK limits: a timeout is tried again unless it must not be', async t => {
  const { b24, sandbox } = await scene(t, {}, { retryDelay: 1 })
  sandbox.trouble.restDelay = 300
  b24.getHttpClient(ApiVersion.v2).ajaxClient.defaults.timeout = 1
  t.match(await failed(timeOf(b24)), { code: 'REQUEST_TIMEOUT' })
  t.match(statsOf(b24), { failedRequests: 3, retries: 2 })

  const once = clientOf(sandbox, sandbox.portals.alpha, { retryOnNetworkError: false })
  t.after(() => once.destroy())
  once.getHttpClient(ApiVersion.v2).ajaxClient.defaults.timeout = 1
  t.match(await failed(timeOf(once)), { code: 'REQUEST_TIMEOUT' })
  t.match(statsOf(once), { failedRequests: 1, retries: 0 })
})

// test/integration/core/limiters-custom-error-codes.spec.ts: there the client makes the error up, here the portal does.
await t.test('SDK limits: codes of your own are hard or soft errors', async t => {
  const CODE = 'MY_BUSINESS_FAIL'
  t.ok(RestrictionManager.BUILT_IN_HARD_ERROR_CODES.length > 0)
  t.notOk(RestrictionManager.BUILT_IN_SOFT_ERROR_CODES.includes(CODE))
  const methods = {
    'my.fail': () => { throw Object.assign(new Error('business failure'), { code: CODE, status: 500 }) }
  }
  const { b24, sandbox, portal } = await scene(t, { methods }, { retryDelay: 1 })
  const call = { method: 'my.fail', params: { id: 1 } }
  t.match(await failed(b24.actions.v2.call.make(call)), { code: CODE, status: 500 })
  t.ok(statsOf(b24).retries > 0, 'an unknown code is tried again')

  const hard = clientOf(sandbox, portal, { hardErrorCodes: [CODE] })
  t.after(() => hard.destroy())
  t.match(await failed(hard.actions.v2.call.make(call)), { code: CODE })
  t.match(statsOf(hard), { retries: 0, failedRequests: 1 })

  const soft = clientOf(sandbox, portal, { softErrorCodes: [CODE] })
  t.after(() => soft.destroy())
  const answer = await soft.actions.v2.call.make(call)
  t.equal(answer.isSuccess, false)
  t.match([...answer.getErrors()], [{ code: CODE }])
})

// test/integration/core/throttling-classification.unit.spec.ts, with the answers of the portal.
await t.test('SDK limits: a portal that is asked too often is asked again', async t => {
  const { b24, sandbox } = await scene(t)
  sandbox.trouble.rest = 'limited'
  const answer = timeOf(b24)
  await until(() => sandbox.requests.some(({ status }) => status === 503))
  sandbox.trouble.rest = 'none'
  t.match(await answer, { isSuccess: true })
  t.match(sandbox.requests.map(({ status }) => status), [503, 200])

  const once = clientOf(sandbox, sandbox.portals.alpha, { maxRetries: 1 })
  t.after(() => once.destroy())
  for (const [trouble, error] of [['limited', { code: 'QUERY_LIMIT_EXCEEDED', status: 503 }],
    ['overtime', { code: 'OPERATION_TIME_LIMIT', status: 429 }]] as const) {
    sandbox.trouble.rest = trouble
    t.match(await failed(timeOf(once)), error)
  }
})

// test/integration/core/auth-retry-401.unit.spec.ts and oauth/oauth-refresh-form-post.unit.spec.ts
await t.test('SDK limits: an expired token is refreshed once', async t => {
  const { sandbox, portal } = await scene(t)
  const b24 = clientOf(sandbox, portal, {}, -1)
  t.after(() => b24.destroy())
  sandbox.wire.clear()
  t.match(await b24.actions.v2.call.make({ method: 'user.current', params: {} }), { isSuccess: true })
  t.strictSame(sandbox.requests.map(({ path, status }) => [path.split('?')[0], status]),
    [['/rest/user.current', 401], ['/oauth/token/', 200], ['/rest/user.current', 200]])
  t.notMatch(sandbox.requests[1]?.path, /refresh_token|client_secret/, 'secrets are in the body')

  sandbox.trouble.authorizationServer = 'error'
  const late = clientOf(sandbox, portal, {}, -1)
  t.after(() => late.destroy())
  t.match(await failed(timeOf(late)), { code: 'JSSDK_UNKNOWN_ERROR' }, 'a refresh that fails is told')
  t.ok(await failed(late.auth.refreshAuth()) instanceof RefreshTokenError)
})

await t.test('SDK limits: a refusal is not tried again', async t => {
  const { b24, sandbox, portal } = await scene(t)
  portal.scope = ['crm']
  const rows: Array<[method: string, error: object]> = [
    ['user.current', { status: 401, code: 'insufficient_scope' }],
    ['crm.nothing', { status: 404, code: 'ERROR_METHOD_NOT_FOUND' }],
    ['crm.item.list', { status: 400 }]
  ]
  for (const [method, error] of rows) {
    sandbox.wire.clear()
    t.match(await failed(b24.actions.v2.call.make({ method, params: {} })), error, method)
    t.equal(sandbox.requests.length, 1, method)
  }
  portal.uninstall()
  t.match(await failed(timeOf(b24)), { status: 401, code: 'APPLICATION_NOT_FOUND' })
})
