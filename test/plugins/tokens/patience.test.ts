import t from 'tap'
import { withPatience } from '../../../plugins/tokens/patience.ts'

await t.test('who is patient enough hears how the work ended', async t => {
  t.equal(await withPatience(60_000, async ({ aborted }) => aborted ? 'nobody waits' : 'done'), 'done')
  await t.rejects(withPatience(60_000, async () => { throw new Error('failed') }), { message: 'failed' })
})

await t.test('who is not leaves, and the work goes on and is told', async t => {
  let end = () => {}
  let over: AbortSignal | undefined
  const ended = new Promise<void>(resolve => { end = resolve })
  const work = async (signal: AbortSignal) => {
    over = signal
    await ended
    throw new Error('nobody hears this')
  }
  await t.rejects(withPatience(5, work), { code: 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE' })
  t.match(over, { aborted: true, reason: { code: 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE' } })
  end()
})
