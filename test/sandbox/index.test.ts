import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { sandbox } from '../../sandbox/index.ts'
import { loadConfig } from '../../src/config.ts'
import { ask, callRest, resultOf, sandboxFor } from './helper.ts'

await t.test('sandbox: names itself and its two portals', async t => {
  const bitrix24 = await sandboxFor(t,
    { clientId: 'local.x', clientSecret: 'secret', appCode: 'my.app', scope: ['placement'] })
  t.match(bitrix24, { clientId: 'local.x', clientSecret: 'secret', appCode: 'my.app', requests: [] })
  t.match(bitrix24.url, /^http:\/\/localhost:\d+$/)
  t.match(bitrix24.authorizationServer, /^http:\/\/127\.0\.0\.1:\d+$/)
  const { alpha, beta } = bitrix24.portals
  t.equal(alpha.url, bitrix24.url)
  t.match(alpha, {
    domain: new URL(bitrix24.url).host,
    memberId: /^[0-9a-f]{32}$/,
    applicationToken: /^[0-9a-f]{32}$/,
    scope: ['placement'],
    installed: false
  })
  t.not(alpha.domain, beta.domain)
  t.not(alpha.applicationToken, beta.applicationToken)
})

await t.test('sandbox: its environment names the port that an address leaves out', async t => {
  for (const [appUrl, port] of [['http://127.0.0.1:80', '80'], ['http://127.0.0.1:3000', '3000']] as const) {
    t.equal((await sandboxFor(t, { appUrl })).env.PORT, port)
  }
})

await t.test('sandbox: the code in links is the client id when there is no other', async t => {
  const bitrix24 = await sandboxFor(t)
  t.equal(bitrix24.appCode, bitrix24.clientId)
  t.match(bitrix24.clientId, /^local\./)
  t.ok(bitrix24.clientSecret.length > 20)
})

await t.test('sandbox: requests are what the application asked for until now', async t => {
  const bitrix24 = await sandboxFor(t)
  const { alpha } = bitrix24.portals
  bitrix24.wire.record({ from: 'portal', to: 'application', method: 'POST', path: '/placement' })
  await callRest(alpha, 'profile')
  t.match(bitrix24.requests, [{ to: 'portal', name: 'profile', memberId: alpha.memberId }])
  t.equal(bitrix24.requests.length, 1)
  bitrix24.wire.clear()
  t.strictSame(bitrix24.requests, [])
})

await t.test('sandbox: refuses to run in production', async t => {
  const before = process.env.NODE_ENV
  process.env.NODE_ENV = 'production'
  t.after(() => { if (before === undefined) delete process.env.NODE_ENV; else process.env.NODE_ENV = before })
  await t.rejects(sandbox(), /NODE_ENV=production/)
})

await t.test('sandbox: prepares a whole environment for the application', async t => {
  const bitrix24 = await sandbox()
  t.after(() => bitrix24.close())
  t.match(loadConfig(bitrix24.env), {
    publicUrl: /^http:\/\/127\.0\.0\.1:\d+$/, clientId: bitrix24.clientId, oauthServers: [bitrix24.authorizationServer]
  })
})

await t.test('sandbox: starts on the given ports, and fails when one is taken', async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  // A listening TCP server has such an address.
  const { port } = taken.address() as AddressInfo
  await t.rejects(sandbox({ appUrl: 'http://127.0.0.1:9', oauthPort: port }),
    { code: 'EADDRINUSE', message: new RegExp(`Port ${port} .* Choose another`) })
  taken.close()
  await once(taken, 'close')
  const bitrix24 = await sandboxFor(t, { port })
  t.equal(bitrix24.url, `http://localhost:${port}`)
})

await t.test('sandbox: a test gets as many portals as it needs', async t => {
  const { addPortals, portals: { alpha } } = await sandboxFor(t)
  const many = addPortals(3)
  t.equal(new Set([alpha, ...many].map(({ memberId }) => memberId)).size, 4)
  for (const portal of many) t.match(await resultOf(portal, 'profile', {}, portal.users.employee), { ID: '2' })
  for (const portal of many) {
    t.match((await ask(
      `${alpha.state.authorizationServer}/rest/app.info?auth=${portal.grant(portal.users.admin).accessToken}`
    )).body, { result: { install: { member_id: portal.memberId } } })
  }
})
