import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import type { Test } from 'tap'
import { ask, sandboxFor } from '../helper.ts'
import { record } from './record.ts'

/** An application that keeps what it gets and answers what it is told. */
async function application (t: Test, status: number, page: string) {
  const received: string[] = []
  const server = createServer(async (request, response) => {
    received.push(`${request.method} ${request.url} ${await text(request)}`)
    response.writeHead(status, { location: '/elsewhere' }).end(page)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  // A listening TCP server has such an address.
  return { appUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}

await t.test('replay api: a message is sent again as it was', async t => {
  const rows: Array<[status: number, page: string, outcome: string]> = [
    [200, '<h1>Hello</h1>', 'answered'],
    [302, '', 'answered'], [403, '<code>B24_ERR_PORTAL_UNKNOWN</code>', 'B24_ERR_PORTAL_UNKNOWN']
  ]
  for (const [status, page, outcome] of rows) {
    const { appUrl, received } = await application(t, status, page)
    const sandbox = await sandboxFor(t, { appUrl })
    const { id } = record(sandbox, sandbox.portals.alpha)
    const sent = sandbox.wire.sent(id)
    t.strictSame(await ask(`${sandbox.url}/sandbox/api/wire/${id}/replay`, { method: 'POST' }),
      { status: 200, body: { status, outcome } })
    const { pathname, search } = new URL(sent?.url ?? '')
    t.strictSame(received, [`POST ${pathname}${search} ${new URLSearchParams(sent?.body).toString()}`])
    t.match(sandbox.wire.entries, [{ id }, {
      id: id + 1,
      from: 'portal',
      path: '/install',
      name: 'DEFAULT',
      memberId: sandbox.portals.alpha.memberId,
      status,
      outcome,
      ms: Number
    }])
  }
})

await t.test('replay api: sends a message without form, name and portal again', async t => {
  const { appUrl, received } = await application(t, 200, '')
  const { url, wire } = await sandboxFor(t, { appUrl })
  wire.record({ from: 'portal', to: 'application', method: 'GET', path: '/page', sent: { url: `${appUrl}/page?a=1` } })
  t.match(await ask(`${url}/sandbox/api/wire/1/replay`, { method: 'POST' }), { status: 200 })
  t.strictSame(received, ['GET /page?a=1 '])
})

await t.test('replay api: says that the application is not running', async t => {
  const sandbox = await sandboxFor(t)
  const { id } = record(sandbox, sandbox.portals.alpha)
  t.strictSame(await ask(`${sandbox.url}/sandbox/api/wire/${id}/replay`, { method: 'POST' }),
    { status: 502, body: { outcome: 'Nothing answers at http://127.0.0.1:9: is the application running there?' } })
  t.match(sandbox.wire.entries.at(-1), { outcome: 'not reachable', status: undefined })
})

await t.test('replay api: neither sends nor saves what the portal has not sent', async t => {
  const { url, wire } = await sandboxFor(t)
  wire.record({ from: 'application', to: 'portal', method: 'POST', path: '/rest/profile' })
  for (const id of ['1', '7', 'x']) {
    t.match(await ask(`${url}/sandbox/api/wire/${id}/replay`, { method: 'POST' }),
      { status: 404, body: { error: 'unknown_message' } })
    t.match(await ask(`${url}/sandbox/api/wire/${id}/save`), { status: 404, body: { error: 'unknown_message' } })
  }
})

await t.test('replay api: programs of this machine get fresh tokens, pages do not', async t => {
  const { url, portals: { alpha } } = await sandboxFor(t)
  const grant = (user: unknown, headers: Record<string, string> = {}) =>
    ask(`${url}/sandbox/api/grant`,
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ user }) })
  const { status, body } = await grant(2)
  t.equal(status, 200)
  t.strictSame(Object.keys(body), ['data[access_token]', 'data[refresh_token]', 'AUTH_ID', 'REFRESH_ID',
    'APPLICATION_TOKEN', 'APP_SID', 'DOMAIN', 'OAUTH_DOMAIN', 'SERVER_ENDPOINT', 'CLIENT_ENDPOINT', 'member_id',
    'expires', 'ts'])
  t.match(await ask(`${url}/rest/profile?auth=${String(body.AUTH_ID)}`), { status: 200, body: { result: { ID: '2' } } })
  t.equal(body.APPLICATION_TOKEN === alpha.applicationToken, true)
  t.strictSame(await grant(99),
    { status: 400, body: { error: 'unknown_user', error_description: 'user is one of 1, 2, 3, 4.' } })
  t.match(await grant(2, { origin: url }), { status: 403, body: { error: 'wrong_origin' } })
  alpha.uninstall()
  t.match(await grant(2), { status: 409, body: { error: 'not_installed' } }, 'after a removal there are none')
  alpha.placementCall('DEFAULT')
  t.match(await grant(2), { status: 200 }, 'visit the install page gives some again')
})
