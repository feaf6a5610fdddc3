import { join } from 'node:path'
import type { ScreenParams } from 'fastify'
import t from 'tap'
import { parseSliderLink, type VerifiedCall } from 'fastify-bitrix24'
import { approvalId } from '../screens/approval/approval-service.ts'
import { createApprovalStore } from '../screens/approval/approval-store.ts'
import { codeOf, startService, until, type Answer, type Person, type Service } from './service.ts'

type Asked = ScreenParams['approval']

// The designer asks the employee.
const asked = { subject: 'New <chairs>', text: 'Twelve of them', authorId: 3, approverId: 2, taskId: 31 }

const open = (service: Service, params: Asked = asked, { user = 'employee', lang = 'en', by }: {
  user?: Person, lang?: string, by?: number
} = {}) => service.open('approval', params, { user, lang, by })

/** Presses a button of the page. */
async function press (service: Service, { text }: Answer, answer: string): Promise<Answer> {
  const [, action = ''] = /<form method="post" action="([^"]+)"/.exec(text) ?? []
  const [, token = ''] = /name="token" value="([^"]+)"/.exec(text) ?? []
  return await service.post(action.replaceAll('&amp;', '&'), { token, answer })
}

const linkInText = /\[URL=([^\]]+)\](.*)\[\/URL\]/

/** What was told, after what stands on the portal from the start. */
const toldOn = ({ alpha: { content } }: Service) =>
  [...content.list('task-comment').slice(1), ...content.list('notification')]

/** The same as its readers see it. */
const told = (service: Service) => toldOn(service)
  .map(({ kind, parent, authorId, text }) => [kind, parent, authorId, text.replace(linkInText, '$2')])

/** What is kept of a service's answers. */
const answersOf = (service: Service) => createApprovalStore(service.store.database)

await t.test('approval: is answered once, as the user, and tells the author', async t => {
  const service = await startService(t)
  const page = await open(service)
  t.equal(page.status, 200)
  for (const part of [
    'New &lt;chairs&gt;', 'Twelve of them', 'data-user-id="3"', '/company/personal/user/2/tasks/task/view/31/',
    'value="approved"', 'value="declined"'
  ]) t.match(page.text, part)
  const done = await press(service, page, 'approved')
  t.equal(done.status, 200)
  t.match(done.headers.get('content-security-policy'), `frame-ancestors 'self' ${service.sandbox.url}`)
  t.match(done.text, /badge-approved[^]*data-user-id="2"/)
  t.notMatch(done.text, '<form')
  const all = [
    ['task-comment', '31', 2, 'The request "New <chairs>" has been approved.'],
    ['notification', '3', 2, 'The request "New <chairs>" has been approved.']
  ]
  t.strictSame(told(service), all)
  const { sandbox, alpha } = service
  for (const { text } of toldOn(service)) {
    const { params } = parseSliderLink(linkInText.exec(text)?.[1] ?? '')
    const opened = await sandbox.send(alpha.placementCall('REST_APP_URI', { user: alpha.users.designer, params }))
    t.match(opened.text, /New &lt;chairs&gt;[^]*badge-approved/, 'it leads to the request')
  }

  const again = await press(service, page, 'declined')
  t.match(again.text, /badge-approved[^]*The first answer counts/)
  t.notMatch((await press(service, page, 'approved')).text, 'The first answer counts', 'the same answer twice is one')
  t.notMatch((await open(service)).text, '<form')
  t.strictSame(told(service), all)
})

await t.test('approval: is answered by the approver and seen by the author', async t => {
  const service = await startService(t)
  const waiting = await open(service, asked, { user: 'designer', lang: 'de' })
  t.match(waiting.text, /data-user-id="2"[^]*Es gibt noch keine Antwort/)
  t.notMatch(waiting.text, '<form')
  const stranger = await open(service, asked, { user: 'admin' })
  t.strictSame([stranger.status, codeOf(stranger)], [403, 'EXAMPLE_NOT_APPROVER'])
  t.notMatch(stranger.text, 'chairs')
  await press(service, await open(service), 'approved')
  t.match((await open(service, asked, { user: 'designer' })).text, /badge-approved[^]*data-user-id="2"/)
  t.equal((await open(service, asked, { user: 'admin' })).status, 403)
})

