import { randomBytes } from 'node:crypto'
import Fastify from 'fastify'
import t from 'tap'
import approvals from '../../../plugins/approvals.ts'
import { parseSliderLink } from '../../../src/links.ts'
import { codeOf, startService, type Answer, type Service } from '../../service.ts'

const asked = { subject: 'New <chairs>', text: 'Twelve of them', authorId: 3, taskId: 31 }

async function start (...args: Parameters<typeof startService>) {
  const service = await startService(...args)
  await service.install()
  service.sandbox.portals.alpha.content.add({ kind: 'task', id: 31, authorId: 3, title: 'Furnish the office' })
  return service
}

const secrets: string[] = []

function open (service: Service, params: Partial<typeof asked> & Pick<typeof asked, 'subject' | 'authorId'> = asked, user: 'admin' | 'employee' = 'employee', lang = 'en') {
  const { alpha } = service.sandbox.portals
  const { path } = service.fastify.screenLink('approval', params, { portal: { memberId: alpha.memberId, endpoint: `${alpha.url}/rest/` } })
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

function told ({ sandbox }: Service) {
  const { content } = sandbox.portals.alpha
  return [...content.list('task-comment'), ...content.list('notification')].map(({ kind, parent, authorId, text }) => [kind, parent, authorId, text])
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
  const seen = await open(service, asked, 'admin', 'de')
  t.match(seen.text, /badge-approved[^]*data-user-id="2"/)
  t.notMatch(seen.text, '<form')
  t.strictSame(told(service), all)
})

await t.test('of two people who answer at the same moment the first one counts, for both', async t => {
  const service = await start(t)
  const short = { subject: asked.subject, authorId: asked.authorId }
  const pages = [await open(service, short, 'admin'), await open(service, short, 'employee')] as const
  const answers = await Promise.all([press(service, pages[0], 'approved'), press(service, pages[1], 'declined'), press(service, pages[0], 'approved')])
  t.equal(new Set(answers.map(({ text }) => /badge-\w+/.exec(text)?.[0])).size, 1)
  t.equal(told(service).length, 1)
})

await t.test('an answer that could not be told is kept, and told later by who gave it', async t => {
  const service = await start(t)
  const { alpha } = service.sandbox.portals
  const page = await open(service)
  service.sandbox.trouble.rest = 'down'
  const untold = await press(service, page, 'declined')
  t.match(untold.text, /badge-declined[^]*could not pass it on[^]*Try again/)
  service.sandbox.trouble.rest = 'none'
  t.notMatch((await open(service, asked, 'admin')).text, '<form', 'nobody else tells it')

  alpha.scope = alpha.scope.filter(scope => scope !== 'im')
  t.match((await press(service, await open(service), 'approved')).text, 'could not pass it on')
  t.strictSame(told(service).map(([kind]) => kind), ['task-comment'])
  alpha.scope.push('im')
  const done = await press(service, await open(service), 'declined')
  t.notMatch(done.text, '<form')
  t.strictSame(told(service).map(([kind, , , text]) => [kind, text]), [['task-comment', 'The request "New <chairs>" has been declined.'], ['notification', 'The request "New <chairs>" has been declined.']], 'each thing is told once')
})

await t.test('only a page that this service made can answer', async t => {
  const service = await start(t)
  const action = `/approvals?DOMAIN=${service.sandbox.portals.alpha.domain}&PROTOCOL=0&LANG=de`
  const forged = await service.post(action, { token: 'forged', answer: 'approved' })
  t.strictSame([forged.status, codeOf(forged)], [401, 'B24_ERR_PAGE_SESSION'])
  t.match(forged.text, 'Die Sitzung ist abgelaufen')
  t.match(forged.headers.get('content-security-policy'), service.sandbox.url, 'and the refusal is seen in the portal')
  const page = await open(service)
  t.equal((await press(service, page, 'perhaps')).status, 400)
  t.strictSame(told(service), [])
  for (const secret of secrets) t.notMatch(page.text + service.log.join(''), secret)
})

await t.test('without a key there is no plugin', async t => {
  const { store } = await startService(t)
  await t.rejects(async () => { await Fastify().register(approvals, { store: store.approvals, keys: [] }) }, { message: 'approvals: options.keys must hold at least one key' })
  const app = Fastify()
  t.after(() => app.close())
  await app.register(approvals, { store: store.approvals, keys: [randomBytes(32)] })
  await t.rejects(app.approvals.answer('forged', 'approved'), { code: 'B24_ERR_PAGE_SESSION' })
})
