import t from 'tap'
import { sessionIn, startService } from '../service.ts'

await t.test('me: tells a page its user and portal by its session', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  await service.install()
  const page = await service.call(alpha.placementCall('REST_APP_URI', { lang: 'de', user: alpha.users.employee }))
  const session = sessionIn(page)
  const ask = (headers: Record<string, string>) => fetch(new URL('/api/me', service.url), { headers })

  const answer = await ask({ authorization: `Bearer ${session}` })
  t.equal(answer.status, 200)
  t.equal(answer.headers.get('cache-control'), 'no-store')
  t.strictSame(await answer.json(), {
    user: { id: 2 },
    portal: { memberId: alpha.memberId, domain: alpha.domain },
    placement: 'REST_APP_URI',
    lang: 'de'
  })

  const wrong = ['Bearer nonsense', `Bearer ${session}x`, session].map(authorization => ({ authorization }))
  for (const headers of [{}, ...wrong, { cookie: session }]) {
    const refused = await ask(headers)
    t.equal(refused.status, 401)
    t.match(await refused.json(), { error: 'B24_ERR_PAGE_SESSION' })
  }
})

await t.test('error page: carries no session', async t => {
  const service = await startService(t)
  await service.install()
  const refused = await service.call(service.sandbox.portals.alpha.placementCall('IM_SIDEBAR'))
  t.equal(refused.status, 404)
  t.notMatch(refused.text, 'page-session')
})
