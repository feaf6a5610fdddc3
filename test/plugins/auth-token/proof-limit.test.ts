import { mock } from 'node:test'
import t from 'tap'
import type { Proof, Question } from '../../../plugins/auth-token/calls.ts'
import { limited, type ProofLimitOptions } from '../../../plugins/auth-token/proof-limit.ts'
import {
  AuthIdExpiredError, AuthIdUnknownError, AuthorizationServerUnavailableError, NotInstalledError, PaymentRequiredError
} from '../../../src/errors.ts'
import { proofOf } from '../../build.ts'
import { until } from '../../until.ts'

const tooMany = 'B24_ERR_TOO_MANY_PROOFS'
const unavailable = 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE'
const unknown = 'B24_ERR_AUTH_ID_UNKNOWN'

type LimitedQuestion = Pick<Question, 'memberId' | 'ip' | 'kind' | 'pageOf'> & { put: () => Promise<Proof> }
type Client = Partial<Pick<Question, 'memberId' | 'ip' | 'kind' | 'pageOf'>>

/** A limit with a clock that the test moves. `ask` gives the code of the error, or 'proven'. */
function limitFor (options: Partial<ProofLimitOptions> = {}) {
  const clock = { now: 0 }
  const prove = limited<LimitedQuestion>(({ put }) => put(), {
    clientId: 'app', failuresPerMinute: 20, now: () => clock.now, ...options
  })
  const ask = async (client: Client, answer: (() => Promise<Proof>) | Error): Promise<string> => {
    const put = answer instanceof Error ? async () => { throw answer } : answer
    const question = { memberId: 'm1', ip: '192.0.2.1', kind: 'without-application-token', ...client, put } as const
    return await prove(question).then(() => 'proven', error => error.code)
  }
  const good = (client: Client = {}) => ask(client, async () => proofOf({ memberId: client.memberId ?? 'm1' }))
  const forged = (client: Client = {}) => ask(client, new AuthIdUnknownError())
  return { clock, ask, good, forged }
}

/**
 * Fails until the limit says no.
 *
 * @returns how often the question was put
 */
async function useUp ({ forged }: ReturnType<typeof limitFor>, client: Client = {}) {
  for (let count = 0; ; count++) if (await forged(client) === tooMany) return count
}

/** A question that the test answers. */
function questionFor () {
  const { promise, resolve, reject } = Promise.withResolvers<Proof>()
  const question = {
    isPut: false,
    put: async () => {
      question.isPut = true
      return await promise
    },
    prove: () => resolve(proofOf()),
    refuse: reject
  }
  return question
}

await t.test('limited: counts only what proves nothing as a failure', async t => {
  for (const [name, answer, code, isFailure] of [
    ['an unknown token', new AuthIdUnknownError(), unknown, true],
    ['an expired one', new AuthIdExpiredError(), 'B24_ERR_AUTH_ID_EXPIRED', true],
    ['one of another portal', async () => proofOf({ memberId: 'm2' }), 'proven', true],
    ['one of another application', async () => proofOf({ clientId: 'another' }), 'proven', true],
    ['a good one', async () => proofOf(), 'proven', false],
    ['a portal that is not installed', new NotInstalledError(), 'B24_ERR_NOT_INSTALLED', false],
    ['a portal that has not paid', new PaymentRequiredError(), 'B24_ERR_PAYMENT_REQUIRED', false],
    ['an outage', new AuthorizationServerUnavailableError(), unavailable, false],
    ['a fault of our own', Object.assign(new Error(), { code: 'OURS' }), 'OURS', false]
  ] as Array<[string, (() => Promise<Proof>) | Error, string, boolean]>) {
    const limit = limitFor()
    for (let index = 0; index < 20; index++) t.equal(await limit.ask({}, answer), code, name)
    t.equal(await limit.forged(), isFailure ? tooMany : unknown, `${name} is ${isFailure ? 'a' : 'no'} failure`)
  }
})

await t.test('limited: counts failures of each address, for a minute', async t => {
  const limit = limitFor()
  t.equal(await useUp(limit), 20)
  limit.clock.now += 59_999
  t.equal(await limit.good(), tooMany)
  t.equal(await useUp(limit, { ip: '192.0.2.2' }), 20, 'another address')
  limit.clock.now += 1
  t.equal(await useUp(limit), 20)
})

