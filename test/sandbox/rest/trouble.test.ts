import t from 'tap'
import { until } from '../../until.ts'
import { callRest, failureOf, resultOf, sandboxFor } from '../helper.ts'

await t.test('REST: breaks as the trouble says, and records each request', async t => {
  const sandbox = await sandboxFor(t)
  const { portals: { alpha }, trouble } = sandbox
  await callRest(alpha, 'profile')
  t.match(sandbox.requests, [{ to: 'portal', path: '/rest/profile', name: 'profile', memberId: alpha.memberId }])
  trouble.rest = 'down'
  await t.rejects(callRest(alpha, 'profile'))
  trouble.rest = 'nonsense'
  await t.rejects(callRest(alpha, 'profile'), SyntaxError)
})

await t.test('REST: refuses calls as the trouble says', async t => {
  const { portals: { alpha }, trouble } = await sandboxFor(t)
  trouble.rest = 'limited'
  t.match(await callRest(alpha, 'profile'), { status: 503, body: { error: 'QUERY_LIMIT_EXCEEDED' } })
  trouble.rest = 'overtime'
  t.match(await callRest(alpha, 'profile'), {
    status: 429, body: { error: 'OPERATION_TIME_LIMIT', time: { operating: 480, operating_reset_at: Number } }
  })
  t.match(await resultOf(alpha, 'batch', { cmd: { who: 'profile' } }),
    { result_error: { who: { error: 'OPERATION_TIME_LIMIT' } } })
  trouble.rest = 'unpaid'
  t.match(await callRest(alpha, 'profile'),
    { status: 401, body: { error: 'PAYMENT_REQUIRED', error_description: 'Payment required' } })
  trouble.rest = 'none'
  trouble.access = 'denied'
  t.match(await callRest(alpha, 'profile'), { status: 200 }, 'administrators may go on')
  t.strictSame(await failureOf(alpha, 'profile', {}, alpha.users.employee), [401, 'user_access_error'])
})

await t.test('REST: a portal that is made to wait has not worked', async t => {
  const { portals: { alpha }, trouble } = await sandboxFor(t)
  const answered: string[] = []
  trouble.restDelay = 1000
  const late = callRest(alpha, 'profile').finally(() => answered.push('late'))
  await until(() => alpha.state.wire.entries.length === 1)
  trouble.restDelay = 0
  await callRest(alpha, 'profile').finally(() => answered.push('at once'))
  const { body: { time } } = await late
  t.strictSame(answered, ['at once', 'late'])
  t.match(time, { operating: 0 })
})

await t.test('REST: a method that has used its time is blocked, others are not', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { now } = Date
  const { scope } = alpha
  t.after(() => { Date.now = now })
  // The clock is put forward while the method reads what it answers: it takes 490 seconds.
  Object.defineProperty(alpha, 'scope', {
    configurable: true,
    get () {
      Date.now = () => now() + 490_000
      return scope
    }
  })
  t.match(await callRest(alpha, 'scope'), { status: 200, body: { time: { operating: Number } } })
  Object.defineProperty(alpha, 'scope', { value: scope })
  const { status, body } = await callRest(alpha, 'scope')
  t.match({ status, body }, { status: 429, body: { error: 'OPERATION_TIME_LIMIT' } })
  // The refusal has it.
  t.ok((body.time as { operating: number }).operating >= 490)
  t.match(await resultOf(alpha, 'batch', { cmd: { what: 'scope', may: 'user.admin' } }), {
    result: { may: true }, result_error: { what: { error: 'OPERATION_TIME_LIMIT' } }
  })
})
