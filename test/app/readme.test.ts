import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { parseSliderLink, sliderLink } from '../../src/http/slider-link.ts'
import { loadConfig } from '../../src/config.ts'
import { startService } from '../service.ts'
import { root } from './process.ts'

const readme = readFileSync(join(root, 'README.md'), 'utf8')
const block = (language: string) => new RegExp(`\`\`\`${language}\n([^]+?)\`\`\``).exec(readme)?.[1] ?? ''

await t.test('the widget of the README works as it stands there', async t => {
  const folder = t.testdir({ placements: { 'CRM_DEAL_DETAIL_TAB.ts': block('ts') }, views: { 'deal-tab.eta': block('html') } })
  const service = await startService(t, { app: { placements: [join(folder, 'placements')], views: [join(folder, 'views')] } })
  const { alpha } = service.sandbox.portals
  await service.install()
  const bound = alpha.placements.find(({ placement }) => placement === 'CRM_DEAL_DETAIL_TAB')
  t.match(bound?.langAll, { en: { TITLE: 'Supplies' }, de: { TITLE: 'Lieferungen' } })
  const answer = await service.call(alpha.placementCall('CRM_DEAL_DETAIL_TAB', { params: { ID: '8061' } }))
  t.equal(answer.status, 200)
  t.match(answer.text, 'Deal 8061')
})

await t.test('the screen of the README works as it stands there', async t => {
  const [, screen = ''] = /```ts\n(\/\/ routes\/screens[^]+?)```/.exec(readme) ?? []
  const folder = t.testdir({ screens: { 'part.ts': screen }, views: { 'part.eta': '<h1>Part <%= it.id %></h1>' } })
  const service = await startService(t, { app: { screens: [join(folder, 'screens')], views: [join(folder, 'views')] } })
  const { alpha } = service.sandbox.portals
  await service.install()
  const { path } = service.fastify.links.write('part', { partId: 42 }, { portal: { memberId: alpha.memberId, endpoint: `${alpha.url}/rest/` } })
  const answer = await service.call(alpha.placementCall('REST_APP_URI', { params: parseSliderLink(path).params }))
  t.match(answer.text, 'Part 42')
})

await t.test('the REST calls of the README work as they stand there', async t => {
  const [, widget = ''] = /```ts\n(\/\/ routes\/placements\/CRM_DEAL_LIST_TOOLBAR[^]+?)```/.exec(readme) ?? []
  const folder = t.testdir({ placements: { 'CRM_DEAL_LIST_TOOLBAR.ts': widget } })
  const service = await startService(t, { app: { placements: [join(folder, 'placements')] } })
  const { alpha } = service.sandbox.portals
  await service.install()
  const { text } = await service.call(alpha.placementCall('CRM_DEAL_LIST_TOOLBAR', { user: alpha.users.employee }))
  t.match(JSON.parse(text), { name: 'Emil', installer: { ok: { ID: '1' } }, rights: { ok: alpha.scope } })
})

await t.test('a back-end gets a link with the curl of the README', async t => {
  const [, command = ''] = /```sh\n(curl [^]+?)```/.exec(readme) ?? []
  const KEY = 'a key of a back-end'
  const service = await startService(t, { env: { LINKS_API_KEYS: `erp:${createHash('sha256').update(KEY).digest('hex')}` } })
  await service.install()
  const { memberId, url } = service.sandbox.portals.alpha
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { env: { ...process.env, KEY, PUBLIC_URL: service.url, MEMBER_ID: memberId } })
  const link = JSON.parse(stdout)
  t.match(link, { id: String, path: 'params%5BdocId%5D=42' })
  t.equal(link.url, url + link.path)
})

await t.test('the link of the README is the one that is built', async t => {
  t.ok(readme.includes(sliderLink('local.66ba434d853c87.18550109', { docId: 42, filter: { city: 'Köln' } })))
})

await t.test('the README and .env.example name every variable', async t => {
  const asked = new Set<string>()
  const env = new Proxy({}, { get: (_, name) => { asked.add(String(name)) } })
  t.throws(() => loadConfig(env))
  const example = readFileSync(join(root, '.env.example'), 'utf8')
  for (const name of asked) {
    t.ok(readme.includes(`\`${name}\``), `README: ${name}`)
    t.ok(new RegExp(`^#? ?${name}=`, 'm').test(example), `.env.example: ${name}`)
  }
})
