import t from 'tap'
import { createLatestOnly, createTurns, withDeadline } from '../../../plugins/installation/turns.ts'

const tooMany = { code: 'B24_ERR_TOO_MANY_INSTALLATIONS' }
const tooLong = { code: 'B24_ERR_PORTAL_UNAVAILABLE' }

/** Work that ends when the test says so. */
function held (steps: string[], name: string) {
  const gate = Promise.withResolvers<void>()
  return {
    end: gate.resolve,
    work: async () => {
      steps.push(`${name} starts`)
      await gate.promise
      steps.push(`${name} ends`)
      return name
    }
  }
}

await t.test('work on one thing runs one after the other, and work on different things side by side', async t => {
  const inTurn = createTurns({ timeout: 60_000, max: 2 })
  const steps: string[] = []
  const { work, end } = held(steps, 'first')
  const first = inTurn('a', work)
  const second = inTurn('a', async () => { steps.push('second'); return 2 })
  t.equal(await inTurn('b', async () => { steps.push('other'); return 3 }), 3)
  t.strictSame(steps, ['first starts', 'other'])
  await t.rejects(inTurn('a', async () => 4), tooMany, 'no more than fit in')
  end()
  t.strictSame(await Promise.all([first, second]), ['first', 2])
  t.strictSame(steps, ['first starts', 'other', 'first ends', 'second'])
  t.equal(await inTurn('a', async () => 5), 5, 'and then there is room again')
})

await t.test('whoever fails hears of it alone, and the next has its turn', async t => {
  const inTurn = createTurns({ timeout: 60_000, max: 2 })
  const failing = inTurn('a', async () => { throw new Error('failed') })
  const next = inTurn('a', async () => 'next')
  await t.rejects(failing, { message: 'failed' })
  t.equal(await next, 'next')
  await t.rejects(inTurn('a', async () => { throw new Error('alone') }), { message: 'alone' })
  t.equal(await inTurn('a', async () => 'after'), 'after')
})

await t.test('a turn that never ends is over in time, and is told so', async t => {
  const inTurn = createTurns({ timeout: 10, max: 2 })
  const signals: AbortSignal[] = []
  const endless = inTurn('a', async signal => { signals.push(signal); await new Promise(() => {}) })
  const next = inTurn('a', async signal => { signals.push(signal); return 'next' })
  await t.rejects(endless, tooLong)
  t.equal(await next, 'next')
  t.strictSame(signals.map(({ aborted }) => aborted), [true, false])
  t.throws(() => signals[0]?.throwIfAborted(), tooLong)
})

await t.test('work that ends in time knows no deadline', async t => {
  t.equal(await withDeadline(60_000, async () => 'done'), 'done')
  await t.rejects(withDeadline(60_000, async () => { throw new Error('failed') }), { message: 'failed' })
})

await t.test('of a thousand one runs, the latest waits, and the others are refused', async t => {
  const onlyLatest = createLatestOnly()
  const steps: string[] = []
  const first = held(steps, 'first')
  const running = onlyLatest('a', first.work)
  const others = Array.from({ length: 1000 }, (_, index) => onlyLatest('a', async () => index).catch(({ code }) => code))
  t.equal(await onlyLatest('b', async () => 'other'), 'other', 'nobody else waits')
  first.end()
  t.equal(await running, 'first')
  t.strictSame([...new Set(await Promise.all(others))], [tooMany.code, 999])
})

await t.test('who comes while the next one starts is not lost', async t => {
  const onlyLatest = createLatestOnly()
  const steps: string[] = []
  const [first, second, third] = ['first', 'second', 'third'].map(name => held(steps, name))
  const late: Array<Promise<unknown>> = []
  const running = onlyLatest('a', async () => {
    await first?.work()
    // Runs between the end of this work and the start of the next.
    queueMicrotask(() => queueMicrotask(() => { late.push(onlyLatest('a', async () => await third?.work())) }))
  })
  const next = onlyLatest('a', async () => await second?.work())
  for (const gate of [first, second, third]) gate?.end()
  await Promise.all([running, next])
  t.strictSame(await Promise.all(late), ['third'])
  t.strictSame(steps, ['first', 'second', 'third'].flatMap(name => [`${name} starts`, `${name} ends`]))
  await t.rejects(onlyLatest('a', async () => { throw new Error('failed') }), { message: 'failed' })
  t.equal(await onlyLatest('a', async () => 'after'), 'after')
})
