import { join } from 'node:path'
import Fastify from 'fastify'
import t from 'tap'
import app from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { serverOptions } from '../../src/server-options.ts'
import { sandbox } from '../../sandbox/index.ts'
import { environment } from '../service.ts'

const widget = (code: string) => `export default async fastify => { fastify.placement('${code}', {}, async () => 'ok') }`

await t.test('a file that declares nothing stops the start, and no file hides the others', async t => {
  const bitrix24 = await sandbox({ appUrl: 'http://127.0.0.1:9' })
  t.after(() => bitrix24.close())
  const config = loadConfig(environment(bitrix24, 'http://127.0.0.1:9'))
  const start = async (placements: Record<string, string>, screens: Record<string, string> = {}) => {
    const fastify = Fastify({ ...serverOptions(config), logger: false })
    t.after(() => fastify.close())
    const folder = t.testdir({ placements, screens })
    await fastify.register(app, { config, placements: [join(folder, 'placements')], screens: [join(folder, 'screens')] })
    await fastify.ready()
    return fastify
  }
  const codes = (await start({ 'index.js': widget('IM_SIDEBAR'), 'CALL_CARD.js': widget('CALL_CARD'), 'README.md': 'text', 'types.d.ts': '' })).placements().map(({ code }) => code)
  for (const code of ['IM_SIDEBAR', 'CALL_CARD', 'DEFAULT']) t.ok(codes.includes(code), code)
  await t.rejects(start({ 'LEFT_MENU.js': 'export const plugin = 1' }), { code: 'B24_ERR_PLACEMENT_FILE', message: /LEFT_MENU\.js/ })
  await t.rejects(start({}, { 'part.js': 'export const plugin = 1' }), { code: 'B24_ERR_SCREEN_FILE', message: /part\.js/ })
  const screen = "import { Type } from '@sinclair/typebox'\nexport default async fastify => { fastify.screen('part', { schema: { params: Type.Object({}) }, title: 'Part' }, async () => 'ok') }"
  t.ok((await start({}, { 'shelf.js': screen })).links.screens().some(({ name }) => name === 'part'))
})
