import t from 'tap'
import { withDeadline } from '../../../src/queues/deadline.ts'

const late = () => new Error('late')

await t.test('withDeadline: passes on how work ended in time', async t => {
  t.equal(await withDeadline(60_000, late, async ({ aborted }) => aborted ? 'late' : 'done'), 'done')
  await t.rejects(withDeadline(60_000, late, async () => { throw new Error('failed') }), { message: 'failed' })
})

await t.test('withDeadline: rejects in time, and tells the work, which may go on', async t => {
  const gate = Promise.withResolvers<void>()
  let given: AbortSignal | undefined
  const work = async (over: AbortSignal) => {
    given = over
    await gate.promise
    throw new Error('nobody hears this')
  }
  await t.rejects(withDeadline(5, late, work), { message: 'late' })
  t.match(given, { aborted: true, reason: { message: 'late' } })
  gate.resolve()
})
