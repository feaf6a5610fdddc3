import t from 'tap'
import { until } from '../helper.ts'
import { startService } from '../service.ts'

await t.test('a wrong client secret is said at the start, and calls are answered all the same', async t => {
  const B24_CLIENT_SECRET = 'wrong-secret-of-the-client'
  const service = await startService(t, { env: { B24_CLIENT_SECRET }, app: { checksClient: true } })
  t.equal((await fetch(`${service.url}/health`)).status, 200)
  const said = () => service.log.map(line => JSON.parse(line)).filter(({ msg, level }) => level >= 50 && msg.includes('B24_CLIENT_SECRET'))
  await until(() => said().length > 0)
  t.match(said(), [{ code: 'invalid_client', part: 'tokens' }])
  t.notMatch(service.log.join(''), B24_CLIENT_SECRET)
})

await t.test('a service that ends does not wait for the check', async t => {
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
