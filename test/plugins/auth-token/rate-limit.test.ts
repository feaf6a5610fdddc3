import { mock } from 'node:test'
import t from 'tap'
import { AuthIdExpiredError, AuthIdUnknownError, NotInstalledError, PaymentRequiredError, AuthorizationServerUnavailableError } from '../../../src/errors.ts'
import type { Proof } from '../../../plugins/auth-token/proof-cache.ts'
import { until } from '../../helper.ts'
import { createProofLimit, type ProofLimitOptions, type ProofRequest } from '../../../plugins/auth-token/rate-limit.ts'

const tooMany = 'B24_ERR_TOO_MANY_PROOFS'
const silent = 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE'
const unknown = 'B24_ERR_AUTH_ID_UNKNOWN'

const proofOf = (memberId: string, clientId = 'app'): Proof => ({
  clientId,
  memberId,
  domain: 'portal.example',
  origin: 'https://portal.example',
  clientEndpoint: 'https://portal.example/rest/',
  serverEndpoint: '',
  scope: [],
  status: 'L',
  installed: true,
  userId: 1,
  expiresAt: 0
})

/** A limit with a clock that the test moves. `ask` answers with the code of the refusal, or 'proven'. */
function limitFor (options: ProofLimitOptions = {}) {
  const clock = { now: 0 }
  const limit = createProofLimit({ failuresPerMinute: 20, now: () => clock.now, ...options })
  const ask = (changes: Partial<ProofRequest>, question: (() => Promise<Proof>) | Error) => {
    const request: ProofRequest = { clientId: 'app', memberId: 'm1', ip: '192.0.2.1', kind: 'without-application-token', ...changes }
    return limit.ask(request, question instanceof Error ? async () => { throw question } : question).then(() => 'proven', error => error.code)
  }
  const good = (changes: Partial<ProofRequest> = {}) => ask(changes, async () => proofOf(changes.memberId ?? 'm1'))
  const forged = (changes: Partial<ProofRequest> = {}) => ask(changes, new AuthIdUnknownError())
  return { clock, ask, good, forged }
}

/** Fails until the limit says no; out: how often the question was put. */
async function useUp ({ forged }: ReturnType<typeof limitFor>, changes: Partial<ProofRequest> = {}) {
  for (let count = 0; ; count++) if (await forged(changes) === tooMany) return count
}

/** A question that the test answers. */
function questionFor () {
  const { promise, resolve, reject } = Promise.withResolvers<Proof>()
  const question = { isPut: false, put: async () => { question.isPut = true; return await promise }, prove: () => resolve(proofOf('m1')), refuse: reject }
  return question
}

await t.test('only what proves nothing is a failure', async t => {
  for (const [name, answer, code, isFailure] of [
    ['an unknown token', new AuthIdUnknownError(), unknown, true],
    ['an expired one', new AuthIdExpiredError(), 'B24_ERR_AUTH_ID_EXPIRED', true],
    ['one of another portal', async () => proofOf('m2'), 'proven', true],
    ['one of another application', async () => proofOf('m1', 'another'), 'proven', true],
    ['a good one', async () => proofOf('m1'), 'proven', false],
    ['a portal that is not installed', new NotInstalledError(), 'B24_ERR_NOT_INSTALLED', false],
    ['a portal that has not paid', new PaymentRequiredError(), 'B24_ERR_PAYMENT_REQUIRED', false],
    ['nobody who answers', new AuthorizationServerUnavailableError(), silent, false],
    ['a fault of our own', Object.assign(new Error(), { code: 'OURS' }), 'OURS', false]
  ] as Array<[string, (() => Promise<Proof>) | Error, string, boolean]>) {
    const limit = limitFor()
    for (let index = 0; index < 20; index++) t.equal(await limit.ask({}, answer), code, name)
    t.equal(await limit.forged(), isFailure ? tooMany : unknown, `${name} is ${isFailure ? 'a' : 'no'} failure`)
  }
})

await t.test('each address has failures of its own, and they are forgotten after a minute', async t => {
  const limit = limitFor()
  t.equal(await useUp(limit), 20)
  limit.clock.now += 59_999
  t.equal(await limit.good(), tooMany)
  t.equal(await useUp(limit, { ip: '192.0.2.2' }), 20, 'another address')
  limit.clock.now += 1
  t.equal(await useUp(limit), 20)
})

