import { join } from 'node:path'
import t from 'tap'
import { sandbox } from '../../sandbox/index.ts'
import { createKeyRing } from '../../src/crypto/keys.ts'
import { users, withVisits } from '../plugins/links/visit-contract.ts'
import { openStore } from '../../src/store/open-store.ts'
import { until } from '../until.ts'
import { environment, freePort, postForm } from '../service.ts'
import { listening, root, run } from '../app/process.ts'

const program = `
  import Fastify from 'fastify'
  import { Type } from '@sinclair/typebox'
  import { openApp } from ${JSON.stringify(join(root, 'test/service.ts'))}
  import { serverOptions } from ${JSON.stringify(join(root, 'src/server-options.ts'))}
  import { loadConfig } from ${JSON.stringify(join(root, 'src/config.ts'))}
  const config = loadConfig(process.env)
  const fastify = Fastify(serverOptions(config))
  await fastify.register(openApp, { config })
  fastify.screen('stockroom', { schema: { params: Type.Object({}) }, title: 'Stockroom' }, async () => 'opened')
  await fastify.listen(config)
`

await t.test('crash: a killed service loses the visits of the last second at most', async t => {
  const folder = t.testdir({ 'service.mjs': program })
  const url = `http://127.0.0.1:${await freePort()}`
  const bitrix24 = await sandbox({ appUrl: url })
  t.after(() => bitrix24.close())
  const { alpha } = bitrix24.portals
  alpha.installed = true
  const databaseUrl = `sqlite:${join(folder, 'test.db')}`
  const env = environment(bitrix24, url, { DATABASE_URL: databaseUrl })
  const { child, ended, text } = run(join(folder, 'service.mjs'), env)
  t.after(() => { child.kill('SIGKILL') })
  t.equal(await listening(`${url}/health`), true, text())

  const open = async () => {
    const { url: address, payload } = alpha.placementCall('REST_APP_URI', { params: { screen: 'stockroom' } })
    const answer = await postForm(address, payload)
    t.equal(answer.text, 'opened')
  }
  const store =
    await withVisits(await openStore({ url: databaseUrl, keyRing: createKeyRing(String(env['APP_SECRET'])) }))
  t.after(() => store.close())
  const counted = async () => {
    const [link] = await store.visits.links(alpha.memberId, 10, undefined)
    const [user] = await users(store.visits, alpha.memberId, String(link?.id), 10)
    return { link, times: Number(user?.times) }
  }
  await open()
  await open()
  await until(async () => (await counted()).times === 2)
  await open()
  child.kill('SIGKILL')
  await ended
  const { link, times } = await counted()
  t.match(link, { screen: 'stockroom', params: {} })
  t.ok([2, 3].includes(times), `${times} of 3`)
})
