import t from 'tap'
import fc from 'fast-check'
import { createFailureLimit } from '../../../plugins/auth-token/failure-limit.ts'

await t.test('failure limit: never lets more failures through within a minute', async t => {
  const steps = fc.array(fc.nat(30_000), { maxLength: 60 })
  t.doesNotThrow(() => fc.assert(fc.property(steps, fc.integer({ min: 1, max: 5 }), (steps, perMinute) => {
    let now = 0
    const limit = createFailureLimit(perMinute, () => now)
    const failed = steps.flatMap(step => {
      now += step
      if (!limit.hasRoom('key')) return []
      limit.begin('key')(true)
      return [now]
    })
    return failed.every(start => failed.filter(time => time >= start && time < start + 60_000).length <= perMinute)
  })))
})

await t.test('failure limit: counts a running try as a failure until it succeeds', async t => {
  const limit = createFailureLimit(2, () => 0)
  const [one, two] = [limit.begin('key'), limit.begin('key')]
  t.equal(limit.hasRoom('key'), false)
  t.equal(limit.hasRoom('another'), true)
  one(false)
  const three = limit.begin('key')
  t.equal(limit.hasRoom('key'), false, 'another one still runs')
  two(false)
  three(false)
  t.strictSame([limit.hasRoom('key'), limit.isFailing('key')], [true, false])
  for (const hasRoom of [true, false]) {
    limit.begin('key')(true)
    t.equal(limit.hasRoom('key'), hasRoom)
  }
})

await t.test('failure limit: tolerates a few failures', async t => {
  let now = 0
  const limit = createFailureLimit(60, () => now)
  for (const isFailing of [false, false, false, true]) {
    limit.begin('key')(true)
    t.equal(limit.isFailing('key'), isFailing)
  }
  now += 60_000
  t.equal(limit.isFailing('key'), false)
})

await t.test('failure limit: a clock that is put back stops nobody', async t => {
  let now = 3_600_000
  const limit = createFailureLimit(1, () => now)
  limit.begin('key')(true)
  t.equal(limit.hasRoom('key'), false)
  now = 0
  t.equal(limit.hasRoom('key'), true)
})

await t.test('failure limit: remembers a limited number of keys', async t => {
  const limit = createFailureLimit(1, () => 0, 10)
  for (let index = 0; index < 10; index++) limit.begin(`key ${index}`)(true)
  t.equal(limit.hasRoom('key 0'), false)
  for (let index = 10; index < 20; index++) limit.begin(`key ${index}`)(true)
  t.equal(limit.hasRoom('key 1'), true, 'the least recently used key is forgotten')
})