await t.test('who was proven here before has failures of their own', async t => {
  const limit = limitFor()
  const office = '192.0.2.1'
  t.equal(await limit.good({ ip: office }), 'proven')
  t.equal(await useUp(limit, { ip: office, memberId: 'made-up' }), 20)
  t.equal(await limit.good({ ip: office }), 'proven', 'on this portal, from this address')
  t.equal(await limit.good({ ip: office, memberId: 'm2' }), tooMany, 'not on another portal')
  t.equal(await limit.good({ ip: office, memberId: 'm2', kind: 'installation' }), 'proven', 'but installing is another thing')
  t.equal(await useUp(limit, { ip: office }), 20, 'and these failures have an end as well')
})

await t.test('all strangers with failures have a limit together, and those without are not concerned', async t => {
  const limit = limitFor()
  let asked = 0
  for (let index = 0; index < 100; index++) asked += await useUp(limit, { ip: `198.51.100.${index}`, memberId: `m${index}` })
  t.ok(asked >= 200 && asked <= 200 + 2 * 100, `${asked} questions for a hundred addresses`)
  t.equal(await limit.good({ ip: '192.0.2.7', memberId: 'new' }), 'proven')
  t.equal(await limit.good(), 'proven')
})

await t.test('questions are put a few at once, to each client in its turn', async t => {
  const limit = limitFor({ slots: { proven: 1, strangers: 1, failing: 1 } })
  t.equal(await limit.good({ ip: '192.0.2.9' }), 'proven')
  const order: string[] = []
  const first = questionFor()
  const running = limit.ask({ ip: '198.51.100.1' }, first.put)
  await until(() => first.isPut)
  const others = [
    ...Array.from({ length: 3 }, () => '198.51.100.1'), '198.51.100.2', '2001:db8:1:2::1', '2001:db8:1:2::2'
  ].map(ip => limit.ask({ ip }, async () => { order.push(ip); return proofOf('m1') }))
  t.strictSame(order, [])
  t.equal(await limit.good({ ip: '192.0.2.9' }), 'proven', 'who was proven before does not wait for strangers')
  first.prove()
  t.equal(await running, 'proven')
  t.strictSame(await Promise.all(others), others.map(() => 'proven'))
  t.strictSame(order, ['198.51.100.1', '198.51.100.2', '2001:db8:1:2::1', '198.51.100.1', '2001:db8:1:2::2', '198.51.100.1'])
})

await t.test('a thousand addresses at once keep no first installation out', async t => {
  const limit = limitFor()
  const flood = Array.from({ length: 1000 }, (_, index) => limit.forged({ ip: `198.51.${index >> 8}.${index & 255}`, memberId: `m${index}`, kind: 'installation' }))
  const first = limit.good({ ip: '192.0.2.1', memberId: 'new', kind: 'installation' })
  t.equal(await first, 'proven')
  t.strictSame([...new Set(await Promise.all(flood))], [unknown])
})

await t.test('a network that floods has one turn among all others', async t => {
  const limit = limitFor({ slots: { proven: 1, strangers: 1, failing: 1 }, failuresPerMinute: 1000 })
  const order: string[] = []
  await Promise.all([...Array.from({ length: 20 }, (_, index) => `2001:db8:1:${index}::1`), '2001:db8:2::1', '192.0.2.1']
    .map(ip => limit.ask({ ip }, async () => { order.push(ip); return proofOf('m2') })))
  t.ok(order.indexOf('192.0.2.1') <= 4, order.slice(0, 5).join(' '))
})

await t.test('what waits is refused as soon as those in front have used up the limit', async t => {
  const limit = limitFor({ slots: { proven: 1, strangers: 1, failing: 1 } })
  const outcomes = await Promise.all(Array.from({ length: 30 }, () => limit.forged()))
  t.equal(outcomes.filter(code => code === unknown).length, 20)
  t.equal(outcomes.filter(code => code === tooMany).length, 10)
})

await t.test('ask: says whose fault it is when a call has waited in vain', async t => {
  t.after(() => mock.timers.reset())
  const limit = limitFor({ slots: { proven: 1, strangers: 1, failing: 1 } })
  for (const [error, code] of [[new AuthIdUnknownError(), tooMany], [new AuthorizationServerUnavailableError(), silent]] as const) {
    await limit.ask({ ip: '198.51.100.3' }, error)
    const first = questionFor()
    const running = limit.ask({ ip: '198.51.100.1' }, first.put)
    mock.timers.enable({ apis: ['setTimeout'] })
    const waiting = limit.good({ ip: '198.51.100.2', memberId: 'm2' })
    mock.timers.tick(10_000)
    mock.timers.reset()
    t.equal(await waiting, code)
    first.refuse(error)
    t.notSame(await running, 'proven')
  }
})
