import t, { type Test } from 'tap'
import authToken, { unverifiedCall, type AuthTokenOptions } from '../../../plugins/auth-token/index.ts'
import type { PlacementBody } from '../../../src/schemas/placement.ts'
import type { PortalAddress } from '../../../src/store/installation-store.ts'
import { build } from '../../build.ts'
import { logLines } from '../../log-lines.ts'
import { sandboxFor } from '../../sandbox/helper.ts'

const emptyStore: NonNullable<AuthTokenOptions['store']> = {
  get: async () => undefined,
  recordPortal: async () => 1,
  replaceApplicationToken: async () => {},
  onPortalChanged: () => () => {}
}

/** A bare Fastify with this plugin alone, beside a sandbox where the application is installed on alpha. */
async function serviceFor (t: Test, changes: Partial<AuthTokenOptions> = {}) {
  const sandbox = await sandboxFor(t)
  const { alpha } = sandbox.portals
  alpha.installed = true
  const { lines, stream } = logLines()
  const { clientId, clientSecret, authorizationServer } = sandbox
  const servers = [authorizationServer]
  const options = { clientId, clientSecret, servers, allowInsecurePortals: true, ...changes }
  const app = await build(t, app => app.register(authToken, options), { logger: { level: 'error', stream } })
  app.post<{ Body: PlacementBody, Querystring: { installing?: string } }>('/call', async request => {
    const installing = request.query.installing !== undefined
    const { userId, origin } = await app.authToken.verify({ ...unverifiedCall(request), installing })
    return { before: request.verifiedCall, user: userId, portal: origin }
  })
  /** Posts a call of the sandbox, and answers with what came back. */
  const call = async (body: Record<string, string> = alpha.placementCall('LEFT_MENU').body, query = '') =>
    (await app.inject({ method: 'POST', url: `/call${query}`, body })).json()
  return { app, sandbox, alpha, lines, call }
}

const verified = (portal: string) => ({ before: null, user: 1, portal })

await t.test('auth-token: verifies calls of every generation', async t => {
  const { alpha, call } = await serviceFor(t)
  for (const generation of ['A', 'B', 'C'] as const) {
    t.strictSame(await call(alpha.placementCall('LEFT_MENU', { generation }).body), verified(alpha.url), generation)
  }
  const bare = await call({ PLACEMENT: 'LEFT_MENU', member_id: alpha.memberId })
  t.match(bare, { code: 'B24_ERR_AUTH_ID_MISSING', statusCode: 401 })
})

await t.test('auth-token: checks its options at registration, and has defaults', async t => {
  const good = { clientId: 'x', clientSecret: 'x' }
  const rows: Array<[options: AuthTokenOptions, message: string | undefined]> = [
    [{ ...good, clientId: '' }, 'options.clientId must be a text that is not empty'],
    [{ ...good, clientSecret: '' }, 'options.clientSecret must be a text that is not empty'],
    [{ ...good, servers: [] }, 'options.servers must be a list of origins, such as https://oauth.bitrix.info'],
    [
      { ...good, ...JSON.parse('{"applicationToken":"never"}') },
      'options.applicationToken must be one of required, when-present'
    ],
    [{ ...good, failedProofsPerMinute: 0 }, 'options.failedProofsPerMinute must be a number from 1 to 2147483647'],
    [{ ...good, timeout: 0 }, 'options.timeout must be a number above 0, at most 2147483647'],
    [{ ...good, refreshTimeout: NaN }, 'options.refreshTimeout must be a number above 0, at most 2147483647'],
    [
      { ...good, allowInsecurePortals: ['localhost', undefined as never] },
      'options.allowInsecurePortals must be true, false or a list of hosts'
    ],
    [good, undefined]
  ]
  for (const [options, message] of rows) {
    const registered = build(t, app => app.register(authToken, options))
    if (message === undefined) await t.resolves(registered)
    else await t.rejects(registered, { message: `auth-token: ${message}` })
  }
})

