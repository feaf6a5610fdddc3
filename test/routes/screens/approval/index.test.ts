import { randomBytes } from 'node:crypto'
import Fastify, { type FastifyServerOptions, type ScreenParams } from 'fastify'
import t from 'tap'
import approvals from '../../../../routes/screens/approval/service.ts'
import { approvalId } from '../../../../routes/screens/approval/approvals.ts'
import { createI18n } from '../../../../plugins/page/i18n.ts'
import { parseSliderLink } from '../../../../src/http/slider-link.ts'
import { until } from '../../../helper.ts'
import { codeOf, startService, type Answer, type Service } from '../../../service.ts'

type Asked = ScreenParams['approval']
type Person = 'admin' | 'employee' | 'designer'

// The designer asks the employee.
const asked = { subject: 'New <chairs>', text: 'Twelve of them', authorId: 3, approverId: 2, taskId: 31 }

async function start (...args: Parameters<typeof startService>) {
  const service = await startService(...args)
  await service.install()
  return service
}

const secrets: string[] = []

function open (service: Service, params: Asked = asked, { user = 'employee', lang = 'en', by }: { user?: Person, lang?: string, by?: number } = {}) {
  const { alpha } = service.sandbox.portals
  const portal = { memberId: alpha.memberId, endpoint: `${alpha.url}/rest/` }
  const { path } = service.fastify.screenLink('approval', params, { portal, ...(by !== undefined && { by }) })
  const call = alpha.placementCall('REST_APP_URI', { params: parseSliderLink(path).params, lang, user: alpha.users[user] })
  secrets.push(call.body['AUTH_ID'] ?? '')
  return service.call(call)
}

/** Presses a button of the page. */
async function press (service: Service, { text }: Answer, answer: string): Promise<Answer> {
  const [, action = ''] = /<form method="post" action="([^"]+)"/.exec(text) ?? []
  const [, token = ''] = /name="token" value="([^"]+)"/.exec(text) ?? []
  return await service.post(action.replaceAll('&amp;', '&'), { token, answer })
}

/** What was told, after what stands on the portal from the start. */
function told ({ sandbox }: Service) {
  const { content } = sandbox.portals.alpha
  return [...content.list('task-comment').slice(1), ...content.list('notification')].map(({ kind, parent, authorId, text }) => [kind, parent, authorId, text])
}

await t.test('a request is answered once, as the user, and its author is told', async t => {
  const service = await start(t)
  const page = await open(service)
  t.equal(page.status, 200)
  for (const part of ['New &lt;chairs&gt;', 'Twelve of them', 'data-user-id="3"', '/company/personal/user/2/tasks/task/view/31/', 'value="approved"', 'value="declined"']) t.match(page.text, part)
  const done = await press(service, page, 'approved')
  t.equal(done.status, 200)
  t.match(done.headers.get('content-security-policy'), `frame-ancestors 'self' ${service.sandbox.url}`)
  t.match(done.text, /badge-approved[^]*data-user-id="2"/)
  t.notMatch(done.text, '<form')
  const all = [['task-comment', '31', 2, 'The request "New <chairs>" has been approved.'], ['notification', '3', 2, 'The request "New <chairs>" has been approved.']]
  t.strictSame(told(service), all)

  const again = await press(service, page, 'declined')
  t.match(again.text, /badge-approved[^]*The first answer counts/)
  t.notMatch((await press(service, page, 'approved')).text, 'The first answer counts', 'the same answer twice is one')
  t.notMatch((await open(service)).text, '<form')
  t.strictSame(told(service), all)
})

await t.test('only who is asked answers; who asks sees what became of it, and nobody else sees anything', async t => {
  const service = await start(t)
  const waiting = await open(service, asked, { user: 'designer', lang: 'de' })
  t.match(waiting.text, /data-user-id="2"[^]*Es gibt noch keine Antwort/)
  t.notMatch(waiting.text, '<form')
  const stranger = await open(service, asked, { user: 'admin' })
  t.strictSame([stranger.status, codeOf(stranger)], [403, 'B24_ERR_NOT_APPROVER'])
  t.notMatch(stranger.text, 'chairs')
  await press(service, await open(service), 'approved')
  t.match((await open(service, asked, { user: 'designer' })).text, /badge-approved[^]*data-user-id="2"/)
  t.equal((await open(service, asked, { user: 'admin' })).status, 403)
})

