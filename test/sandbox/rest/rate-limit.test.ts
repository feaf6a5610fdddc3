import t from 'tap'
import { RateLimit } from '../../../sandbox/rest/rate-limit.ts'
import { ask, sandboxFor } from '../helper.ts'

await t.test('rate limit: a bucket takes calls until it is full, and leaks', async t => {
  const limit = new RateLimit()
  const rows: Array<[string, number, string, boolean]> = [
    ['first', 0, 'a', true],
    ['second', 0, 'a', true],
    ['third', 0, 'a', true],
    ['one too many', 0, 'a', false],
    ['another address has its own bucket', 0, 'b', true],
    ['too early', 400, 'a', false],
    ['half a second makes room for one', 500, 'a', true],
    ['and for no more', 500, 'a', false],
    ['an empty bucket does not get emptier', 60_000, 'a', true],
    ['three fit', 60_000, 'a', true],
    ['three fit', 60_000, 'a', true],
    ['full again', 60_000, 'a', false]
  ]
  for (const [name, now, address, fits] of rows) t.equal(limit.take(address, { size: 3, leak: 2 }, now), fits, name)
})

await t.test('rate limit: each portal takes fifty calls at once from an address', async t => {
  const { portals: { alpha, beta } } = await sandboxFor(t)
  const url = `${alpha.url}/rest/profile?auth=${alpha.grant(alpha.users.admin).accessToken}`
  const answers = await Promise.all(Array.from({ length: 55 }, () => ask(url)))
  const refused = answers.filter(({ status }) => status === 503)
  t.ok(refused.length > 0 && refused.length <= 5, 'some of the last five are refused')
  t.match(refused[0]?.body, { error: 'QUERY_LIMIT_EXCEEDED', error_description: 'Too many requests' })
  t.equal((await ask(`${beta.url}/rest/profile?auth=${beta.grant(beta.users.admin).accessToken}`)).status, 200)
})
