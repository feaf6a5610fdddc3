import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { parseSliderLink, sliderLink } from '../../src/index.ts'
import { runIn } from '../my-app.ts'
import { sessionIn, startService } from '../service.ts'
import { cli } from '../tool.ts'
import { until } from '../until.ts'
import { blockThatBegins, commentsApplication } from './pages.ts'

/** An installed service with an example of the docs among its placements, screens or plugins. */
async function serviceWith (
  t: Test, kind: 'placements' | 'screens' | 'plugins', file: string, views: Record<string, string> = {}
) {
  const name = file.split('/').pop() ?? file
  const application = t.testdir({ [kind]: { [name]: blockThatBegins(`// ${file}`) }, views })
  const service = await startService(t, { app: { application } })
  await service.install()
  return service
}

await t.test('README: the widget is bound and answers', async t => {
  const service = await serviceWith(t, 'placements', 'application/placements/CRM_LEAD_DETAIL_TAB.ts', {
    'lead-tab.eta': blockThatBegins('<!-- application/views/lead-tab.eta')
  })
  const { alpha } = service.sandbox.portals
  const bound = alpha.placements.find(({ placement }) => placement === 'CRM_LEAD_DETAIL_TAB')
  t.match(bound?.langAll, { en: { TITLE: 'Supplies' }, de: { TITLE: 'Lieferungen' } })
  const answer = await service.call(alpha.placementCall('CRM_LEAD_DETAIL_TAB', { params: { ID: '8061' } }))
  t.equal(answer.status, 200)
  t.match(answer.text, 'Lead 8061')
})

await t.test('docs/placements.md: the widget is bound and answers', async t => {
  const service = await serviceWith(t, 'placements', 'placements/IM_SIDEBAR.ts', {
    'notes.eta': blockThatBegins('<!-- views/notes.eta')
  })
  const { alpha } = service.sandbox.portals
  const bound = alpha.placements.find(({ placement }) => placement === 'IM_SIDEBAR')
  t.match(bound, { langAll: { de: { TITLE: 'Notizen' } }, options: { iconName: 'fa-cloud' } })
  const call = alpha.placementCall('IM_SIDEBAR', { params: { dialogId: 'chat42' } })
  t.match((await service.call(call)).text, 'Notes on chat42')
  t.match((await service.call(alpha.placementCall('IM_SIDEBAR'))).text, 'Notes on this chat')
})

await t.test('docs/placements.md: a custom field is registered, and an update leaves it', async t => {
  const service = await serviceWith(t, 'placements', 'placements/USERFIELD_TYPE.ts', {
    'rating.eta': '<input value="<%= it.VALUE ?? "none" %>">'
  })
  const { alpha } = service.sandbox.portals
  const types = () => alpha.placements.filter(({ placement }) => placement === 'USERFIELD_TYPE')
  await until(() => types().length > 0)
  await service.install()
  t.match(types(), [{ userTypeId: 'rating', title: 'Rating' }])
  t.match((await service.call(alpha.placementCall('USERFIELD_TYPE', { params: { MODE: 'edit', VALUE: '4' } }))).text,
    'value="4"')
  t.match((await service.call(alpha.placementCall('USERFIELD_TYPE', { params: { MODE: 'view', VALUE: null } }))).text,
    'value="none"')
})

