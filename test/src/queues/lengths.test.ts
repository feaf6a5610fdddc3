import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { createBackground } from '../../../src/queues/background.ts'
import { createFairQueue } from '../../../src/queues/fair-queue.ts'
import { queueLengths, watchLength } from '../../../src/queues/lengths.ts'

await t.test('queue lengths: add up the queues of one name', async t => {
  const [one, other] = [watchLength('added', () => 2), watchLength('added', () => 3)]
  t.equal(queueLengths().get('added'), one() + other())
})

await t.test('queue lengths: show what waits in a queue with a name', async t => {
  const inTurn = createFairQueue({ name: 'narrow', slots: 1 })
  const held = Promise.withResolvers<void>()
  const works = ['a', 'b', 'c'].map(async key => await inTurn(key, async () => await held.promise))
  t.equal(queueLengths().get('narrow'), 2)
  held.resolve()
  await Promise.all(works)
  t.equal(queueLengths().get('narrow'), 0)
})

await t.test('queue lengths: show what runs in the background', async t => {
  const before = Number(queueLengths().get('background') ?? 0)
  const background = createBackground({ error: () => {} })
  const held = Promise.withResolvers<void>()
  background.run('work', async () => await held.promise)
  t.equal(queueLengths().get('background'), before + 1)
  held.resolve()
  await background.close()
  t.equal(background.size(), 0)
})

await t.test('queue lengths: a queue that is gone counts nothing', async t => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  watchLength('gone', () => 7)
  // It lives until this turn ends.
  await turn()
  collect()
  t.equal(queueLengths().get('gone'), 0)
})