await t.test('auth-token: refuses a private portal without allowInsecurePortals', async t => {
  const { call } = await serviceFor(t, { allowInsecurePortals: false })
  t.match(await call(), { code: 'B24_ERR_PORTAL_ADDRESS', statusCode: 403 })
})

await t.test('auth-token: refuses portals without application token when required', async t => {
  const { call, alpha } = await serviceFor(t, { applicationToken: 'required' })
  t.match(await call(alpha.placementCall('LEFT_MENU', { generation: 'B' }).body), { code: 'B24_ERR_APPLICATION_TOKEN' })
  t.strictSame(await call(), verified(alpha.url))
})

await t.test('auth-token: gives the authorization server the configured time', async t => {
  const { call, sandbox } = await serviceFor(t, { timeout: 50 })
  sandbox.trouble.authorizationServerDelay = 300
  t.match(await call(), { code: 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE', statusCode: 503 })
})

await t.test('auth-token: takes a limit of failed proofs and a clock', async t => {
  const clock = { now: Date.now() }
  const { call, alpha } = await serviceFor(t, { failedProofsPerMinute: 2, now: () => clock.now })
  const forged = (authId: string) => call({ ...alpha.placementCall('LEFT_MENU').body, AUTH_ID: authId })
  for (const authId of ['one', 'two']) t.match(await forged(authId), { code: 'B24_ERR_AUTH_ID_UNKNOWN' })
  t.match(await forged('three'), { code: 'B24_ERR_TOO_MANY_PROOFS', statusCode: 429 })
  clock.now += 60_000
  t.match(await forged('three'), { code: 'B24_ERR_AUTH_ID_UNKNOWN' })
})

await t.test('auth-token: verifies an uninstalled application only to install it', async t => {
  const { call, alpha } = await serviceFor(t)
  alpha.installed = false
  t.match(await call(), { code: 'B24_ERR_NOT_INSTALLED' })
  t.strictSame(await call(undefined, '?installing=y'), verified(alpha.url))
})

await t.test('auth-token: records a verified portal once that is not stored', async t => {
  const recorded: PortalAddress[] = []
  const recordPortal = async (portal: PortalAddress) => {
    recorded.push(portal)
    return 1
  }
  const { call, app, alpha } = await serviceFor(t, { store: { ...emptyStore, recordPortal } })
  const { body } = alpha.placementCall('LEFT_MENU')
  for (const count of [1, 1]) {
    t.strictSame(await call(body), verified(alpha.url))
    t.equal(recorded.length, count)
  }
  t.match(recorded[0], { memberId: alpha.memberId, domain: alpha.domain })
  app.authToken.forget(alpha.memberId)
  t.strictSame(await call(body), verified(alpha.url))
  t.equal(recorded.length, 2, 'after it was forgotten it is verified again')
})

await t.test('auth-token: needs to read the store, but not to write it', async t => {
  const broken = async () => { throw new Error('disk full') }
  const reading = await serviceFor(t, { store: { ...emptyStore, get: broken } })
  t.match(await reading.call(), { code: 'B24_ERR_STORE_UNAVAILABLE', statusCode: 503 })
  t.equal(reading.sandbox.requests.length, 0)

  const writing = await serviceFor(t, { store: { ...emptyStore, recordPortal: broken } })
  t.strictSame(await writing.call(), verified(writing.alpha.url))
  t.match(writing.lines, [{ level: 50, err: { message: 'disk full' } }])
})

await t.test('auth-token: lets others ask the authorization servers', async t => {
  const { app, alpha, sandbox } = await serviceFor(t)
  const { accessToken } = alpha.grant(alpha.users.employee)
  const answer = await app.authToken.authorizationServers.appInfo(sandbox.authorizationServer, accessToken)
  t.match(answer, { ok: { userId: 2 } })
})
