import t from 'tap'
import { createLatestOnly } from '../../../src/queues/latest-only.ts'

const create = () => createLatestOnly(() => new Error('replaced'))

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

await t.test('latest only: of a thousand, the first and the latest run', async t => {
  const onlyLatest = create()
  const first = held([], 'first')
  const signals: AbortSignal[] = []
  const running = onlyLatest('a', replaced => { signals.push(replaced); return first.work() })
  t.match(signals, [{ aborted: false }])
  const others = Array.from({ length: 1000 }, (_, index) =>
    onlyLatest('a', async () => index).catch(({ message }) => message))
  t.match(signals, [{ aborted: true }])
  t.equal(await onlyLatest('b', async () => 'other'), 'other', 'other keys do not wait')
  first.end()
  t.equal(await running, 'first')
  t.strictSame([...new Set(await Promise.all(others))], ['replaced', 999])
})

await t.test('latest only: loses nothing that comes while the next one starts', async t => {
  const onlyLatest = create()
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
})

await t.test('latest only: work that fails gives its place to the next', async t => {
  const onlyLatest = create()
  const failing = onlyLatest('a', async () => { throw new Error('failed') })
  const next = onlyLatest('a', async () => 'next')
  await t.rejects(failing, { message: 'failed' })
  t.equal(await next, 'next')
  t.equal(await onlyLatest('a', async () => 'after'), 'after')
})
