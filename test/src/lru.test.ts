import { LRUCache } from 'lru-cache'
import t from 'tap'
import { living, upTo } from '../../src/lru.ts'

await t.test('living: entries go when their time is over, also by a clock that is put back', async t => {
  const clock = { now: 1_700_000_000_000 }
  const cache = new LRUCache<string, true>({ ...upTo(10), ...living(1000, () => clock.now) })
  cache.set('first', true)
  clock.now += 1000
  t.equal(cache.has('first'), true)
  clock.now += 1
  t.equal(cache.has('first'), false)

  cache.set('second', true)
  for (const putBack of [3_600_000, 1]) {
    clock.now -= putBack
    t.equal(cache.has('second'), true)
  }
  clock.now += 1000
  t.equal(cache.has('second'), true)
  clock.now += 1
  t.equal(cache.has('second'), false, 'not for an hour')
})
