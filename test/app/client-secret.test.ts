import t from 'tap'
import { until } from '../helper.ts'
import { startService } from '../service.ts'

await t.test('client secret: a wrong one is logged at the start and ends nothing', async t => {
  const B24_CLIENT_SECRET = 'wrong-secret-of-the-client'
  const service = await startService(t, { env: { B24_CLIENT_SECRET }, app: { checksClient: true } })
  t.equal((await fetch(`${service.url}/health`)).status, 200)
  const said = () => service.log.map(line => JSON.parse(line)).filter(({ msg, level }) => level >= 50 && msg.includes('B24_CLIENT_SECRET'))
  await until(() => said().length > 0)
  t.match(said(), [{ code: 'invalid_client', part: 'tokens' }])
  t.notMatch(service.log.join(''), B24_CLIENT_SECRET)
})

await t.test('client secret: its check does not hold up the shutdown', async t => {
  for (const isAsked of [false, true]) {
    let asked = 0
    const service = await startService(t, {
      app: { checksClient: true },
      prepare: fastify => {
        fastify.authToken.authorizationServers.refresh = async () => await new Promise(() => { asked++ })
      }
    })
    if (isAsked) await until(() => asked === 1)
    await service.fastify.close()
    t.equal(asked, Number(isAsked))
    t.notMatch(service.log.join(''), /B24_CLIENT_SECRET|checking the client secret/)
  }
})
