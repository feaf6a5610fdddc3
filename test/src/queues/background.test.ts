import t from 'tap'
import { pino } from 'pino'
import { createBackground } from '../../../src/queues/background.ts'
import { logLines } from '../../log-lines.ts'

/** A background, and its log as `level message`. */
function backgroundFor () {
  const { lines, stream } = logLines()
  const log = pino({ formatters: { level: label => ({ label }) } }, stream)
  return { background: createBackground(log), said: () => lines.map(({ label, msg }) => `${label} ${msg}`) }
}

await t.test('background: logs work that fails, and nothing else', async t => {
  const { background, said } = backgroundFor()
  const ended: string[] = []
  background.run('good', async () => { ended.push('good') })
  background.run('bad', async () => { throw new TypeError('bug') })
  await background.close()
  t.strictSame([ended, said()], [['good'], ['error bad failed']])
})

await t.test('background: close waits for what runs, and for what that has started', async t => {
  const { background } = backgroundFor()
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