await t.test('who wrote the link asks, whatever it says; a link of nobody names who asks', async t => {
  const service = await start(t)
  const page = await open(service, { ...asked, authorId: 1 }, { by: 3 })
  t.match(page.text, /data-user-id="3"/)
  t.notMatch(page.text, /data-user-id="1"/)
  await press(service, page, 'approved')
  t.strictSame(told(service).map(([kind, parent]) => [kind, parent]), [['task-comment', '31'], ['notification', '3']])
  t.match((await open(service, { ...asked, authorId: 1 }, { by: 1 })).text, '<form', 'the same asked by somebody else is another request')

  const { subject, approverId } = asked
  const short = await open(service, { subject, approverId }, { by: 3 })
  t.match(short.text, /data-user-id="3"/)
  t.match((await press(service, short, 'approved')).text, 'badge-approved')
  t.strictSame(told(service).length, 3, 'without a task there is one thing to tell')
  const nobodys = await open(service, { subject, approverId })
  t.strictSame([nobodys.status, codeOf(nobodys)], [400, 'B24_ERR_OPTIONS_MISMATCH'])
  t.match(nobodys.text, 'authorId')
})

await t.test('who asks writes no markup into what is told in the name of who answers', async t => {
  const service = await start(t)
  await press(service, await open(service, { ...asked, subject: 'Chairs [URL=https://evil.example]or\nlamps[/URL]' }), 'approved')
  t.strictSame(told(service).map(([, , , text]) => text), Array(2).fill('The request "Chairs \uff3bURL=https://evil.example\uff3dor lamps\uff3b/URL\uff3d" has been approved.'))
})

await t.test('of two answers at the same moment the first one counts, for both, and neither has failed', async t => {
  const service = await start(t)
  const pages = [await open(service), await open(service)] as const
  const answers = await Promise.all([press(service, pages[0], 'approved'), press(service, pages[1], 'declined'), press(service, pages[0], 'approved')])
  t.equal(new Set(answers.map(({ text }) => /badge-\w+/.exec(text)?.[0])).size, 1)
  for (const { text } of answers) t.notMatch(text, 'could not pass it on')
  t.equal(told(service).length, 2)
})

await t.test('a second click while the first one is told tells nothing, and has not failed', async t => {
  const service = await start(t)
  const { alpha } = service.sandbox.portals
  const page = await open(service)
  for (const step of ['comment', 'notification'] as const) t.ok(await service.store.approvals.claim(alpha.memberId, approvalId(asked, 3), step, Date.now()))
  const second = await press(service, page, 'approved')
  t.match(second.text, 'badge-approved')
  t.notMatch(second.text, '<form')
  t.strictSame(told(service), [])
})

await t.test('an answer that could not be told is kept, and told later by who gave it', async t => {
  const service = await start(t)
  const { alpha } = service.sandbox.portals
  const page = await open(service)
  service.sandbox.trouble.rest = 'down'
  const untold = await press(service, page, 'declined')
  t.match(untold.text, /badge-declined[^]*could not pass it on[^]*Try again/)
  service.sandbox.trouble.rest = 'none'
  t.notMatch((await open(service, asked, { user: 'designer' })).text, '<form', 'nobody else tells it')

  alpha.scope = alpha.scope.filter(scope => scope !== 'im')
  t.match((await press(service, await open(service), 'approved')).text, 'could not pass it on')
  t.strictSame(told(service).map(([kind]) => kind), ['task-comment'])
  alpha.scope.push('im')
  const done = await press(service, await open(service), 'declined')
  t.notMatch(done.text, '<form')
  t.strictSame(told(service).map(([kind, , , text]) => [kind, text]), [['task-comment', 'The request "New <chairs>" has been declined.'], ['notification', 'The request "New <chairs>" has been declined.']], 'each thing is told once')
})