await t.test('approval: is asked for by who wrote the link', async t => {
  const service = await startService(t)
  const page = await open(service, { ...asked, authorId: 1 }, { by: 3 })
  t.match(page.text, /data-user-id="3"/)
  t.notMatch(page.text, /data-user-id="1"/)
  await press(service, page, 'approved')
  t.strictSame(told(service).map(([kind, parent]) => [kind, parent]), [['task-comment', '31'], ['notification', '3']])
  t.match(
    (await open(service, { ...asked, authorId: 1 }, { by: 1 })).text,
    '<form',
    'the same asked by somebody else is another request'
  )

  const { subject, approverId } = asked
  const short = await open(service, { subject, approverId }, { by: 3 })
  t.match(short.text, /data-user-id="3"/)
  t.match((await press(service, short, 'approved')).text, 'badge-approved')
  t.strictSame(told(service).length, 3, 'without a task there is one thing to tell')
  const nobodys = await open(service, { subject, approverId })
  t.strictSame([nobodys.status, codeOf(nobodys)], [400, 'B24_ERR_OPTIONS_MISMATCH'])
  t.match(nobodys.text, 'authorId')
})

await t.test('approval: is told without markup of who asks', async t => {
  const service = await startService(t)
  const subject = 'Chairs [URL=https://evil.example]or\nlamps[/URL]\u202e\u2067'
  await press(service, await open(service, { ...asked, subject }), 'approved')
  t.strictSame(told(service).map(([, , , text]) => text), Array(2).fill(
    'The request "Chairs \uff3bURL=https://evil.example\uff3dor lamps\uff3b/URL\uff3d" has been approved.'
  ))
})

await t.test('approval: counts the first of two answers at once', async t => {
  const service = await startService(t)
  const pages = [await open(service), await open(service)] as const
  const answers = await Promise.all([
    press(service, pages[0], 'approved'), press(service, pages[1], 'declined'), press(service, pages[0], 'approved')
  ])
  t.equal(new Set(answers.map(({ text }) => /badge-\w+/.exec(text)?.[0])).size, 1)
  for (const { text } of answers) t.notMatch(text, 'could not pass it on')
  t.equal(told(service).length, 2)
})

await t.test('approval: tells nothing twice when clicked twice', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  const page = await open(service)
  const answers = answersOf(service)
  for (const step of ['comment', 'notification'] as const) {
    t.ok(await answers.claim(alpha.memberId, approvalId(asked, 3), step, Date.now()))
  }
  const second = await press(service, page, 'approved')
  t.match(second.text, 'badge-approved')
  t.notMatch(second.text, '<form')
  t.strictSame(told(service), [])
})

await t.test('approval: is told later when the portal was down', async t => {
  const service = await startService(t)
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
  t.strictSame(
    told(service).map(([kind, , , text]) => [kind, text]),
    [
      ['task-comment', 'The request "New <chairs>" has been declined.'],
      ['notification', 'The request "New <chairs>" has been declined.']
    ],
    'each thing is told once'
  )
})

await t.test('approval: is answered by our page while installed', async t => {
  const service = await startService(t)
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
  for (const secret of service.secrets) t.notMatch(page.text + service.log.join(''), secret)
})

await t.test('approval: refuses a pass of anybody but the approver', async t => {
  const service = await startService(t)
  const { memberId } = service.sandbox.portals.alpha
  const credentials = { memberId, userId: 3, expiresAt: Date.now() + 3_600_000 } as VerifiedCall // nothing is called
  const pass = { request: { ...asked, id: 'l' }, path: '', credentials, lang: 'en' }
  const token = await service.fastify.approvals.seal(pass)
  const answer = async () => await service.fastify.approvals.answer(token, 'approved')
  await t.rejects(answer(), { code: 'EXAMPLE_NOT_APPROVER' })
  t.equal(await answersOf(service).find(memberId, 'l', Date.now()), undefined)
  const codes = await Promise.all(Array.from({ length: 200 }, async () => await answer().catch(({ code }) => code)))
  t.ok(codes.includes('B24_ERR_RATE_LIMITED'), 'it counts as a call of that user')
})

