import t from 'tap'
import { OperatingTime } from '../../../sandbox/rest/operating-time.ts'

const MINUTE = 60_000

await t.test('operating time: the time of calls adds up for ten minutes', async t => {
  const time = new OperatingTime()
  t.strictSame(time.of('app user.get', 0), { operating_reset_at: 600, operating: 0 }, 'nothing was used')
  time.add('app user.get', 1500, 0)
  time.add('app user.get', 500, MINUTE - 1)
  time.add('app user.get', 250, 3 * MINUTE)
  time.add('app user.get', 99, 3 * MINUTE)
  t.strictSame(time.of('app user.get', 3 * MINUTE), { operating_reset_at: 600, operating: 2.25 },
    'short calls are not counted')
  t.strictSame(time.of('app user.get', 10 * MINUTE), { operating_reset_at: 780, operating: 0.25 },
    'the first minute is forgotten')
  t.strictSame(time.of('app scope', 3 * MINUTE), { operating_reset_at: 780, operating: 0 },
    'another method counts apart')
})

await t.test('operating time: a method is blocked above 480 seconds', async t => {
  const time = new OperatingTime()
  time.add('key', 480_000, 0)
  t.equal(time.isOver('key', 0), false)
  time.add('key', 100, 0)
  t.equal(time.isOver('key', 9 * MINUTE), true)
  t.equal(time.isOver('key', 10 * MINUTE), false)
})
