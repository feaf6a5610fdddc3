import t from 'tap'
import { pino } from 'pino'
import { createBackground } from '../../src/background.ts'
import { logLines, until } from '../helper.ts'

class Silence extends Error {}
const isTemporary = (error: unknown) => error instanceof Silence

/** A background, and its log as `level message`. */
function backgroundFor (delays: number[]) {
  const { lines, stream } = logLines()
  const log = pino({ formatters: { level: label => ({ label }) } }, stream)
  return { background: createBackground({ log, delays, isTemporary }), said: () => lines.map(({ label, msg }) => `${label} ${msg}`) }
}

/** Work that fails in these ways, one after the other, and then succeeds. */
function failing (...errors: Error[]) {
  const work = { tries: 0, run: async () => { const error = errors[work.tries++]; if (error) throw error } }
  return work
}

await t.test('work that succeeds says nothing', async t => {
  const { background, said } = backgroundFor([])
  const work = failing()
  background.run('work', work.run)
  await background.close()
  t.strictSame([work.tries, said()], [1, []])
})

await t.test('work that fails for good is logged and not tried again', async t => {
  const { background, said } = backgroundFor([1, 1])
  const work = failing(new TypeError('bug'))
  background.run('work', work.run)
  await background.close()
  t.strictSame([work.tries, said()], [1, ['error work failed']])
})

await t.test('while somebody is silent it is tried again after each delay', async t => {
  const { background, said } = backgroundFor([1, 1])
  const work = failing(new Silence(), new Silence())
  background.run('work', work.run)
  await until(() => work.tries === 3)
  await background.close()
  t.strictSame(said(), ['warn work has to wait', 'warn work has to wait'])
})

await t.test('after the last delay it is given up', async t => {
  const { background, said } = backgroundFor([1])
  const work = failing(new Silence(), new Silence(), new Silence())
  background.run('work', work.run)
  await until(() => said().length === 2)
  await background.close()
  t.strictSame([work.tries, said()], [2, ['warn work has to wait', 'error work failed']])
})

await t.test('closing waits for what runs, and starts nothing any more', async t => {
  const { background, said } = backgroundFor([60_000])
  const waiting = failing(new Silence())
  let ended = false
  background.run('waiting', waiting.run)
  background.run('running', async () => { await new Promise(resolve => setTimeout(resolve, 30)); ended = true })
  await until(() => said().length === 1)
  await background.close()
  t.ok(ended)
  t.equal(waiting.tries, 1)
  t.strictSame(said(), ['warn waiting has to wait', 'error waiting was given up: the service ends'])
})

await t.test('closing waits for work that other work has started', async t => {
  const { background } = backgroundFor([])
  const ended: string[] = []
  const step = () => new Promise(resolve => setTimeout(resolve, 10))
  background.run('first', async () => {
    await step()
    background.run('second', async () => { await step(); ended.push('second') })
    ended.push('first')
  })
  await background.close()
  t.strictSame(ended, ['first', 'second'])
})
