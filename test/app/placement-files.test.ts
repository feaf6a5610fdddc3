import Fastify from 'fastify'
import t from 'tap'
import app, { serverOptions } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { sandbox } from '../../sandbox/index.ts'
import { environment } from '../service.ts'

const widget = (code: string) => `export default async fastify => { fastify.placement('${code}', {}, async () => 'ok') }`

await t.test('a file that declares nothing stops the start, and no file hides the others', async t => {
  const bitrix24 = await sandbox({ appUrl: 'http://127.0.0.1:9' })
  t.after(() => bitrix24.close())
  const config = loadConfig(environment(bitrix24, 'http://127.0.0.1:9'))
  const start = async (files: Record<string, string>) => {
    const fastify = Fastify({ ...serverOptions(config), logger: false })
    t.after(() => fastify.close())
    await fastify.register(app, { config, placements: [t.testdir(files)] })
    await fastify.ready()
    return fastify
  }
  const codes = (await start({ 'index.js': widget('IM_SIDEBAR'), 'CALL_CARD.js': widget('CALL_CARD'), 'README.md': 'text', 'types.d.ts': '' })).placements().map(({ code }) => code)
  for (const code of ['IM_SIDEBAR', 'CALL_CARD', 'DEFAULT']) t.ok(codes.includes(code), code)
  await t.rejects(start({ 'LEFT_MENU.js': 'export const plugin = 1' }), { code: 'B24_ERR_PLACEMENT_SILENT', message: /LEFT_MENU\.js/ })
})
