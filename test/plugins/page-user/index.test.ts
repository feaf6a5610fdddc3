import t, { type Test } from 'tap'
import type { SandboxUser } from '../../../sandbox/index.ts'
import { codeOf, sessionIn, startService, type ServiceOptions } from '../../service.ts'

/** An installed service that wants application tokens, and a route of its own that asks the portal who the user is. */
async function serviceFor (t: Test, options: ServiceOptions = {}) {
  const service = await startService(t, {
    env: { B24_APPLICATION_TOKEN: 'required' },
    prepare: fastify => {
      fastify.post('/api/profile', async request => {
        const { rest, ...user } = await fastify.verifyPageUser(request)
        return { ...user, profile: await rest.call('profile'), isAdmin: await fastify.portalRest.isAdmin(request) }
      })
      fastify.post('/api/twice', { onRequest: fastify.verifyPageSession }, async request => {
        const { user } = await fastify.verifyPageUser(request)
        return user
      })
    },
    ...options
  })
  await service.install()
  const { alpha, beta } = service.sandbox.portals
  const { admin, employee } = alpha.users
  const open = (user: SandboxUser = employee) => alpha.placementCall('REST_APP_URI', { user, lang: 'de' })
  const sessionOf = async (user?: SandboxUser) => sessionIn(await service.call(open(user)))
  const ask = async (session: string, authId: string | undefined, path = '/api/profile') => {
    const headers = { authorization: `Bearer ${session}`, ...(authId !== undefined && { 'x-b24-auth-id': authId }) }
    const answer = await fetch(service.url + path, { method: 'POST', headers })
    return { status: answer.status, text: await answer.text() }
  }
  const proofs = () => service.sandbox.requests.filter(({ name }) => name === 'app.info').length
  return { ...service, alpha, beta, admin, employee, open, sessionOf, ask, proofs }
}

await t.test('verifyPageUser: lets a route act as the user of its page', async t => {
  const { alpha, employee, admin, sessionOf, ask } = await serviceFor(t)
  for (const user of [employee, admin]) {
    const { text } = await ask(await sessionOf(user), alpha.grant(user).accessToken)
    t.strictSame(JSON.parse(text), {
      portal: {
        memberId: alpha.memberId,
        domain: alpha.domain,
        origin: alpha.url,
        endpoint: `${alpha.url}/rest/`,
        scope: alpha.scope,
        status: 'L'
      },
      user: { id: user.id },
      lang: 'de',
      profile: JSON.parse(text).profile,
      isAdmin: user.admin
    })
    t.match(JSON.parse(text).profile, { ID: String(user.id) })
  }
})

await t.test('verifyPageUser: asks the authorization server once for a token', async t => {
  const { alpha, employee, call, open, ask, proofs } = await serviceFor(t)
  const opened = open()
  const session = sessionIn(await call(opened))
  const before = proofs()
  t.equal((await ask(session, opened.body['AUTH_ID'])).status, 200)
  t.equal(proofs(), before, 'the token that opened the page is proven already')
  const fresh = alpha.grant(employee).accessToken
  t.strictSame([(await ask(session, fresh)).status, (await ask(session, fresh, '/api/twice')).status], [200, 200])
  t.equal(proofs(), before + 1)
})

await t.test('verifyPageUser: refuses a token that is not of the page\'s user', async t => {
  const { alpha, beta, employee, admin, sessionOf, ask, proofs } = await serviceFor(t)
  const session = await sessionOf()
  const token = (options: object) => alpha.grant(employee, options).accessToken
  const rows: Array<[name: string, session: string, authId: string | undefined, status: number, code: string]> = [
    ['no session', '', token({}), 401, 'B24_ERR_PAGE_SESSION'],
    ['no token', session, undefined, 401, 'B24_ERR_AUTH_ID_MISSING'],
    ['another user', session, alpha.grant(admin).accessToken, 401, 'B24_ERR_PAGE_SESSION'],
    ['another portal', session, beta.grant(beta.users.employee).accessToken, 403, 'B24_ERR_FOREIGN_PORTAL'],
    ['another application', session, token({ clientId: 'local.other' }), 403, 'B24_ERR_FOREIGN_APPLICATION'],
    ['expired', session, token({ expiresIn: -1 }), 401, 'B24_ERR_AUTH_ID_EXPIRED'],
    ['invented', session, 'f'.repeat(70), 401, 'B24_ERR_AUTH_ID_UNKNOWN']
  ]
  for (const [name, session, authId, status, code] of rows) {
    const answer = await ask(session, authId)
    t.strictSame([answer.status, codeOf(answer)], [status, code], name)
  }
  const before = proofs()
  t.equal(codeOf(await ask(session, 'f'.repeat(257))), 'B24_ERR_AUTH_ID_UNKNOWN')
  t.equal(proofs(), before, 'what is longer than any token is not passed on')
})

await t.test('verifyPageUser: does not open placements without their token', async t => {
  const { call, open, ask } = await serviceFor(t)
  const opened = open()
  const session = sessionIn(await call(opened))
  t.equal((await ask(session, opened.body['AUTH_ID'])).status, 200)
  const without = await call(opened, { body: { APPLICATION_TOKEN: undefined, SERVER_ENDPOINT: undefined } })
  t.equal(codeOf(without), 'B24_ERR_APPLICATION_TOKEN')
})

await t.test('verifyPageUser: ends with the installation', async t => {
  const { alpha, employee, sessionOf, ask, store } = await serviceFor(t)
  const session = await sessionOf()
  const authId = alpha.grant(employee).accessToken
  t.equal((await ask(session, authId)).status, 200)
  await store.markUninstalled(alpha.memberId, Date.now())
  t.equal(codeOf(await ask(session, authId)), 'B24_ERR_PAGE_SESSION')
})

await t.test('verifyPageUser: is not stopped by others at the same address', async t => {
  const { alpha, employee, admin, call, open, sessionOf, ask } = await serviceFor(t, { env: {} })
  const [session, others] = [await sessionOf(admin), await sessionOf(employee)]
  const invented = (index: number) => `${'f'.repeat(60)}${index}`
  const codes = new Set<string | undefined>()
  for (let index = 0; index < 61; index++) {
    const body = { AUTH_ID: invented(index), APPLICATION_TOKEN: undefined }
    codes.add(codeOf(await call(open(), { body })))
  }
  t.strictSame([...codes], ['B24_ERR_AUTH_ID_UNKNOWN', 'B24_ERR_TOO_MANY_PROOFS'], 'a stranger without a session')
  const answers: Array<string | undefined> = []
  for (let index = 100; index < 161; index++) answers.push(codeOf(await ask(others, invented(index))))
  t.ok(answers.filter(code => code === 'B24_ERR_AUTH_ID_UNKNOWN').length >= 60, 'a colleague with a page')
  t.equal((await ask(session, alpha.grant(admin).accessToken)).status, 200)
})