await t.test('approval: is forgotten after a year', async t => {
  const databaseUrl = `sqlite:${join(t.testdir(), 'test.db')}`
  const first = await startService(t, { databaseUrl })
  const now = Date.now()
  const answers = answersOf(first)
  for (const days of [364, 366]) {
    await answers.answer('m', `${days}`, { answer: 'approved', userId: 1 }, now - days * 86_400_000)
  }
  const second = await startService(t, { databaseUrl })
  await until(async () => await answers.find('m', '366', now) === undefined)
  t.match(await answers.find('m', '364', now), { userId: 1 })
  t.notMatch(second.log.join(''), 'could not be deleted')
})

await t.test('approval: lets the service start when nothing can be forgotten', async t => {
  const service = await startService(t, {
    prepare: async fastify => { await fastify.database.schema.dropTable('approvals').execute() }
  })
  await until(() => service.log.some(line => line.includes('old answers to requests could not be deleted')))
})

const uninstalls: Array<[what: string, clean: string, left: object | undefined]> = [
  ['is forgotten when the portal uninstalls', '1', undefined],
  ['is there again when the portal has kept its settings and data', '0', { answer: 'approved' }]
]
for (const [what, clean, left] of uninstalls) {
  await t.test(`approval: ${what}`, async t => {
    const service = await startService(t)
    const { alpha } = service.sandbox.portals
    await press(service, await open(service), 'approved')
    const find = async () => await answersOf(service).find(alpha.memberId, approvalId(asked, 3), Date.now())
    t.match(await find(), { answer: 'approved' })
    const { body } = alpha.event('ONAPPUNINSTALL', { 'data[CLEAN]': clean })
    alpha.uninstall()
    await service.post('/events', body)
    await until(async () => (await service.store.get(alpha.memberId))?.uninstalledAt != null)
    // Runs the handlers of the uninstall once more before it installs.
    await service.install()
    t.match({ answer: await find() }, { answer: left })
  })
}

await t.test('approval: is not answered by a page of a former installation', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  const page = await open(service)
  await service.store.markUninstalled(alpha.memberId, Date.now())
  await service.install()
  const over = await press(service, page, 'approved')
  t.strictSame([over.status, codeOf(over)], [403, 'B24_ERR_NOT_INSTALLED'])
  const again = await open(service)
  await service.store.database.schema.dropTable('installations').execute()
  const unknown = await press(service, again, 'approved')
  t.strictSame([unknown.status, codeOf(unknown)], [503, 'B24_ERR_STORE_UNAVAILABLE'])
})

await t.test('approval: keeps the frame in which it was opened', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  const [own, other] = [`'self' ${alpha.url}`, 'https://intranet.example.com']
  const query = { DOMAIN: 'intranet.example.com', PROTOCOL: '1' }
  const ancestorsOf = ({ headers }: Answer) =>
    /frame-ancestors (.*)$/.exec(headers.get('content-security-policy') ?? '')?.[1]
  // An administrator vouches for the other name.
  await service.sandbox.send(alpha.placementCall('DEFAULT'), { query })
  const portal = { memberId: alpha.memberId, endpoint: `${alpha.url}/rest/` }
  const { path } = service.fastify.links.to('approval', { subject: 'A name', authorId: 1, approverId: 1 }, { portal })
  const page = await service.sandbox.send(
    alpha.placementCall('REST_APP_URI', { params: parseSliderLink(path).params }), { query }
  )
  t.match(page.text, 'DOMAIN=intranet.example.com')
  t.equal(ancestorsOf(await press(service, page, 'approved')), `${own} ${other}`)
  const moved = { ...page, text: page.text.replace('DOMAIN=intranet', 'DOMAIN=evil') }
  t.equal(ancestorsOf(await press(service, moved, 'approved')), own, 'a pass vouches for no name')
})

await t.test('approval: refuses a forged pass, and logs none', async t => {
  const service = await startService(t)
  const forged = 'forged'.padEnd(64, '0123456789abcdef')
  const answer = await service.post('/approvals?DOMAIN=portal.example.com&PROTOCOL=1', {
    token: forged, answer: 'approved'
  })
  t.equal(answer.status, 401)
  t.notMatch(service.log.join('') + answer.text, forged)
})

await t.test('approval: has no author in the form of the composer', async t => {
  const service = await startService(t)
  const { text } = await service.sandbox.send(service.sandbox.portals.alpha.placementCall('DEFAULT'))
  t.match(text, 'id="screen-approval/approverId"')
  t.notMatch(text, 'screen-approval/authorId')
})
