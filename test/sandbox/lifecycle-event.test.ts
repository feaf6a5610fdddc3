import { readFileSync } from 'node:fs'
import t from 'tap'
import { sandboxFor } from './helper.ts'

await t.test('the documented events are reproduced', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (const name of ['ONAPPINSTALL', 'ONAPPUPDATE', 'ONAPPUNINSTALL'] as const) {
    const fixture = JSON.parse(readFileSync(new URL(`../fixtures/payloads/${name}.json`, import.meta.url), 'utf8'))
    const { url, body } = alpha.event(name)
    t.equal(url, 'http://127.0.0.1:9/events', name)
    // Captures of real events hold these two beyond the documentation.
    const fields = Object.keys(body).filter(field => !['auth[expires]', 'auth[user_id]'].includes(field))
    t.strictSame(fields.sort(), Object.keys(fixture.body).sort(), name)
  }
})

await t.test('an event goes to the handler that was bound for it', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.events.push({ event: 'ONAPPUPDATE', handler: 'https://a.example/e', authType: 0 })
  t.equal(alpha.event('ONAPPUPDATE').url, 'https://a.example/e')
})

await t.test('a test can replace fields', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(alpha.event('ONAPPUNINSTALL', { 'auth[application_token]': 'forged' }).body, { 'auth[application_token]': 'forged' })
})
