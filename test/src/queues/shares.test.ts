import t from 'tap'
import { createShares } from '../../../src/queues/shares.ts'

const sharesOf = ({ max = 100, maxBytes = 1000 } = {}) =>
  createShares<string>(max, maxBytes, value => value.length)

await t.test('shares: keep a value until it is taken', async t => {
  const shares = sharesOf()
  t.equal(shares.get('a', 'x'), undefined)
  t.equal(shares.set('a', 'x', 'one'), 0)
  t.equal(shares.set('a', 'y', 'two'), 0)
  t.equal(shares.set('b', 'x', 'three'), 0)
  t.equal(shares.set('a', 'x', 'four'), 0, 'in the place of the first')
  t.strictSame([shares.size, shares.get('a', 'x'), shares.get('b', 'x')], [3, 'four', 'three'])
  t.strictSame(shares.take(1), ['four'])
  t.strictSame(shares.take(Infinity), ['two', 'three'])
  t.strictSame([shares.size, shares.take(1)], [0, []])
})

await t.test('shares: drop the oldest of the owner with the most', async t => {
  for (const shares of [sharesOf({ max: 5 }), sharesOf({ maxBytes: 5 })]) {
    let dropped = shares.set('quiet', '1', 'q')
    for (let index = 0; index < 10; index++) dropped += shares.set('loud', String(index), String(index))
    t.equal(dropped, 6)
    t.strictSame(shares.take(Infinity), ['q', '6', '7', '8', '9'])
  }
})

await t.test('shares: drop the same whoever came first', async t => {
  const shares = sharesOf({ max: 3 })
  for (const [owner, key] of [['loud', '1'], ['loud', '2'], ['quiet', '3'], ['other', '4']] as const) {
    shares.set(owner, key, key)
  }
  t.strictSame(shares.take(Infinity), ['2', '3', '4'])
})

await t.test('shares: drop several for a large value, or that value itself', async t => {
  const shares = sharesOf({ maxBytes: 10 })
  for (const key of ['1', '2', '3', '4']) shares.set('a', key, 'aa')
  t.equal(shares.set('a', '5', 'aaaaaa'), 2)
  t.strictSame(shares.take(Infinity), ['aa', 'aa', 'aaaaaa'])
  t.equal(shares.set('a', '6', 'a'.repeat(11)), 1)
  t.equal(shares.size, 0)
})
