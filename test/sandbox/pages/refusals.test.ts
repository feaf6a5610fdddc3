import t from 'tap'
import { sandboxFor } from '../helper.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const LARGE = `text=${'x'.repeat(1_100_000)}`

await t.test('refusals: whatever goes wrong ends in a page that says what to do', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[name: string, path: string, status: number, sentence: string, init?: RequestInit]> = [
    ['no such page', '/nowhere/', 404, 'The portal has no page at this address'],
    ['no path', '//', 404, 'The portal has no page at this address'],
    ['a malformed address', '/%E0%A4%A', 400, 'The address is broken'],
    ['too much text', '/stream/', 413, 'What you sent is too large', { method: 'POST', body: LARGE, headers: FORM }]
  ]
  for (const [name, path, status, sentence, init] of rows) {
    const answer = await fetch(alpha.url + path, init)
    const text = await answer.text()
    t.equal(answer.status, status, name)
    t.match(text, '<nav class="menu"', name)
    t.match(text, sentence, name)
  }
})

await t.test('refusals: who reads JSON gets JSON', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[path: string, status: number, error: string, init?: RequestInit]> = [
    ['/sandbox/api/nowhere', 404, 'not_found'],
    ['/sandbox/api/%E0%A4%A', 400, 'request_failed'],
    ['/rest/profile', 413, 'request_failed', { method: 'POST', body: LARGE, headers: FORM }],
    ['/sandbox/api/uninstall', 403, 'wrong_origin', { method: 'POST', headers: { origin: 'https://evil.example' } }]
  ]
  for (const [path, status, error, init] of rows) {
    const answer = await fetch(alpha.url + path, init)
    t.equal(answer.status, status, path)
    t.match(await answer.json(), { error, error_description: String }, path)
  }
})

await t.test('refusals: a fault of the portal itself is told in the terminal only', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const printed = t.capture(console, 'error')
  Object.defineProperty(alpha, 'placements', { get () { throw new Error('the reason') } })
  const answer = await fetch(`${alpha.url}/placements/`)
  const text = await answer.text()
  t.equal(answer.status, 500)
  t.match(text, 'the terminal in which the portal runs says more')
  t.notMatch(text, /the reason|\.ts:/)
  t.match(printed.args(), [[{ message: 'the reason' }]])
})
