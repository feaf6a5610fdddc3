import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import t from 'tap'
import { root } from '../../app/process.ts'
import { startService } from '../../service.ts'

await t.test('routes/placements: each file declares the placement it is named after', async t => {
  const { fastify } = await startService(t)
  const files = readdirSync(join(root, 'routes/placements'))
    .filter(file => file.endsWith('.ts'))
    .map(file => basename(file, '.ts'))
  t.strictSame(fastify.placements.all().map(({ code }) => code).sort(), files.sort())
})

await t.test('DEFAULT: opens during an outage of the store, and says so', async t => {
  const { install, call, store, sandbox: { portals: { alpha } }, lines } = await startService(t)
  await install()
  const home = alpha.placementCall('DEFAULT')
  t.notMatch((await call(home)).text, 'Its data is temporarily unavailable.')
  await store.close()
  const { status, text } = await call(home)
  t.equal(status, 200)
  t.match(text, 'Its data is temporarily unavailable.')
  t.notMatch(text, 'Not installed yet')
  t.ok(lines().some(({ level, err }) => level === 40 && err !== undefined), 'the outage is logged')
})

await t.test('DEFAULT: names each placement once, by its title and its code', async t => {
  const { install, call, sandbox: { portals: { alpha } } } = await startService(t, {
    prepare: fastify => {
      fastify.placement('CRM_LEAD_DETAIL_TAB', {}, async () => 'no title')
      fastify.placement('CRM_DEAL_DETAIL_TAB', { title: 'Supplies' }, async () => 'a title')
    }
  })
  await install()
  const { text } = await call(alpha.placementCall('DEFAULT'))
  const names = [...text.matchAll(/<th scope="row">([^]*?)<\/th>/g)]
    .map(([, name = '']) => name.replace(/<[^>]*>/g, '').trim())
  t.ok(names.includes('CRM_LEAD_DETAIL_TAB') && names.includes('Supplies CRM_DEAL_DETAIL_TAB'), names.join())
})