await t.test('only a page that this service made can answer, for who is asked, while the application is installed', async t => {
  const service = await start(t)
  const action = `/approvals?DOMAIN=${service.sandbox.portals.alpha.domain}&PROTOCOL=0&LANG=de`
  const forged = await service.post(action, { token: 'forged', answer: 'approved' })
  t.strictSame([forged.status, codeOf(forged)], [401, 'B24_ERR_PAGE_SESSION'])
  t.match(forged.text, 'Die Sitzung ist abgelaufen')
  t.match(forged.headers.get('content-security-policy'), service.sandbox.url, 'and the refusal is seen in the portal')
  const page = await open(service)
  t.equal((await press(service, page, 'perhaps')).status, 400)
  await service.store.markUninstalled(service.sandbox.portals.alpha.memberId, Date.now())
  const gone = await press(service, page, 'approved')
  t.strictSame([gone.status, codeOf(gone)], [403, 'B24_ERR_NOT_INSTALLED'])
  t.strictSame(told(service), [])
  for (const secret of secrets) t.notMatch(page.text + service.log.join(''), secret)
})

/** The plugin in a stranger's application. */
function strangersApp (options: FastifyServerOptions = {}) {
  const app = Fastify(options)
  app.decorate('i18n', createI18n())
  app.decorate('openPortalRest', () => { throw new Error('nothing is told here') })
  return app
}
const isInstalled = async () => true

await t.test('a pass answers for nobody but who is asked', async t => {
  const { store } = await startService(t)
  const app = strangersApp()
  t.after(() => app.close())
  const counted: string[] = []
  await app.register(approvals, { store: store.approvals, keys: [randomBytes(32)], isInstalled, limit: (memberId, userId) => { counted.push(`${memberId} ${userId}`) } })
  const credentials = {
    memberId: 'm', domain: 'portal.example.com', clientEndpoint: 'https://portal.example.com/rest/', serverEndpoint: 'https://oauth.example/rest/', clientId: 'app', installed: true, origin: 'https://portal.example.com', scope: [], status: 'L', userId: 3, accessToken: 'token', expiresAt: Date.now() + 60_000
  }
  const token = await app.approvals.seal({ request: { ...asked, id: 'l' }, credentials, lang: 'en' })
  await t.rejects(app.approvals.answer(token, 'approved'), { code: 'B24_ERR_NOT_APPROVER' })
  t.strictSame(counted, ['m 3'], 'but counted for who asks')
  t.equal(await store.approvals.find('m', 'l', Date.now()), undefined)
})

await t.test('answers are forgotten after a year, and a store that fails is no reason to stop', async t => {
  const { store, log } = await startService(t)
  const now = Date.now()
  const day = 86_400_000
  for (const days of [364, 366]) await store.approvals.answer('m', `${days}`, { answer: 'approved', userId: 1 }, now - days * day)
  const app = strangersApp()
  t.after(() => app.close())
  await app.register(approvals, { store: store.approvals, keys: [randomBytes(32)], isInstalled, now: () => now })
  await app.ready()
  await until(async () => await store.approvals.find('m', '366', now) === undefined)
  t.match(await store.approvals.find('m', '364', now), { userId: 1 })
  t.notMatch(log.join(''), 'cannot be forgotten')

  const lines: string[] = []
  const failing = strangersApp({ logger: { stream: { write: (line: string) => { lines.push(line) } } } })
  await failing.register(approvals, { store: { ...store.approvals, purge: async () => { throw new Error('disk full') } }, keys: [randomBytes(32)], isInstalled })
  await failing.ready()
  await failing.close()
  t.match(lines.join(''), 'cannot be forgotten')
})

await t.test('without a key there is no plugin, and without texts neither', async t => {
  const { store } = await startService(t)
  await t.rejects(async () => { await strangersApp().register(approvals, { store: store.approvals, keys: [], isInstalled }) }, { message: 'approvals: options.keys must hold at least one key' })
  await t.rejects(async () => { await Fastify().register(approvals, { store: store.approvals, keys: [randomBytes(32)], isInstalled }) }, { code: 'FST_ERR_PLUGIN_NOT_PRESENT_IN_INSTANCE' })
  const app = strangersApp()
  t.after(() => app.close())
  await app.register(approvals, { store: store.approvals, keys: [randomBytes(32)], isInstalled })
  await t.rejects(app.approvals.answer('forged', 'approved'), { code: 'B24_ERR_PAGE_SESSION' })
})

await t.test('the form of the composer does not ask for the author: that is whoever writes the link', async t => {
  const service = await start(t)
  const { text } = await service.call(service.sandbox.portals.alpha.placementCall('DEFAULT'))
  t.match(text, 'id="screen-approval/approverId"')
  t.notMatch(text, 'screen-approval/authorId')
})
