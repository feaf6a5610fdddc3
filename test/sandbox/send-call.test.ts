import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { placementCall, sandbox } from '../../sandbox/index.ts'
import { fakeApplication } from './fake-application.ts'
import { resultOf, sandboxFor } from './helper.ts'

await t.test('send call: the application gets the fields that the test wants', async t => {
  const { url, received } = await fakeApplication(t)
  const bitrix24 = await sandboxFor(t, { appUrl: url })
  const { alpha } = bitrix24.portals
  alpha.installed = true
  const call = placementCall(alpha, 'LEFT_MENU', { handler: `${url}/placement?own=1` })
  const answer = await bitrix24.send(call,
    { query: { LANG: 'de' }, body: { AUTH_ID: 'forged', REFRESH_ID: undefined } })
  t.equal(answer.status, 200)
  t.match(answer.text, 'LEFT_MENU')
  t.match(received, [{ query: { own: '1', LANG: 'de' }, body: { AUTH_ID: 'forged', member_id: alpha.memberId } }])
  t.notOk('REFRESH_ID' in (received[0]?.body ?? {}))
  const [entry] = bitrix24.wire.entries
  t.match(entry, {
    from: 'portal',
    to: 'application',
    name: 'LEFT_MENU',
    method: 'POST',
    path: '/placement',
    status: 200,
    memberId: alpha.memberId
  })
  t.not(entry?.fields.APPLICATION_TOKEN, alpha.applicationToken, 'shortened')
})

await t.test('send call: the query of the handler stays as the application wrote it', async t => {
  const received: string[] = []
  const server = createServer((request, response) => {
    received.push(request.url ?? '')
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  // A listening TCP server has such an address.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { send, portals: { alpha } } = await sandboxFor(t, { appUrl: url })
  const own = '/placement?a[b]=1&c=%7e+%20&&flag&LANG=own'
  const call = alpha.placementCall('LEFT_MENU', { handler: url + own })
  const query = call.url.slice((url + own).length)
  const rows: Array<[changes: Record<string, string> | undefined, expected: string]> = [
    [undefined, own + query],
    [{}, own + query],
    [{ LANG: 'd e', x: '&' }, `${own}${query}`.replace('LANG=own', 'LANG=d+e').replace('&LANG=en', '') + '&x=%26']
  ]
  for (const [changes, expected] of rows) {
    await send(call, changes && { query: changes })
    t.equal(received.pop(), expected)
  }
})

await t.test('send call: a call by GET has no body', async t => {
  const { url, received } = await fakeApplication(t)
  const bitrix24 = await sandboxFor(t, { appUrl: url })
  const call = placementCall(bitrix24.portals.alpha, 'BI_ANALYTICS_MENU', { handler: `${url}/placement` })
  t.match((await bitrix24.send(call)).text, 'opened by GET')
  t.strictSame(received, [])
})

await t.test('send call: an installation is finished when the install page answers', async t => {
  const { url, received } = await fakeApplication(t)
  const bitrix24 = await sandboxFor(t, { appUrl: url })
  const { alpha, beta } = bitrix24.portals
  await bitrix24.install()
  await bitrix24.install(beta)
  // The page, then the system user of each.
  const events = received.map(({ body }) => body['event'])
  t.strictSame(events, [undefined, 'ONAPPUSERREADY', undefined, 'ONAPPUSERREADY'])
  t.strictSame([...new Set(received.map(({ path }) => path))], ['/install'])
  t.strictSame([alpha.installed, beta.installed], [true, true])
})

await t.test('send call: a finished installation is told to bound handlers', async t => {
  const { url, received } = await fakeApplication(t)
  const bitrix24 = await sandboxFor(t, { appUrl: url })
  const { alpha } = bitrix24.portals
  await resultOf(alpha, 'event.bind', { event: 'ONAPPINSTALL', handler: `${url}/events` })
  await bitrix24.install()
  t.match(received, [{ path: '/install' }, { path: '/events', body: { event: 'ONAPPINSTALL' } }])
  bitrix24.wire.clear()
  const refused = await sandboxFor(t, { appUrl: alpha.url })
  await resultOf(refused.portals.alpha, 'event.bind', { event: 'ONAPPINSTALL', handler: `${url}/events` })
  t.not((await refused.install()).status, 200)
  const installs = received.filter(({ body }) => body['event'] === 'ONAPPINSTALL')
  t.equal(installs.length, 1, 'an installation that is not finished is no event')
})

await t.test('send call: names an application that is not running', async t => {
  const bitrix24 = await sandbox()
  t.after(() => bitrix24.close())
  await t.rejects(bitrix24.install(),
    { message: `Nothing answers at ${bitrix24.env.PUBLIC_URL}: is the application running there?` })
  t.match(bitrix24.wire.entries, [{ outcome: 'not reachable' }])
})
