import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import t from 'tap'
import { measured, type Outcome } from '../../../src/diagnostics/measurements.ts'

await t.test('measured: publishes how work ended, when somebody listens', async t => {
  const to = channel('fastify-bitrix24:test')
  const messages: object[] = []
  const listener = (message: unknown) => { messages.push(Object(message)) }
  const toMessage = (outcome: Outcome<string>, seconds: number) => ({ ...outcome, isTime: seconds >= 0 })
  const error = new Error('failed')
  t.equal(await measured(to, async () => 'unheard', toMessage), 'unheard')
  subscribe(to.name, listener)
  t.equal(await measured(to, async () => 'done', toMessage), 'done')
  await t.rejects(measured(to, async () => { throw error }, toMessage), error)
  unsubscribe(to.name, listener)
  t.strictSame(messages, [{ ok: 'done', isTime: true }, { error, isTime: true }])
})
