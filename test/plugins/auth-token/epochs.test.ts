import t from 'tap'
import { createEpochs } from '../../../plugins/auth-token/verified-calls.ts'

await t.test('epochs: a moment before the end of an epoch is older than the next', async t => {
  const epochs = createEpochs()
  const first = epochs.now()
  t.ok(epochs.since('a') <= first)
  epochs.end('a')
  t.ok(epochs.since('a') > first)
  t.ok(epochs.since('b') <= first, 'the epoch of another portal goes on')
  const second = epochs.now()
  t.ok(epochs.since('a') <= second, 'what begins now belongs to the next')
  epochs.end('a')
  t.ok(epochs.since('a') > second)
})

await t.test('epochs: miss no end, though they remember a limited number of portals', async t => {
  const epochs = createEpochs(3)
  const moments = ['a', 'b', 'c', 'a', 'd', 'e'].map(memberId => {
    const before = epochs.now()
    epochs.end(memberId)
    return { memberId, before }
  })
  for (const { memberId, before } of moments) t.ok(epochs.since(memberId) > before, memberId)
  const now = epochs.now()
  for (const memberId of ['a', 'b', 'c', 'd', 'e', 'never']) t.ok(epochs.since(memberId) <= now, memberId)
  t.equal(epochs.since('b'), epochs.since('c'), 'forgotten portals share one epoch')
  t.ok(epochs.since('b') < epochs.since('a'), 'it ends with the last portal that was forgotten')
})