await t.test('limited: counts failures of clients proven here before apart', async t => {
  const limit = limitFor()
  const office = '192.0.2.1'
  t.equal(await limit.good({ ip: office }), 'proven')
  t.equal(await useUp(limit, { ip: office, memberId: 'made-up' }), 20)
  t.equal(await limit.good({ ip: office }), 'proven', 'on this portal, from this address')
  t.equal(await limit.good({ ip: office, memberId: 'm2' }), tooMany, 'not on another portal')
  const installing = { ip: office, memberId: 'm2', kind: 'installation' } as const
  t.equal(await limit.good(installing), 'proven', 'but it may install')
  t.equal(await useUp(limit, { ip: office }), 20, 'these failures are limited as well')
})

await t.test('limited: counts failures of pages by their users, wherever they are', async t => {
  const limit = limitFor()
  t.equal(await useUp(limit), 20, 'of whoever shows no session')
  t.equal(await useUp(limit, { pageOf: 1 }), 20)
  t.equal(await limit.good({ pageOf: 1, ip: '192.0.2.2' }), tooMany)
  t.equal(await limit.good({ pageOf: 2 }), 'proven', 'another user')
  t.equal(await limit.good({ pageOf: 1, memberId: 'm2' }), 'proven', 'another portal')
})

await t.test('limited: unknown clients with failures share one more limit', async t => {
  const limit = limitFor()
  let asked = 0
  for (let index = 0; index < 100; index++) {
    asked += await useUp(limit, { ip: `198.51.100.${index}`, memberId: `m${index}` })
  }
  t.ok(asked >= 200 && asked <= 200 + 2 * 100, `${asked} questions for a hundred addresses`)
  t.equal(await limit.good({ ip: '192.0.2.7', memberId: 'new' }), 'proven')
  t.equal(await limit.good(), 'proven')
})

await t.test('limited: runs a few questions at once, and clients take turns', async t => {
  const limit = limitFor({ slots: { proven: 1, unknown: 1, failing: 1 } })
  t.equal(await limit.good({ ip: '192.0.2.9' }), 'proven')
  const order: string[] = []
  const first = questionFor()
  const running = limit.ask({ ip: '198.51.100.1' }, first.put)
  await until(() => first.isPut)
  const others = [
    ...Array.from({ length: 3 }, () => '198.51.100.1'), '198.51.100.2', '2001:db8:1:2::1', '2001:db8:1:2::2'
  ].map(ip => limit.ask({ ip }, async () => {
    order.push(ip)
    return proofOf()
  }))
  t.strictSame(order, [])
  t.equal(await limit.good({ ip: '192.0.2.9' }), 'proven', 'a proven client does not wait for unknown ones')
  first.prove()
  t.equal(await running, 'proven')
  t.strictSame(await Promise.all(others), others.map(() => 'proven'))
  t.strictSame(order, [
    '198.51.100.1', '198.51.100.2', '2001:db8:1:2::1', '198.51.100.1', '2001:db8:1:2::2', '198.51.100.1'
  ])
})

await t.test('limited: serves a first installation among a thousand addresses', async t => {
  const limit = limitFor()
  const flood = Array.from({ length: 1000 }, (_, index) =>
    limit.forged({ ip: `198.51.${index >> 8}.${index & 255}`, memberId: `m${index}`, kind: 'installation' }))
  const first = limit.good({ ip: '192.0.2.1', memberId: 'new', kind: 'installation' })
  t.equal(await first, 'proven')
  t.strictSame([...new Set(await Promise.all(flood))], [unknown])
})

await t.test('limited: a flooding network has one turn among all others', async t => {
  const limit = limitFor({ slots: { proven: 1, unknown: 1, failing: 1 }, failuresPerMinute: 1000 })
  const order: string[] = []
  const flood = Array.from({ length: 20 }, (_, index) => `2001:db8:1:${index}::1`)
  await Promise.all([...flood, '2001:db8:2::1', '192.0.2.1'].map(ip => limit.ask({ ip }, async () => {
    order.push(ip)
    return proofOf({ memberId: 'm2' })
  })))
  t.ok(order.indexOf('192.0.2.1') <= 4, order.slice(0, 5).join(' '))
})

await t.test('limited: refuses a waiting question once the limit is used up', async t => {
  const limit = limitFor({ slots: { proven: 1, unknown: 1, failing: 1 } })
  const outcomes = await Promise.all(Array.from({ length: 30 }, () => limit.forged()))
  t.equal(outcomes.filter(code => code === unknown).length, 20)
  t.equal(outcomes.filter(code => code === tooMany).length, 10)
})

await t.test('limited: says after a wait in vain whose fault it was', async t => {
  t.after(() => mock.timers.reset())
  const limit = limitFor({ slots: { proven: 1, unknown: 1, failing: 1 } })
  const rows = [[new AuthIdUnknownError(), tooMany], [new AuthorizationServerUnavailableError(), unavailable]] as const
  for (const [error, code] of rows) {
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
