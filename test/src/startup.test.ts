import t from 'tap'
import { createStartup } from '../../src/startup.ts'

await t.test('startup: does not end a start that is done or released', async t => {
  const listeners = process.listenerCount('SIGTERM')
  const ended: string[] = []
  const startup = createStartup({ seconds: 0, end: (_code, sentence) => { ended.push(sentence) } })
  t.equal(process.listenerCount('SIGTERM'), listeners + 1)
  startup.step('testing')
  startup.releaseSignals()
  startup.done()
  await new Promise(resolve => setImmediate(resolve))
  t.equal(process.listenerCount('SIGTERM'), listeners)
  t.strictSame(ended, [])
})

await t.test('startup: names the step that takes too long', async t => {
  const ended = await new Promise(resolve => {
    const startup = createStartup({ seconds: 0, end: (...told) => { startup.releaseSignals(); resolve(told) } })
    startup.step('waiting for nothing', () => ': a.js')
  })
  t.strictSame(ended,
    [1, 'START_TIMEOUT: the start took longer than 0 s and was given up while waiting for nothing: a.js'])
})
