import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { documentServer } from '../../sandbox/documents.ts'
import { withKey } from '../../sandbox/environment.ts'
import { startService } from '../service.ts'
import { sandboxFor } from './helper.ts'
import { bind, get } from './pages/pages-scene.ts'

const example = join(import.meta.dirname, '../../example')

/** Addresses of the links with this text on a page. */
const addressesOf = (text: string, html: string): string[] =>
  [...html.matchAll(new RegExp(`href="([^"]*)"[^>]*>${text}</a>`, 'g'))].map(([, address = '']) =>
    address.replaceAll('&#38;', '&').replaceAll('&amp;', '&'))

await t.test('example links: lead to the screens of the application that is installed', async t => {
  const documents = documentServer()
  t.after(() => documents.close())
  process.env['DOCUMENT_ORIGINS'] = await documents.listen({ host: '127.0.0.1', port: 0 })
  const service = await startService(t, { app: { application: example }, screenLinks: true })
  const { alpha } = service.sandbox.portals
  t.match((await get(alpha, '/tasks/task/view/31/')).text, /params\[docId\]=42/, 'texts come before the installation')
  t.notMatch((await get(alpha, '/stream/')).text, 'Delivery note 42')
  await service.install()
  const { text } = await get(alpha, '/stream/')
  const [inCard, inPost] = addressesOf('Delivery note 42', text)
  t.match(inCard, /%5Bscreen%5D=document.*%5Bsig%5D/)
  t.equal(inPost, inCard, 'a post has the link of the card')
  for (const [path, title, screen] of [
    ['/stream/', 'Approval: twelve chairs for the meeting room', 'approval'],
    ['/messenger/', 'Delivery note 43', 'document'],
    ['/tasks/task/view/31/', 'Delivery note 42', 'document'],
    ['/calendar/event/1/', 'Furniture for an office in Berlin', 'record'],
    ['/crm/deal/details/8062/', 'Delivery note 44', 'document'],
    ['/placements/', 'Open', 'document']
  ] as const) {
    const address = addressesOf(title, (await get(alpha, path)).text).find(address => address.includes('/view/')) ?? ''
    t.match(address, `%5Bscreen%5D=${screen}`, path)
    t.match(await get(alpha, `${address}&IFRAME=Y`), { status: 200 }, path)
  }
  t.equal((await get(alpha, '/stream/')).text.match(/id="link-note"/g)?.length, 1, 'posts are added once')
  alpha.uninstall()
  await service.install()
  t.equal((await get(alpha, '/stream/')).text.match(/id="link-note"/g)?.length, 1, 'also after an uninstall')
})

await t.test('example links: leave alone what the application lacks, or somebody wrote', async t => {
  const service = await startService(t, {
    screenLinks: true,
    prepare: fastify => {
      fastify.screen('document', { schema: { params: Type.Object({ part: Type.Integer() }) }, title: { en: 'Part' } },
        async () => ({}))
    }
  })
  const { alpha } = service.sandbox.portals
  for (const task of alpha.content.list('task')) alpha.content.update({ ...task, text: 'Somebody has changed it.' })
  await service.install()
  const { text } = await get(alpha, '/stream/')
  t.notMatch(text, 'id="link-note"', 'a screen of that name has other parameters')
  t.match(text, 'choose a page, fill in its form')
  t.equal(alpha.content.list('task')[0]?.text, 'Somebody has changed it.')
})

await t.test('example links: an application that does not answer is asked again', async t => {
  const { portals: { alpha } } = await sandboxFor(t, { screenLinks: true })
  alpha.installed = true
  t.equal((await get(alpha, '/stream/')).status, 200)
  t.equal(alpha.screens, undefined)
})

await t.test('start here: names what the application has', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.notMatch((await get(alpha, '/stream/')).text, 'Start here', 'there is nothing to start with yet')
  alpha.installed = true
  const first = async () => /<ol>\s*<li>(.*?)<\/li>/s.exec((await get(alpha, '/stream/?user=2')).text)?.[1]
  t.match(await first(), /Open <a data-step href="\/marketplace\/app\/1\/[^"]*">Demo widgets<\/a>: the page of/)
  await bind(alpha, 'LEFT_MENU')
  t.match(await first(), /Open <a data-step href="\/marketplace\/placement\/1\/">left_menu<\/a>: a page of/)
  await bind(alpha, 'CRM_DEAL_DETAIL_TAB')
  t.match(await first(), new RegExp('Open the deal <a data-step ' +
    'href="/crm/deal/details/8061/\\?tab=2&amp;[^"]*user=2">' +
    'Furniture for an office in Berlin</a>: its tab “crm_deal_detail_tab”'))
})

await t.test('installation: the portal says where it was, and what was bound', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const page = async () => (await get(alpha, '/stream/?install_finished=Y')).text
  t.notMatch(await page(), 'is installed on')
  alpha.installed = true
  const where = `Demo widgets</b> is installed on Portal Alpha \\(${alpha.domain}\\)`
  t.match(await page(), new RegExp(`${where}.*no placement`, 's'))
  await bind(alpha, 'CRM_DEAL_DETAIL_TAB')
  t.match(await page(), /Bound:\s+<span class="bound"><bdi>crm_deal_detail_tab<.*\(<code>CRM_DEAL_DETAIL_TAB<.*\)\./)
  t.match((await get(alpha, '/devops/')).text, /version 1\. Bound:\s+<span class="bound"><bdi>crm_deal_detail_tab/)
})

await t.test('environment: the key of the sandbox comes beside those of the application', async t => {
  const { env } = await sandboxFor(t, { screenLinks: true })
  t.match(env.LINKS_API_KEYS, /^sandbox:[0-9a-f]{64}$/)
  t.equal(withKey('erp:12', env), `erp:12,${env.LINKS_API_KEYS}`)
  for (const own of [undefined, '', 'none']) t.equal(withKey(own, env), env.LINKS_API_KEYS)
  const { env: without } = await sandboxFor(t)
  t.notOk('LINKS_API_KEYS' in without)
  t.equal(withKey(undefined, without), '')
})
