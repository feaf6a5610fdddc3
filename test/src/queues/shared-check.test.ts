import t from 'tap'
import { until } from '../../until.ts'
import { createSharedCheck } from '../../../src/queues/shared-check.ts'

/** A check that the test answers, and a clock that it moves. */
function sceneFor (patience: number) {
  const clock = { now: 0 }
  const put: Array<PromiseWithResolvers<void>> = []
  const check = createSharedCheck({
    check: () => {
      const question = Promise.withResolvers<void>()
      put.push(question)
      return question.promise
    },
    interval: 1000,
    patience,
    lateness: () => new Error('no answer'),
    now: () => clock.now
  })
  return { clock, put, ask: () => check().then(() => 'yes', (error: Error) => error.message) }
}

await t.test('shared check: asks once an interval, and shares any answer', async t => {
  const { clock, put, ask } = sceneFor(60_000)
  for (const [answer, expected] of [[undefined, 'yes'], [new Error('gone'), 'gone'], [undefined, 'yes']] as const) {
    const before = put.length
    const waiting = Array.from({ length: 100 }, ask)
    t.equal(put.length, before + 1)
    if (answer === undefined) put.at(-1)?.resolve()
    else put.at(-1)?.reject(answer)
    t.strictSame([...new Set(await Promise.all(waiting))], [expected])
    clock.now += 999
    t.equal(await ask(), expected)
    t.equal(put.length, before + 1, 'a moment later nobody is asked')
    clock.now += 1
  }
})

await t.test('shared check: asks nothing more while a question is open', async t => {
  const { clock, put, ask } = sceneFor(1)
  t.equal(await ask(), 'no answer')
  clock.now += 5000
  t.strictSame(await Promise.all([ask(), ask()]), ['no answer', 'no answer'])
  t.equal(put.length, 1)
  put[0]?.resolve()
  await new Promise(resolve => setImmediate(resolve))
  const next = ask()
  t.equal(put.length, 2, 'after its answer it is asked anew')
  put[1]?.resolve()
  t.equal(await next, 'yes')
})

await t.test('shared check: goes on asking when the clock is put back', async t => {
  const { now } = Date
  t.teardown(() => { Date.now = now })
  let asked = 0
  const check = createSharedCheck({
    check: async () => { asked++ }, interval: 1, patience: 60_000, lateness: () => new Error('no answer')
  })
  await check()
  Date.now = () => now() - 3_600_000
  await until(async () => {
    await check()
    return asked > 1
  })
})