await t.test('docs/placements.md: a route saves what its page may write', async t => {
  const written: unknown[] = []
  const service = await startService(t, {
    app: { application: t.testdir(commentsApplication()) },
    methods: { 'crm.timeline.comment.add': ({ fields }) => written.push(fields) }
  })
  await service.install()
  const { alpha } = service.sandbox.portals
  const { rest } = service.fastify.portal(alpha.memberId)
  const ID = String(await rest.call('crm.deal.add', { fields: { TITLE: 'Supplies' } }))
  const page = await service.call(alpha.placementCall('CRM_DEAL_DETAIL_TAB', { params: { ID } }))
  t.match(page.text, '<h1>Supplies</h1>')
  const grant = /data-grant="([^"]+)"/.exec(page.text)?.[1]
  const ask = async (body: object) => await fetch(`${service.url}/api/comments`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${sessionIn(page)}`,
      'content-type': 'application/json',
      'x-b24-auth-id': alpha.grant(alpha.users.admin).accessToken
    },
    body: JSON.stringify({ text: 'Call them', ...body })
  })
  t.equal((await ask({ grant: 'invented' })).status, 401)
  t.strictSame(written, [])
  t.strictSame(await (await ask({ grant })).json(), { id: 1 })
  t.match(written, [{ ENTITY_TYPE: 'deal', ENTITY_ID: Number(ID), COMMENT: 'Call them' }])
})

await t.test('docs/screens.md: a link opens the screen', async t => {
  const views = { 'part.eta': '<h1>Part <%= it.id %></h1>' }
  const service = await serviceWith(t, 'screens', 'screens/part.ts', views)
  const { alpha } = service.sandbox.portals
  const portal = { memberId: alpha.memberId, endpoint: `${alpha.url}/rest/` }
  const { path } = service.fastify.links.to('part', { partId: 42 }, { portal })
  const answer = await service.call(alpha.placementCall('REST_APP_URI', { params: parseSliderLink(path).params }))
  t.match(answer.text, 'Part 42')
})

await t.test('docs/screens.md: shows the link that sliderLink builds', async t => {
  const link = sliderLink('local.66ba434d853c87.18550109', { docId: 42, filter: { city: 'Köln' } })
  t.ok(blockThatBegins('import { parseSliderLink').includes(link))
})

await t.test('docs/frontend.md: the page is built, and answers', async t => {
  const root = t.testdir({
    'package.json': '{ "type": "module" }',
    'vite.config.ts': blockThatBegins('// vite.config.ts'),
    application: {
      placements: { 'CRM_LEAD_DETAIL_TAB.ts': blockThatBegins('// placements/CRM_LEAD_DETAIL_TAB.ts') },
      frontend: {
        'order.html': blockThatBegins('<!-- frontend/order.html'),
        'order.server.ts': blockThatBegins('// frontend/order.server.ts, with Vue'),
        order: { 'Order.vue': blockThatBegins('<!-- frontend/order/Order.vue') },
        'board.ts': '',
        'board.server.ts': blockThatBegins('// frontend/board.server.ts, with React')
      }
    }
  })
  const { code, printed } = await runIn(root, [cli, 'build'])
  t.equal(code, 0, printed)
  const application = join(root, 'application')
  const methods = { 'crm.lead.get': () => ({ TITLE: 'Wheels' }) }
  const service = await startService(t, { app: { application }, methods })
  await service.install()
  const { alpha } = service.sandbox.portals
  const { text } = await service.call(alpha.placementCall('CRM_LEAD_DETAIL_TAB', { params: { ID: '7' } }))
  t.match(text, '<div id="app"><h1>Wheels</h1></div>')
  t.match(text, '"data":{"lead":{"id":7,"title":"Wheels"}}')
  t.match(text, /<script type="module" crossorigin src="\/ui\/assets\/order-/)
})

await t.test('docs/rest.md: the widget calls REST as user and as installation', async t => {
  const service = await serviceWith(t, 'placements', 'placements/CRM_DEAL_LIST_TOOLBAR.ts')
  const { alpha } = service.sandbox.portals
  const { text } = await service.call(alpha.placementCall('CRM_DEAL_LIST_TOOLBAR', { user: alpha.users.employee }))
  t.match(JSON.parse(text), { name: 'Emil', service: { ok: { ID: '9' } }, rights: { ok: alpha.scope } })
})

await t.test('docs/lifecycle.md: an installation registers the custom field, once; an uninstall forgets', async t => {
  const application = t.testdir({
    plugins: { 'fields.ts': blockThatBegins('// plugins/fields.ts') },
    migrations: { '0001-suppliers.ts': blockThatBegins('// migrations/0001-suppliers.ts') }
  })
  const service = await startService(t, { app: { application } })
  await service.install()
  const { alpha } = service.sandbox.portals
  const fields = () => alpha.content.list('user-field').map(({ title }) => title)
  await until(() => fields().length > 0)
  const isDone = async () => (await service.store.dueChanges(Date.now(), 9)).length === 0
  await until(isDone)
  await service.install()
  await until(isDone)
  t.strictSame(fields(), ['UF_CRM_SUPPLIER'])
  const db = service.fastify.database.withTables<{ suppliers: { id: string, member_id: string, added_at: number } }>()
  await db.insertInto('suppliers').values({ id: 'a', member_id: alpha.memberId, added_at: Date.now() }).execute()
  await fetch(`${alpha.url}/sandbox/api/uninstall`, { method: 'POST' })
  await until(async () => (await db.selectFrom('suppliers').selectAll().execute()).length === 0)
})

await t.test('docs/lifecycle.md: a new deal is told to the route, and what is forged is not', async t => {
  const application = t.testdir({ routes: { 'deal-events.ts': blockThatBegins('// routes/deal-events.ts') } })
  const service = await startService(t, { app: { application } })
  await service.install()
  const { alpha } = service.sandbox.portals
  const handlers = () => alpha.events.filter(({ event }) => event === 'ONCRMDEALADD')
  await until(() => handlers().length > 0)
  const { rest } = service.fastify.portal(alpha.memberId)
  const id = await rest.call<number>('crm.deal.add', { fields: { TITLE: 'Umbrellas' } })
  const comments = () => alpha.content.list('deal-comment', String(id)).map(({ text }) => text)
  await until(() => comments().length > 0)
  t.strictSame(comments(), ['No supplies for Umbrellas yet'])
  const { url, body } = alpha.event('ONCRMDEALADD', { 'data[FIELDS][ID]': String(id), 'auth[access_token]': 'forged' })
  const answers = [body, { ...body, 'data[FIELDS][ID]': '1; DROP' }]
    .map(async form => await fetch(url, { method: 'POST', body: new URLSearchParams(form) }))
  t.strictSame((await Promise.all(answers)).map(({ status }) => status), [401, 400])
  t.equal(comments().length, 1)
})

await t.test('docs/links-api.md: the curl command gets a link', async t => {
  const KEY = 'a key of a back-end'
  const sum = createHash('sha256').update(KEY).digest('hex')
  const application = t.testdir({ screens: { 'part.ts': blockThatBegins('// screens/part.ts') } })
  const service = await startService(t, { env: { LINKS_API_KEYS: `erp:${sum}` }, app: { application } })
  await service.install()
  const { memberId, url } = service.sandbox.portals.alpha
  const env = { ...process.env, KEY, PUBLIC_URL: service.url, MEMBER_ID: memberId }
  const { stdout } = await promisify(execFile)('sh', ['-c', blockThatBegins('curl ')], { env })
  const link = JSON.parse(stdout)
  t.match(link, { id: String, path: 'params%5BpartId%5D=42' })
  t.equal(link.url, url + link.path)
})
