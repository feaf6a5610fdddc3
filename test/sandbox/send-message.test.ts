import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { outcomeOf, sendMessage } from '../../sandbox/send-message.ts'
import { Wire } from '../../sandbox/wire.ts'

const received: string[] = []
const application = createServer(async (request, response) => {
  received.push(`${request.method} ${request.url} ${await text(request)}`)
  if (request.url !== '/silent') {
    response.writeHead(302, { location: '/elsewhere' }).end('<code>B24_ERR_PORTAL_UNKNOWN</code>')
  }
}).listen(0, '127.0.0.1')
await once(application, 'listening')
// A listening TCP server has such an address.
const url = `http://127.0.0.1:${(application.address() as AddressInfo).port}`
const message = {
  name: 'DEFAULT',
  memberId: 'm',
  method: 'POST',
  sent: { url: `${url}/placement?LANG=de`, body: { AUTH_ID: 'a'.repeat(70) } }
}

await t.test('send message: reaches the application, and is on the wire', async t => {
  const wire = new Wire()
  t.match(await sendMessage(wire, message), { status: 302, text: /PORTAL_UNKNOWN/ })
  t.strictSame(received.pop(), `POST /placement?LANG=de AUTH_ID=${'a'.repeat(70)}`)
  const [entry] = wire.entries
  t.strictSame(entry, {
    id: 1,
    at: entry?.at,
    from: 'portal',
    to: 'application',
    memberId: 'm',
    method: 'POST',
    path: '/placement',
    name: 'DEFAULT',
    fields: { LANG: 'de', AUTH_ID: 'aaaa…' },
    status: 302,
    outcome: 'B24_ERR_PORTAL_UNKNOWN',
    ms: entry?.ms
  })
  t.strictSame(wire.sent(1), message.sent)
})

await t.test('send message: by GET has no form, name and portal may be missing', async t => {
  const wire = new Wire()
  await sendMessage(wire, { name: undefined, memberId: undefined, method: 'GET', sent: { url, body: { a: '1' } } })
  t.strictSame(received.pop(), 'GET / ')
  t.notOk('name' in (wire.entries[0] ?? {}) || 'memberId' in (wire.entries[0] ?? {}))
})

await t.test('send message: gives no answer when nothing listens or in time', async t => {
  const wire = new Wire()
  t.equal(await sendMessage(wire, { ...message, sent: { url: 'http://127.0.0.1:9/' } }), undefined)
  t.equal(await sendMessage(wire, { ...message, sent: { url: `${url}/silent` } }, 50), undefined)
  t.match(wire.entries, [{ outcome: 'not reachable', status: undefined, ms: Number },
    { outcome: 'no answer in time', status: undefined, ms: Number }])
})

await t.test('send message: a page says what became of its call', async t => {
  const rows = [
    ['', 'answered'],
    ['<code>REST_APP_URI</code>', 'answered'],
    ['<code>B24_<wbr>ERR_<wbr>TOO_<wbr>LARGE<wbr></code>', 'B24_ERR_TOO_LARGE'],
    ['{"error":"SHOP_CLOSED","status":409}', 'SHOP_CLOSED'],
    ['<code>/placement</code><h2 class="details-title">Details</h2><code dir="ltr">SHOP_CLOSED</code>', 'SHOP_CLOSED']
  ] as const
  for (const [answer, outcome] of rows) t.equal(outcomeOf(answer), outcome, answer)
})

application.closeAllConnections()
application.close()
