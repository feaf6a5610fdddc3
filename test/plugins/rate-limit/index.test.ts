import t from 'tap'
import rateLimit, { type RateLimitOptions } from '../../../plugins/rate-limit/index.ts'
import errorPages from '../../../plugins/error-pages/index.ts'
import { build, type Scope } from '../../build.ts'

/** A bare Fastify with this plugin, and a route that counts a call of the user in the address. */
async function serviceFor (t: Scope, options: RateLimitOptions = {}) {
  const clock = { now: 0 }
  const app = await build(t, async app => {
    await app.register(errorPages)
    await app.register(rateLimit, { now: () => clock.now, delay: 0, ...options })
    app.get<{ Params: { memberId: string, userId: number } }>('/:memberId/:userId', async ({ params }) => {
      await app.limitRate(params.memberId, params.userId)
      return 'answered'
    })
  })
  const call = async (path: string) => {
    const { statusCode, headers, body } = await app.inject(path)
    return statusCode === 200 ? body : { statusCode, retryAfter: headers['retry-after'], error: JSON.parse(body).error }
  }
  return { app, clock, call }
}
const refused = (retryAfter: string) => ({ statusCode: 429, retryAfter, error: 'B24_ERR_RATE_LIMITED' })

await t.test('rate limit: lets a user open many tabs at once, but not flood', async t => {
  const { clock, call } = await serviceFor(t)
  for (let count = 0; count < 60; count++) t.equal(await call('/m1/7'), 'answered')
  t.strictSame(await call('/m1/7'), refused('1'))
  t.equal(await call('/m1/8'), 'answered', 'another user of the portal')
  t.equal(await call('/m2/7'), 'answered', 'another portal')
  clock.now += 1000
  for (let count = 0; count < 5; count++) t.equal(await call('/m1/7'), 'answered', 'five more a second')
  t.strictSame(await call('/m1/7'), refused('1'))
})

await t.test('rate limit: tells users apart by names of any length', async t => {
  const { app } = await serviceFor(t, { burst: 1 })
  const names = ['a', 'b', 'a'.repeat(5000), 'a'.repeat(4999) + 'b']
  for (const name of names) await app.limitRate('m1', name)
  for (const name of names) await t.rejects(app.limitRate('m1', name), { code: 'B24_ERR_RATE_LIMITED' })
})

await t.test('rate limit: takes a burst and a rate, and checks them', async t => {
  const { clock, call } = await serviceFor(t, { burst: 1, perSecond: 0.1 })
  t.equal(await call('/m1/1'), 'answered')
  clock.now += 2000
  t.strictSame(await call('/m1/1'), refused('8'))
  const rows: Array<[options: RateLimitOptions, message: string]> = [
    [{ burst: 0 }, 'rate-limit: options.burst must be a number from 1 to 2147483647'],
    [{ burst: NaN }, 'rate-limit: options.burst must be a number from 1 to 2147483647'],
    [{ perSecond: 0 }, 'rate-limit: options.perSecond must be a number above 0, at most 2147483647'],
    [{ delay: -1 }, 'rate-limit: options.delay must be a number from 0 to 2147483647']
  ]
  for (const [options, message] of rows) {
    await t.rejects(build(t, app => app.register(rateLimit, options)), { message })
  }
})

await t.test('rate limit: delays some refusals, until the service closes at most', async t => {
  const { app, call } = await serviceFor(t, { burst: 1, delay: 60_000 })
  t.equal(await call('/m1/7'), 'answered')
  let ended = 0
  const held = Array.from({ length: 200 }, async () => {
    const answer = await call('/m1/7')
    ended++
    return answer
  })
  const others = Array.from({ length: 5 }, () => call('/m1/7'))
  t.strictSame(await Promise.race(others), refused('1'), 'one more is refused at once')
  t.equal(ended, 0)
  await app.close()
  t.strictSame(await Promise.all(held), held.map(() => refused('1')))
})
