import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { createFairQueue, type FairQueueOptions } from '../../../src/queues/fair-queue.ts'
import { until } from '../../until.ts'

/** A queue whose work the test ends, in the order in which it began. The first letter of a name is its key. */
function queueFor (options: FairQueueOptions) {
  const run = createFairQueue({ rejection: () => new Error('no room'), ...options })
  const begun: string[] = []
  const ends: Array<() => void> = []
  const bring = (name: string) => run(name.slice(0, 1), async () => {
    begun.push(name)
    await new Promise<void>(resolve => { ends.push(resolve) })
    return name
  }).catch((error: Error) => error.message)
  const end = () => ends.shift()?.()
  /** Ends one after the other until nothing runs. */
  const finish = async () => {
    await setImmediate()
    while (ends.length > 0) {
      end()
      await setImmediate()
    }
  }
  return { run, begun, bring, end, finish }
}

await t.test('fair queue: fills its slots, then serves the keys in rotation', async t => {
  const { begun, bring, finish } = queueFor({ slots: 2, room: 10 })
  const all = Promise.all(['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'].map(bring))
  t.strictSame(begun, ['a1', 'a2'])
  await finish()
  t.strictSame(await all, ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'])
  t.strictSame(begun, ['a1', 'a2', 'a3', 'b1', 'c1', 'a4', 'b2'])
})

await t.test('fair queue: a key that runs work waits behind those who came first', async t => {
  const { begun, bring, finish } = queueFor({ slots: 1 })
  const all = Promise.all(['a1', 'b1', 'a2'].map(bring))
  await finish()
  await all
  t.strictSame(begun, ['a1', 'b1', 'a2'])
})

await t.test('fair queue: the longest line gives way when there is no more room', async t => {
  const { bring, finish, begun } = queueFor({ slots: 1, room: 4 })
  const all = Promise.all(['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'c1', 'd1', 'e1', 'b2'].map(bring))
  await finish()
  const none = 'no room'
  t.strictSame(await all, ['a0', 'a1', none, none, none, none, 'b1', 'c1', 'd1', none, none])
  t.strictSame(begun, ['a0', 'a1', 'b1', 'c1', 'd1'])
})

await t.test('fair queue: one key takes its share and no more', async t => {
  const { begun, bring, end, finish } = queueFor({ slots: 6, slotsPerKey: 2 })
  const all = Promise.all(['a1', 'a2', 'a3', 'b1'].map(bring))
  t.strictSame(begun, ['a1', 'a2', 'b1'])
  end()
  await until(() => begun.length === 4)
  t.equal(begun.at(-1), 'a3')
  await finish()
  await all
})

await t.test('fair queue: the share shrinks with the slots, so others find one', async t => {
  const { begun, bring, end, finish } = queueFor({ slots: 6, slotsPerKey: 3 })
  const all = ['a1', 'a2', 'b1', 'b2', 'a3', 'c1'].map(bring)
  t.strictSame(begun, ['a1', 'a2', 'b1', 'c1'], 'two slots are left')
  all.push(...['d1', 'e1', 'f1'].map(bring))
  t.strictSame(begun.slice(4), ['d1', 'e1'], 'none is left')
  end()
  await until(() => begun.length === 7)
  t.equal(begun.at(-1), 'f1', 'a key without a slot goes first')
  await finish()
  await Promise.all(all)
})

await t.test('fair queue: keys without a limit of all never wait for each other', async t => {
  const { begun, bring, finish } = queueFor({ slotsPerKey: 1, roomPerKey: 1 })
  const all = Promise.all(['a1', 'a2', 'a3', 'b1'].map(bring))
  t.strictSame(begun, ['a1', 'b1'])
  await finish()
  t.strictSame(await all, ['a1', 'a2', 'no room', 'b1'])
  t.equal(begun.at(-1), 'a2')
})

await t.test('fair queue: rejects what has waited too long, and forgets it', async t => {
  const { begun, bring, end } = queueFor({ slots: 1, patience: 20 })
  const first = bring('a1')
  t.strictSame(await Promise.all(['a2', 'b1'].map(bring)), ['no room', 'no room'])
  end()
  await first
  const next = bring('b2')
  t.strictSame(begun, ['a1', 'b2'])
  end()
  t.equal(await next, 'b2')
})

await t.test('fair queue: work that fails gives its slot to the next', async t => {
  const run = createFairQueue({ slots: 1, room: 1 })
  const failing = run('a', async () => { throw new Error('broken') })
  const next = run('b', async () => 'done')
  await t.rejects(run('b', async () => 'too many'), { message: 'the queue is full' })
  await t.rejects(failing, { message: 'broken' })
  t.equal(await next, 'done')
})
