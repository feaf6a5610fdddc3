import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { startSandbox } from '../../sandbox/index.ts'
import { sandboxFor } from './helper.ts'

await t.test('it names itself and its two portals', async t => {
  const sandbox = await sandboxFor(t, { clientId: 'local.x', clientSecret: 'secret', appCode: 'my.app', scope: ['placement'] })
  t.match(sandbox, { clientId: 'local.x', clientSecret: 'secret', appCode: 'my.app', requests: [] })
  t.match(sandbox.url, /^http:\/\/localhost:\d+$/)
  t.match(sandbox.authorizationServer, /^http:\/\/127\.0\.0\.1:\d+$/)
  const { alpha, beta } = sandbox.portals
  t.equal(alpha.url, sandbox.url)
  t.match(alpha, { domain: new URL(sandbox.url).host, memberId: /^[0-9a-f]{32}$/, applicationToken: /^[0-9a-f]{32}$/, scope: ['placement'], installed: false })
  t.not(alpha.domain, beta.domain)
  t.not(alpha.applicationToken, beta.applicationToken)
})

await t.test('the code in links is the client id when there is no other', async t => {
  const sandbox = await sandboxFor(t)
  t.equal(sandbox.appCode, sandbox.clientId)
  t.match(sandbox.clientId, /^local\./)
  t.ok(sandbox.clientSecret.length > 20)
})

await t.test('it starts on the given ports, and fails when one is taken', async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  // A listening TCP server has such an address.
  const { port } = taken.address() as AddressInfo
  await t.rejects(startSandbox({ appUrl: 'http://127.0.0.1:9', oauthPort: port }), { code: 'EADDRINUSE' })
  taken.close()
  await once(taken, 'close')
  const sandbox = await sandboxFor(t, { port })
  t.equal(sandbox.url, `http://localhost:${port}`)
})
