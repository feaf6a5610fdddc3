import t from 'tap'
import { placementCall } from '../../sandbox/index.ts'
import { heldPortal } from '../held-portal.ts'
import { until } from '../until.ts'
import { codeOf, startService, type Service } from '../service.ts'

/** The statuses of many posts, a hundred at a time: some wait a second. */
async function statusesOf (count: number, post: (index: number) => Promise<{ status: number }>): Promise<number[]> {
  const statuses: number[] = []
  const indices = Array.from({ length: count }, (_, index) => index).values()
  await Promise.all(Array.from({ length: 100 }, async () => {
    for (const index of indices) statuses.push((await post(index)).status)
  }))
  return statuses
}
const idle = ({ fastify }: Service) => until(() => fastify.lifecycleEvents.pending() === 0)

await t.test('events: a thousand from one portal hold up no other portal', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  await service.install()
  const before = await service.store.get(alpha.memberId)
  const { portal, held } = await heldPortal(t, service.sandbox, () => true)
  portal.installed = true
  const { accessToken } = portal.grant(portal.users.employee)
  const { body } = portal.event('ONAPPINSTALL', { 'auth[access_token]': accessToken })
  const statuses = await statusesOf(1000, () => service.post('/events', body))
  t.strictSame([...new Set(statuses)].sort(), [200, 429])
  t.equal(service.fastify.lifecycleEvents.pending(), 1, 'one runs, and the latest waits behind it')
  await until(() => held() === 1)

  const update = alpha.event('ONAPPUPDATE').body
  t.equal((await service.post('/events', update)).status, 200)
  const tokenOf = async () => (await service.store.get(alpha.memberId))?.tokens?.accessToken
  await until(async () => await tokenOf() === update['auth[access_token]'])
  t.not(before?.tokens?.accessToken, update['auth[access_token]'])
  t.equal((await service.post('/events', alpha.event('ONAPPUNINSTALL').body)).status, 200)
  t.equal(held(), 1, 'and the portal has one connection')
})

await t.test('events: one that is repeated has one line in the log', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  await service.install()
  await idle(service)
  const addresses = ['/events', '/install'] as const
  for (const name of ['ONAPPUPDATE', 'ONAPPUNINSTALL'] as const) {
    service.log.length = 0
    const { body } = alpha.event(name)
    t.equal((await service.post('/events', body)).status, 200)
    await idle(service)
    const statuses = await statusesOf(100, index => service.post(String(addresses[index % 2]), body))
    t.strictSame([...new Set(statuses)], [200], name)
    t.equal(service.lines().filter(({ msg }) => msg === 'call').length, 1, name)
  }
})

await t.test('events: forged ones do not shut out true ones during an outage', async t => {
  const service = await startService(t, { env: { TRUST_PROXY: '127.0.0.1' } })
  const { alpha, beta } = service.sandbox.portals
  await service.install()
  await idle(service)
  service.sandbox.trouble.authorizationServer = 'down'
  const forged = alpha.event('ONAPPUPDATE', { 'auth[application_token]': 'e'.repeat(32) }).body
  type OfIndex = (index: number) => string
  const rows: Array<[name: string, kept: number, memberId: OfIndex, from: OfIndex]> = [
    ['many portals, one address', 10, index => `portal${index}`, index => `203.0.113.9:${50_000 + index}`],
    ['one /64', 10, index => `portal${index}`, index => `2001:db8:1:2::${index.toString(16)}`],
    ['one portal, many addresses', 8, () => alpha.memberId, index => `198.51.100.${index}`]
  ]
  for (const [name, kept, memberId, from] of rows) {
    const before = service.fastify.lifecycleEvents.pending()
    const statuses = await statusesOf(100, index => service.post('/events', {
      ...forged, 'auth[member_id]': memberId(index), 'auth[access_token]': `forged ${index}`
    }, { 'x-forwarded-for': from(index) }))
    t.strictSame([...new Set(statuses)].sort(), [200, 503], name)
    t.equal(service.fastify.lifecycleEvents.pending() - before, kept, name)
  }
  const from = { 'x-forwarded-for': '192.0.2.80' }
  const genuine = [
    ['an update', alpha.event('ONAPPUPDATE')],
    ['a first installation', beta.event('ONAPPINSTALL')]
  ] as const
  for (const [name, { body }] of genuine) {
    const before = service.fastify.lifecycleEvents.pending()
    t.equal((await service.post('/events', body, from)).status, 200, name)
    t.equal(service.fastify.lifecycleEvents.pending() - before, 1, name)
  }
})

await t.test('install: serves an administrator while an employee floods the page', async t => {
  const service = await startService(t)
  let employeeToken = ''
  const { portal, held, release } = await heldPortal(t, service.sandbox, body => body.includes(employeeToken))
  const handler = `${service.url}/install`
  const call = placementCall(portal, 'DEFAULT', { user: portal.users.employee, handler })
  employeeToken = String(call.body['AUTH_ID'])
  const answers: string[] = []
  const flood = Array.from({ length: 40 }, async () => {
    const answer = await service.call(call)
    answers.push(`${answer.status} ${codeOf(answer)}`)
    if (answer.status === 429) t.match(answer.text, '<h1>Too many attempts</h1>')
  })
  await until(() => held() === 1 && answers.length === 38)
  t.strictSame([...new Set(answers)], ['429 B24_ERR_TOO_MANY_INSTALLATIONS'], 'one runs, and one waits')

  t.equal((await service.call(placementCall(portal, 'DEFAULT', { handler }))).status, 200)
  t.match(await service.store.get(portal.memberId), { userId: portal.users.admin.id, bindings: { skipped: [] } })
  t.equal(answers.length, 38, "the employee's installation is still held")
  release()
  await Promise.all(flood)
  t.strictSame(answers.slice(38), ['403 B24_ERR_NOT_ADMIN', '403 B24_ERR_NOT_ADMIN'])
})
