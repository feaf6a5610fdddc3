import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { createFairTurns } from '../../src/fair-turns.ts'

/** Turns whose work the test ends, in the order in which it began. */
function sceneFor ({ slots = 1, room = 10 } = {}) {
  const clock = { now: 0 }
  const run = createFairTurns({ slots, room, patience: 1000, refusal: () => new Error('no room'), now: () => clock.now })
  const begun: string[] = []
  const ends: Array<() => void> = []
  const bring = (name: string) => run(name.slice(0, 1), async () => {
    begun.push(name)
    await new Promise<void>(resolve => { ends.push(resolve) })
    return name
  }).catch((error: Error) => error.message)
  /** Ends one after the other until nothing runs. */
  const finish = async () => {
    await setImmediate()
    for (const end of ends) {
      end()
      await setImmediate()
    }
  }
  return { clock, run, begun, bring, finish }
}

await t.test('so many run at once, and those who wait are served in rotation', async t => {
  const { begun, bring, finish } = sceneFor({ slots: 2 })
  const all = Promise.all(['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'].map(bring))
  await setImmediate()
  t.strictSame(begun, ['a1', 'a2'])
  await finish()
  t.strictSame(await all, ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'])
  t.strictSame(begun, ['a1', 'a2', 'a3', 'b1', 'c1', 'a4', 'b2'])
})

await t.test('when there is no more room, who has most in line gives way', async t => {
  const { bring, finish, begun } = sceneFor({ room: 4 })
  const all = Promise.all(['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'c1', 'd1', 'e1', 'b2'].map(bring))
  await finish()
  t.strictSame(await all, ['a0', 'a1', 'no room', 'no room', 'no room', 'no room', 'b1', 'c1', 'd1', 'no room', 'no room'])
  t.strictSame(begun, ['a0', 'a1', 'b1', 'c1', 'd1'])
})

await t.test('who has waited for too long is refused, and those behind are served', async t => {
  const { clock, bring, finish } = sceneFor()
  const first = bring('a1')
  const second = bring('b1')
  clock.now = 1001
  const third = bring('c1')
  await finish()
  t.strictSame(await Promise.all([first, second, third]), ['a1', 'no room', 'c1'])
})

await t.test('work that fails gives its place to the next', async t => {
  const { run } = sceneFor()
  const failing = run('a', async () => { throw new Error('broken') })
  const next = run('b', async () => 'done')
  await t.rejects(failing, { message: 'broken' })
  t.equal(await next, 'done')
})
