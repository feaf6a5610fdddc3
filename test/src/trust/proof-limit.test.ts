import t from 'tap'
import fc from 'fast-check'
import { createProofLimit } from '../../../src/trust/proof-limit.ts'

await t.test('grants as many places as the limit within any minute', async t => {
  const { take } = createProofLimit()
  const granted = Array.from({ length: 200 }, (_, second) => take([['portal', 3]], second * 1000)).flatMap((granted, second) => granted ? [second] : [])
  t.strictSame(granted, [0, 1, 2, 60, 61, 62, 120, 121, 122, 180, 181, 182])
})

await t.test('no sixty seconds ever hold more than the limit', async t => {
  t.doesNotThrow(() => fc.assert(fc.property(fc.array(fc.nat(30_000), { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (steps, limit) => {
    const { take } = createProofLimit()
    let now = 0
    const granted = steps.flatMap(step => {
      now += step
      return take([['portal', limit]], now) ? [now] : []
    })
    return granted.every(start => granted.filter(time => time >= start && time < start + 60_000).length <= limit)
  })))
})

await t.test('every key has places of its own, and all of them are taken or none', async t => {
  const { take } = createProofLimit()
  t.equal(take([['portal', 2], ['caller one', 1]], 0), true)
  t.equal(take([['portal', 2], ['caller one', 1]], 0), false, 'the caller has had his')
  t.equal(take([['portal', 2], ['caller two', 1]], 0), true, 'the refused one took no place of the portal')
  t.equal(take([['portal', 2], ['caller three', 1]], 0), false, 'the portal has had both')
  t.equal(take([['other portal', 2]], 0), true)
})

await t.test('remembers a bounded number of keys, and made-up keys that are refused push nothing out', async t => {
  const { take } = createProofLimit(10)
  take([['portal', 1], ['all', 5]], 0)
  for (let i = 0; i < 100; i++) take([[`made up ${i}`, 1], ['all', 5]], 0)
  t.equal(take([['portal', 1]], 0), false, 'the portal is remembered')
  for (let i = 0; i < 10; i++) take([[`other ${i}`, 1]], 0)
  t.equal(take([['portal', 1]], 0), true, 'the one unused for longest is forgotten')
})
