import t from 'tap'
import type { SandboxUser } from '../../sandbox/index.ts'
import { memberHash } from '../../src/log/logger.ts'
import { codeOf, startService } from '../service.ts'

const APPLICATION_TOKEN = 'c'.repeat(32)

await t.test("application token: an administrator's call replaces the stored one", async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  const { admin, employee } = alpha.users
  await service.install()
  const open = async (user: SandboxUser, body: Record<string, string | undefined> = { APPLICATION_TOKEN }) =>
    await service.call(alpha.placementCall('REST_APP_URI', { user, lang: 'en' }), { body })
  const stored = async () => (await service.store.get(alpha.memberId))?.applicationToken

  const refused = await open(employee)
  t.equal(refused.status, 403)
  t.match(refused.text, /B24_ERR_APPLICATION_TOKEN/)
  t.match(refused.text, 'If that does not help, ask an administrator to open the application once.')
  t.equal(await stored(), alpha.applicationToken)

  service.sandbox.trouble.rest = 'down'
  t.equal(codeOf(await open(admin)), 'B24_ERR_APPLICATION_TOKEN', 'the portal cannot confirm an administrator')
  service.sandbox.trouble.rest = 'none'
  t.equal((await open(admin)).status, 200)
  t.equal(await stored(), APPLICATION_TOKEN)
  t.equal((await open(employee)).status, 200)
  t.equal(codeOf(await open(employee, {})), 'B24_ERR_APPLICATION_TOKEN', 'the old one is refused')
  const acts = service.lines().filter(({ event }) => String(event).startsWith('application-token.'))
  const line = (event: string, { id: user }: SandboxUser) => ({ event, user, member: memberHash(alpha.memberId) })
  const refusals = [employee, admin].map(user => line('application-token.refused', user))
  t.match(acts, [...refusals, line('application-token.replaced', admin)])
  t.equal(acts.length, 3, 'one line a minute for each user who is refused')
  t.notMatch(service.log.join(''), APPLICATION_TOKEN)
})

await t.test('application token: nobody has the portal asked again and again', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  const { admin, employee } = alpha.users
  await service.install()
  const wrong = alpha.placementCall('REST_APP_URI', { user: employee })
  const codes: Array<string | undefined> = []
  for (let round = 0; round < 4; round++) {
    const calls = Array.from({ length: 20 }, () => service.call(wrong, { body: { APPLICATION_TOKEN } }))
    codes.push(...(await Promise.all(calls)).map(codeOf))
  }
  t.equal(codes.filter(code => code === 'B24_ERR_APPLICATION_TOKEN').length, 60)
  t.equal(codes.filter(code => code === 'B24_ERR_TOO_MANY_PROOFS').length, 20)
  t.equal((await service.call(wrong)).status, 200, 'with the right one they are served')
  const replacing = alpha.placementCall('REST_APP_URI', { user: admin })
  t.equal((await service.call(replacing, { body: { APPLICATION_TOKEN } })).status, 200)
})

await t.test('application token: one that cannot be stored does not end the call', async t => {
  const service = await startService(t, {
    store: () => ({ replaceApplicationToken: async () => { throw new Error('disk full') } })
  })
  const { alpha } = service.sandbox.portals
  await service.install()
  t.equal((await service.call(alpha.placementCall('REST_APP_URI'), { body: { APPLICATION_TOKEN } })).status, 200)
  t.match(service.lines().filter(({ level }) => level === 50), [{ err: { message: 'disk full' } }])
})

await t.test('application token: is not replaced after an uninstall', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  await service.install()
  service.sandbox.trouble.installation = 'unfinished'
  const answer = await service.call(alpha.placementCall('REST_APP_URI'), { body: { APPLICATION_TOKEN } })
  t.equal(codeOf(answer), 'B24_ERR_NOT_INSTALLED')
})

await t.test('application token: strangers learn nothing, nor use up the limit', async t => {
  const service = await startService(t)
  const { alpha, beta } = service.sandbox.portals
  await service.install()
  const AUTH_ID = 'f'.repeat(70)
  const answers = async (path: string, portal: typeof alpha, body: Record<string, string>) => {
    const call = alpha.placementCall('REST_APP_URI', { handler: service.url + path })
    const answer = await service.call(call, {
      body: { AUTH_ID, APPLICATION_TOKEN, REFRESH_ID: AUTH_ID, ...body, member_id: portal.memberId }
    })
    return [answer.status, codeOf(answer), answer.headers.get('content-security-policy')]
  }
  const foreign = beta.grant(beta.users.admin, { clientId: 'local.other' }).accessToken
  for (const path of ['/placement', '/install']) {
    for (const body of [{}, { APPLICATION_TOKEN: '' }, { AUTH_ID: foreign }]) {
      const name = `${path} ${Object.keys(body).join()}`
      t.strictSame(await answers(path, alpha, body), await answers(path, beta, body), name)
    }
  }
  const uninstall = async (portal: typeof alpha) => {
    const { body } = portal.event('ONAPPUNINSTALL', { 'auth[application_token]': APPLICATION_TOKEN })
    const { status, text } = await service.post('/events', body)
    return [status, JSON.parse(text).error]
  }
  t.strictSame(await uninstall(alpha), [403, 'invalid_application_token'])
  t.strictSame(await uninstall(beta), await uninstall(alpha))

  const forge = (AUTH_ID: string) =>
    service.call(alpha.placementCall('REST_APP_URI'), { body: { AUTH_ID, APPLICATION_TOKEN } })
  for (let n = 0; n < 62; n++) await forge(`forged${n}`)
  t.equal(codeOf(await forge('forged')), 'B24_ERR_TOO_MANY_PROOFS')
  t.equal((await service.call(alpha.placementCall('REST_APP_URI'))).status, 200)
})

await t.test('application token: the log names what the operator has to compare', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  await service.install()
  const AUTH_ID = alpha.grant(alpha.users.admin, { clientId: 'local.other' }).accessToken
  for (const body of [{ AUTH_ID }, { AUTH_ID, APPLICATION_TOKEN }]) {
    const foreign = await service.call(alpha.placementCall('REST_APP_URI', { lang: 'en' }), { body })
    t.equal(codeOf(foreign), 'B24_ERR_FOREIGN_APPLICATION')
    t.match(foreign.text, /manages this Bitrix24[^]*B24_CLIENT_ID/)
  }
  const lines = service.lines().filter(({ issuedFor }) => issuedFor !== undefined)
  t.match(lines, [{ issuedFor: 'local.other', clientId: service.sandbox.clientId }])
  t.equal(lines.length, 1)
  const SERVER_ENDPOINT = 'https://oauth.example.com/rest/'
  await service.call(alpha.placementCall('REST_APP_URI'), { body: { SERVER_ENDPOINT } })
  const elsewhere = { 'auth[server_endpoint]': 'https://oauth.example.org/rest/' }
  await service.post('/events', alpha.event('ONAPPUPDATE', elsewhere).body)
  await service.fastify.close()
  for (const host of ['oauth.example.com', 'oauth.example.org']) {
    t.match(service.lines().find(({ server }) => server === host), { msg: /B24_OAUTH_SERVERS/ }, host)
  }
})
