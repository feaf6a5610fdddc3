import { readFileSync } from 'node:fs'
import t from 'tap'
import { sandboxFor } from './helper.ts'

/** The fields of one form in the order of the other: the order is not promised. */
const sameOrder = (fields: Record<string, string>, like: Record<string, string>): string[] => {
  const order = Object.keys(like)
  return Object.keys(fields).sort((a, b) => order.indexOf(a) - order.indexOf(b))
}

await t.test('the documented events are reproduced', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (const name of ['ONAPPINSTALL', 'ONAPPUPDATE', 'ONAPPUNINSTALL', 'ONAPPPAYMENT', 'ONAPPMETHODCONFIRM'] as const) {
    const fixture = JSON.parse(readFileSync(new URL(`../fixtures/payloads/${name}.json`, import.meta.url), 'utf8'))
    const { url, body } = alpha.event(name)
    t.equal(url, 'http://127.0.0.1:9/events', name)
    // Captures of real events hold these two beyond the documentation.
    const fields = Object.keys(body).filter(field => !['auth[expires]', 'auth[user_id]'].includes(field))
    t.strictSame(fields.sort(), Object.keys(fixture.body).sort(), name)
  }
})

await t.test('a captured event of the SDK is reproduced, but for what only newer portals send', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.events.push({ event: 'ONAPPINSTALL', handler: 'https://a.example/e', authType: 0 })
  const fixture = JSON.parse(readFileSync(new URL('../fixtures/payloads/ONAPPINSTALL.phpsdk.json', import.meta.url), 'utf8'))
  const newer = ['data[ACTIVE]', 'data[INSTALLED]', 'auth[refresh_token]']
  t.strictSame(Object.keys(alpha.event('ONAPPINSTALL').body).filter(field => !newer.includes(field)), sameOrder(fixture.body, alpha.event('ONAPPINSTALL').body))
})

await t.test('an event goes to the handler that was bound for it', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.events.push({ event: 'ONAPPUPDATE', handler: 'https://a.example/e', authType: 0 })
  const { url, body } = alpha.event('ONAPPUPDATE')
  t.equal(url, 'https://a.example/e')
  t.equal(body.event_handler_id, '1')
})

await t.test('a test can replace fields', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(alpha.event('ONAPPUNINSTALL', { 'auth[application_token]': 'forged' }).body, { 'auth[application_token]': 'forged' })
})
