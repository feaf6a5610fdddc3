import t from 'tap'
import { OfflineQueue } from '../../../../sandbox/offline-queue.ts'
import { fakeApplication } from '../../fake-application.ts'
import { resultOf, sandboxFor } from '../../helper.ts'

await t.test('ONOFFLINEEVENT: is sent once for all that a call has changed', async t => {
  const { url, received } = await fakeApplication(t)
  const { portals: { alpha }, wire } = await sandboxFor(t, { appUrl: url })
  alpha.installed = true
  const handler = `${url}/events`
  await resultOf(alpha, 'event.bind', { event: 'ONCRMDEALADD', event_type: 'offline' })
  await resultOf(alpha, 'event.bind', { event: 'ONOFFLINEEVENT', handler, options: { minTimeout: '0', other: 1 } })
  t.strictSame(alpha.events, [{ event: 'ONOFFLINEEVENT', handler, authType: 0, minTimeout: 0 }])
  /** Runs commands in one call, and waits until the application has answered the notice. */
  const change = async (...cmd: string[]): Promise<void> => {
    const told = new Promise<void>(resolve => {
      const stop = wire.subscribe(({ name, status }) => {
        if (name !== 'ONOFFLINEEVENT' || !status) return
        stop()
        resolve()
      })
    })
    await resultOf(alpha, 'batch', { cmd })
    await told
  }
  await change('crm.deal.add?fields[TITLE]=Coats', 'crm.deal.add?fields[TITLE]=Hats')
  await change('crm.deal.add?fields[TITLE]=Shoes')
  t.equal(received.length, 2)
  const [first] = received
  t.match(first?.body, { event: 'ONOFFLINEEVENT', event_handler_id: '1', 'auth[refresh_token]': /./ })
  t.strictSame(Object.keys(first?.body ?? {}).filter(field => field.startsWith('data')), [], 'it carries no data')
})

await t.test('ONOFFLINEEVENT: a handler is told as often as it has asked for', t => {
  const queue = new OfflineQueue()
  const row = { event: 'ONOFFLINEEVENT', handler: 'https://a.example/', authType: 0 }
  const slow = { ...row, minTimeout: 60 }
  const rows: Array<[seconds: number, usual: boolean, slow: boolean]> = [
    [0, true, true], [0.5, false, false], [1, true, false], [59, true, false], [60, true, true]
  ]
  for (const [seconds, ...expected] of rows) {
    t.strictSame([row, slow].map(handler => queue.mayTell(handler, seconds * 1000)), expected, String(seconds))
  }
  t.end()
})

await t.test('ONOFFLINEEVENT: is not sent when nothing waits', async t => {
  const { portals: { alpha }, wire } = await sandboxFor(t)
  alpha.installed = true
  const handler = 'http://127.0.0.1:9/events'
  for (const event of ['ONOFFLINEEVENT', 'ONCRMDEALADD']) await resultOf(alpha, 'event.bind', { event, handler })
  await resultOf(alpha, 'crm.deal.add', { fields: { TITLE: 'Coats' } })
  t.notOk(alpha.offline.isTelling)
  t.notOk(wire.entries.some(({ name }) => name === 'ONOFFLINEEVENT'))
})
