import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { createSlots } from '../../../plugins/tokens/slots.ts'

await t.test('so many run at the same time and no more, whether they end well or not', async t => {
  const inSlot = createSlots(3)
  let running = 0
  let most = 0
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => inSlot('one', async () => {
    most = Math.max(most, ++running)
    await wait(5)
    running--
    if (n % 4 === 0) throw new Error('failed')
    return n
  })))
  t.equal(most, 3)
  t.equal(outcomes.filter(({ status }) => status === 'rejected').length, 5)
  t.equal(await inSlot('one', async () => 'free again'), 'free again')
})

await t.test('whoever waits under one key keeps nobody else waiting', async t => {
  const inSlot = createSlots(1)
  let end = () => {}
  const slow = inSlot('slow', () => new Promise<void>(resolve => { end = resolve }))
  const waiting = inSlot('slow', async () => 'its turn')
  t.equal(await inSlot('fast', async () => 'at once'), 'at once')
  end()
  await slow
  t.equal(await waiting, 'its turn')
})
