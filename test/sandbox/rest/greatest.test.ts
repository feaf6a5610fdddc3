import t from 'tap'
import { greatest } from '../../../sandbox/rest/greatest.ts'

await t.test('greatest: takes any amount of numbers', t => {
  t.equal(greatest([], 5), 5)
  t.equal(greatest([3, 9, 4], 5), 9)
  t.equal(greatest(Array.from({ length: 500_000 }, (_, index) => index), 0), 499_999, 'a call may give so many')
  t.end()
})
