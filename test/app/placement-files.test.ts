import t from 'tap'
import { sandbox } from '../../sandbox/index.ts'
import { loadConfig } from '../../src/config.ts'
import { serverOptions } from '../../src/server-options.ts'
import { build } from '../build.ts'
import { environment, openApp } from '../service.ts'

await t.test('app: loads placements and screens of its folder', async t => {
  const bitrix24 = await sandbox({ appUrl: 'http://127.0.0.1:9' })
  t.after(() => bitrix24.close())
  const config = loadConfig(environment(bitrix24, 'http://127.0.0.1:9'))
  const start = async (placements: Record<string, string>, screens: Record<string, string>) => {
    const application = t.testdir({ 'package.json': '{"type":"module"}', placements, screens })
    const options = { ...serverOptions(config), logger: false }
    const fastify = await build(t, fastify => fastify.register(openApp, { config, application }), options)
    await fastify.ready()
    return fastify
  }
  const widget = "export default async fastify => { fastify.placement('CALL_CARD', async () => 'ok') }"
  const fastify = await start({ 'CALL_CARD.js': widget }, {})
  const codes = fastify.placements.all().map(({ code }) => code)
  for (const code of ['CALL_CARD', 'DEFAULT', 'REST_APP_URI']) t.ok(codes.includes(code), code)
  await t.rejects(start({}, { 'shelf.js': 'export default async () => {}' }), {
    code: 'B24_ERR_DECLARATION_NAME', message: /shelf\.js must declare the screen shelf/
  })
})
