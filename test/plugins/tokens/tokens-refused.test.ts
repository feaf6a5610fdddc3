import t from 'tap'
import { createPortalRest } from '../../../plugins/portal-rest/portal-rest.ts'
import type { Installation } from '../../../src/store/installation-store.ts'
import { connectionsFor, serverFor } from '../../servers.ts'
import { startService } from '../../service.ts'

await t.test('tokens: refresh once when a portal refuses every token', async t => {
  const { install, sandbox, fastify, store } = await startService(t)
  await install()
  sandbox.wire.clear()
  const { alpha } = sandbox.portals
  let asked = 0
  const portal = await serverFor(t, (_request, response) => {
    asked++
    response.writeHead(401, { 'content-type': 'application/json' }).end(
      '{"error":"expired_token","error_description":"The access token provided has expired."}'
    )
  })
  const row = await store.get(alpha.memberId) as Installation // just installed
  await store.recordPortal({ ...row, clientEndpoint: `${portal}/rest/` }, Date.now())
  const refreshes = () => sandbox.requests.filter(({ name }) => name === 'refresh_token').length
  const expired = { code: 'B24_ERR_PORTAL_REFUSED', portalCode: 'expired_token' }
  /** Each call has a client of its own that knows nothing of the calls before, as in many processes. */
  const connections = connectionsFor(t)
  const call = () => t.rejects(createPortalRest({
    credentials: async refused => {
      const { tokens, ...row } = await fastify.tokens.holder(alpha.memberId, refused)
      return { ...row, ...tokens, userId: 1 }
    }
  }, { connections }).call('profile'), expired)

  for (let n = 1; n < 4; n++) {
    await call()
    t.equal(asked, n, 'the same token is not tried again')
  }
  t.equal(refreshes(), 0, 'the pair is new')

  await store.replaceTokens(
    alpha.memberId, row.tokens ?? { accessToken: '', refreshToken: '', expiresAt: 0 }, Date.now() - 600_000
  )
  for (let n = 4; n < 10; n++) {
    await call()
    t.equal(asked, n + 1, 'the new one is, once')
  }
  t.equal(refreshes(), 1)
  await t.rejects(fastify.portal(alpha.memberId).adminRest.call('profile'), expired)
  t.equal(refreshes(), 1)
})
