import t from 'tap'
import fc from 'fast-check'
import { createTokenBuckets } from '../../../src/http/rate-limits.ts'

await t.test('rate limits: allow so many at once, then so many a second', async t => {
  const { take, left } = createTokenBuckets({ burst: 3, perSecond: 0.5 })
  t.equal(left('one', 0), 3)
  t.strictSame([0, 0, 0, 0, 1000, 2000, 2000, 3000].map(now => take('one', now)), [0, 0, 0, 2, 1, 0, 2, 1])
  t.equal(left('one', 3000), 0, 'half of one is nothing')
  t.equal(left('one', 6000), 2)
  t.equal(take('another', 2000), 0)
  t.equal(left('one', 60_000), 3, 'never more than at once')
})

await t.test('rate limits: a clock that is put back changes nothing', async t => {
  const { take } = createTokenBuckets({ burst: 1, perSecond: 1 })
  t.strictSame([5000, 1000, 6000].map(now => take('one', now)), [0, 1, 0])
  t.strictSame([3_600_000, 1000, 1500, 2000].map(now => take('two', now)), [0, 1, 1, 0], 'nobody waits an hour')
})

await t.test('rate limits: no time holds more than the limit', async t => {
  const steps = fc.array(fc.nat(3000), { maxLength: 60 })
  t.doesNotThrow(() => fc.assert(fc.property(steps, fc.integer({ min: 1, max: 5 }), (steps, burst) => {
    const { take } = createTokenBuckets({ burst, perSecond: 1 })
    let now = 0
    const taken = steps.flatMap(step => {
      now += step
      return take('one', now) === 0 ? [now] : []
    })
    return taken.every(start => taken.filter(time => time >= start && time < start + 10_000).length <= burst + 10)
  })))
})

await t.test('rate limits: remember a bounded number of keys', async t => {
  const { take } = createTokenBuckets({ burst: 1, perSecond: 0.001, maxKeys: 2 })
  take('one', 0)
  take('two', 0)
  for (let i = 0; i < 5; i++) t.equal(take('two', 0), 1000)
  t.equal(take('one', 0), 1000, 'both are remembered')
  take('three', 0)
  t.equal(take('two', 0), 0, 'the one unused for longest is forgotten')
})
