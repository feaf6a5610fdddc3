import t, { type Test } from 'tap'
import type { Frame } from 'playwright-core'
import { openBrowser } from './chromium.ts'
import { movableClock } from '../clock.ts'
import { commentsApplication } from '../docs/pages.ts'
import { startService } from '../service.ts'
import { faults, frameOf, openWindow } from './window.ts'

const browser = await openBrowser()
const hour = 3_600_000

/** The deal tab of docs/placements.md in the portal, opened by the administrator, and what it has written. */
async function openDeal (t: Test) {
  const written: unknown[] = []
  const service = await startService(t, {
    env: { B24_APPLICATION_TOKEN: 'required' },
    app: { application: t.testdir(commentsApplication()) },
    methods: { 'crm.timeline.comment.add': ({ fields }) => written.push(fields) }
  })
  await service.install()
  const { alpha } = service.sandbox.portals
  const { rest } = service.fastify.portal(alpha.memberId)
  const id = await rest.call<number>('crm.deal.add', { fields: { TITLE: 'Supplies' } })
  const { page, complaints } = await openWindow(t, browser, `${service.sandbox.url}/crm/deal/details/${id}/`)
  return { service, written, id, page, complaints }
}

/** What page.js adds to the window. */
interface Scripts {
  service: { fetch: (...asked: unknown[]) => Promise<Response> }
  b24: () => Promise<{ getTargetOrigin: () => string }>
}

const fetchIn = async (frame: Frame, path: string, options: object = {}): Promise<string> =>
  await frame.evaluate(async ({ path, options }) => {
    const { service } = window as unknown as Scripts
    return await service.fetch(path, options).then(async answer => await answer.text(), error => String(error))
  }, { path, options })

await t.test('own page: saves what its user writes', async t => {
  const { service, written, id, page, complaints } = await openDeal(t)
  await page.getByText('Comments').first().click()
  const frame = await frameOf(page, service)
  t.strictSame(await faults(frame), [])
  await frame.getByRole('textbox').fill('Call them')
  await frame.getByRole('button').click()
  await frame.getByText('Saved', { exact: true }).waitFor()
  t.match(written, [{ ENTITY_TYPE: 'deal', ENTITY_ID: id, COMMENT: 'Call them' }])

  // As when the token has expired: the portal is asked for a new one.
  const refreshed = page.waitForResponse('**/refreshAuth')
  await frame.evaluate(() => {
    const { now } = Date
    Date.now = () => now() + 3_600_000
  })
  await frame.getByRole('textbox').fill('Call them again')
  t.equal(await frame.getByRole('status').textContent(), '', '"Saved" is about the last text')
  const answered = page.waitForResponse('**/api/comments')
  await frame.getByRole('button').click()
  t.equal((await refreshed).status(), 200)
  t.equal((await answered).status(), 200)
  t.match(written, [{}, { ENTITY_ID: id, COMMENT: 'Call them again' }])

  t.match(JSON.parse(await fetchIn(frame, '/api/me')), { placement: 'CRM_DEAL_DETAIL_TAB', user: { id: 1 } })
  t.strictSame(complaints, [])
  for (const path of ['//example.com/', 'https://example.com/', 'api/me', '']) {
    t.match(await fetchIn(frame, path), 'is no path of this service', path)
  }
  await frame.evaluate(() => {
    document.head.append(Object.assign(document.createElement('meta'), { name: 'base', content: '/api' }))
  })
  t.match(JSON.parse(await fetchIn(frame, '/me')), { user: { id: 1 } }, 'the path of PUBLIC_URL comes first')
  t.match(await fetchIn(frame, '/../health'), 'is no path of this service', 'nor is what is beside it')
})

await t.test('own page: sends a form with files as the browser writes it', async t => {
  const { service, page } = await openDeal(t)
  await page.getByText('Comments').first().click()
  const frame = await frameOf(page, service)
  const sent = page.waitForRequest('**/api/comments')
  await frame.evaluate(async () => {
    const { service } = window as unknown as Scripts
    const body = new FormData()
    body.append('file', new Blob(['42']), 'part.txt')
    await service.fetch('/api/comments', { method: 'POST', body })
  })
  const headers = (await sent).headers()
  t.match(headers, { authorization: /^Bearer ./, 'content-type': /^multipart\/form-data; boundary=/ })
})

await t.test('own page: loads the SDK when asked, and again after a failure', async t => {
  const { service, page, complaints } = await openDeal(t)
  const asked: string[] = []
  page.on('request', request => { if (request.url().includes('b24jssdk')) asked.push(request.url()) })
  await page.getByText('Comments').first().click()
  const frame = await frameOf(page, service)
  const origin = async () => await frame.evaluate(async () => {
    const { b24 } = window as unknown as Scripts
    return await Promise.all([b24(), b24()]).then(([sdk]) => sdk.getTargetOrigin(), error => String(error))
  })
  t.strictSame(asked, [])
  await page.route('**/b24jssdk.js*', route => route.abort())
  t.match(await origin(), 'cannot be loaded')
  await page.unrouteAll()
  t.equal(await origin(), new URL(service.sandbox.portals.alpha.url).origin)
  t.equal(await origin(), new URL(service.sandbox.portals.alpha.url).origin)
  t.equal(asked.length, 2)
  t.strictSame(complaints.filter(text => !text.includes('ERR_FAILED')), [])
})

await t.test('own page: makes its next call after three idle hours', async t => {
  const clock = movableClock(t)
  const { service, page, complaints } = await openDeal(t)
  await page.clock.install()
  await page.reload()
  await page.getByText('Comments').first().click()
  const frame = await frameOf(page, service)
  clock.advance(3 * hour)
  await page.clock.fastForward(3 * hour)
  const answers = await Promise.all(['/api/me', '/api/me'].map(async path => await fetchIn(frame, path)))
  for (const answer of answers) t.match(JSON.parse(answer), { user: { id: 1 } })
  const routes = service.lines().flatMap(({ msg, route }) => msg === 'call' ? [route] : [])
  t.equal(routes.filter(route => route === '/api/session').length, 1)
  t.strictSame(complaints, [])

  clock.advance(3 * hour)
  await page.clock.fastForward(3 * hour)
  service.sandbox.trouble.authorizationServer = 'down'
  t.match(JSON.parse(await fetchIn(frame, '/api/me')), { error: 'B24_ERR_PAGE_SESSION' })
})

await browser.close()
