import t from 'tap'
import { serverFor } from '../servers.ts'
import { until } from '../until.ts'
import { startService } from '../service.ts'

await t.test('client secret: a wrong one is logged at the start and ends nothing', async t => {
  const B24_CLIENT_SECRET = 'wrong-secret-of-the-client'
  const service = await startService(t, { env: { B24_CLIENT_SECRET }, app: { checksClient: true } })
  t.equal((await fetch(`${service.url}/health`)).status, 200)
  const errors = () => service.lines().filter(({ level }) => level >= 50)
  await until(() => errors().length > 0)
  t.match(errors(), [{ code: 'invalid_client', part: 'tokens', msg: /B24_CLIENT_SECRET/ }])
  t.notMatch(service.log.join(''), B24_CLIENT_SECRET)
  t.match(service.sandbox.wire.entries, [{ name: 'client check', status: 400, outcome: /^invalid_client$/ }])
})

await t.test('client secret: the wire of the sandbox says what its check is', async t => {
  const { sandbox: { wire } } = await startService(t, { app: { checksClient: true } })
  await until(() => wire.entries[0]?.status !== undefined)
  t.match(wire.entries, [{ name: 'client check', status: 400, outcome: /^invalid_grant, as it should be/ }])
})

await t.test('client secret: its check does not hold up the shutdown', async t => {
  for (const isAsked of [false, true]) {
    let asked = 0
    const silent = await serverFor(t, () => { asked++ })
    const env = { B24_OAUTH_SERVERS: silent }
    const service = await startService(t, { env, app: { checksClient: true } })
    if (isAsked) await until(() => asked === 1)
    await service.fastify.close()
    t.equal(asked, Number(isAsked))
    t.strictSame(service.lines().filter(({ level }) => level >= 50), [])
  }
})
