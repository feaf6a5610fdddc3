import t from 'tap'
import { createByteBudget } from '../../../plugins/portal-rest/byte-budget.ts'

await t.test('when all hold too much, the portal that holds most gives way with its largest answer', async t => {
  const hold = createByteBudget(100)
  const [large, larger, small] = [hold('hostile'), hold('hostile'), hold('other')]
  large.add(40)
  larger.add(45)
  small.add(10)
  t.strictSame([large, larger, small].map(({ signal }) => signal.aborted), [false, false, false])
  small.add(6)
  t.strictSame([large, larger, small].map(({ signal }) => signal.aborted), [false, true, false])
  larger.add(1000)
  large.add(40)
  t.notOk(small.signal.aborted, 'what is given up counts no longer')
  large.release()
  large.release()
  small.add(80)
  t.notOk(small.signal.aborted, 'nor what was read')
  small.add(80)
  t.ok(small.signal.aborted)
})
