import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { createTurns } from '../../src/turns.ts'

await t.test('work on one thing runs one after the other, and work on different things side by side', async t => {
  const inTurn = createTurns()
  const steps: string[] = []
  let end = () => {}
  const first = inTurn('a', async () => {
    steps.push('first starts')
    await new Promise<void>(resolve => { end = resolve })
    steps.push('first ends')
    return 1
  })
  const second = inTurn('a', async () => { steps.push('second'); return 2 })
  t.equal(await inTurn('b', async () => { steps.push('other'); return 3 }), 3)
  await wait(5)
  t.strictSame(steps, ['first starts', 'other'])
  end()
  t.strictSame(await Promise.all([first, second]), [1, 2])
  t.strictSame(steps, ['first starts', 'other', 'first ends', 'second'])
})

await t.test('whoever fails hears of it alone, and the next has its turn', async t => {
  const inTurn = createTurns()
  const failing = inTurn('a', async () => { throw new Error('failed') })
  const next = inTurn('a', async () => 'next')
  await t.rejects(failing, { message: 'failed' })
  t.equal(await next, 'next')
  await t.rejects(inTurn('a', async () => { throw new Error('alone') }), { message: 'alone' })
  t.equal(await inTurn('a', async () => 'after'), 'after')
})
