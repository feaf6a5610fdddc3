import t from 'tap'
import type { SandboxUser } from '../../sandbox/index.ts'
import { codeOf, sessionIn, startService } from '../service.ts'

await t.test("rate limit: refuses one user's flood with a page, and serves others", async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  await service.install()
  const { admin, employee } = alpha.users
  const call = alpha.placementCall('REST_APP_URI', { user: employee })
  const answers = await Promise.all(Array.from({ length: 300 }, () => service.call(call)))
  const [refused, ...more] = answers.filter(({ status }) => status !== 200)
  if (refused === undefined) throw new Error('nothing was refused')
  t.ok(more.length < 300 - 60, 'sixty at once are answered')
  t.ok(answers.filter(({ status }) => status === 200).length >= 60, 'a person is never refused')
  t.strictSame([refused.status, codeOf(refused)], [429, 'B24_ERR_RATE_LIMITED'])
  t.match(refused.headers.get('retry-after'), /^\d+$/)
  const policy = refused.headers.get('content-security-policy')
  t.match(policy, `frame-ancestors 'self' ${alpha.url}`, 'the page is shown in its frame')
  t.match(refused.text, '<h1>')
  const other = await service.call(alpha.placementCall('REST_APP_URI', { user: admin }))
  t.equal(other.status, 200, 'another user of the portal')
})

await t.test('rate limit: counts the API calls of pages for their user', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  await service.install()
  const sessionOf = async (user: SandboxUser) =>
    sessionIn(await service.call(alpha.placementCall('DEFAULT', { user })))
  const [session, other] = [await sessionOf(alpha.users.employee), await sessionOf(alpha.users.admin)]
  const ask = (bearer: string) => fetch(`${service.url}/api/me`, { headers: { authorization: `Bearer ${bearer}` } })
  const answers = await Promise.all(Array.from({ length: 300 }, () => ask(session)))
  const refused = answers.find(({ status }) => status !== 200)
  t.strictSame([refused?.status, (await refused?.json() as { error?: string }).error], [429, 'B24_ERR_RATE_LIMITED'])
  t.equal((await ask(other)).status, 200, 'another user')
})

await t.test('rate limit: counts installations and events for their user', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  await service.install()
  const { employee } = alpha.users
  const refused = async (ask: () => Promise<{ status: number, text: string }>) => {
    const codes = new Set<string | undefined>()
    // How many are needed depends on how long they all take.
    for (let round = 0; round < 5 && !codes.has('B24_ERR_RATE_LIMITED'); round++) {
      for (const answer of await Promise.all(Array.from({ length: 300 }, ask))) codes.add(codeOf(answer))
    }
    t.ok(codes.has('B24_ERR_RATE_LIMITED'), [...codes].join())
  }
  const installation = alpha.placementCall('DEFAULT', { user: employee, handler: `${service.url}/install` })
  await refused(() => service.call(installation))
  const { accessToken } = alpha.grant(alpha.users.admin)
  const { body } = alpha.event('ONAPPUPDATE', { 'auth[access_token]': accessToken })
  let number = 0
  await refused(() => service.post('/events', { ...body, number: String(++number) }))
  t.equal((await service.post('/events', alpha.event('ONAPPUNINSTALL').body)).status, 200, 'an uninstall has no user')
})
