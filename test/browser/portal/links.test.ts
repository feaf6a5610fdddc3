import t from 'tap'
import type { Frame, Locator, Page } from 'playwright-core'
import { openBrowser, openWholeBrowser } from '../chromium.ts'
import { startService } from '../../service.ts'
import { frameOf, look, openWindow, sliderLinkOn } from '../window.ts'

const browser = await openBrowser()

const follow = (page: Page, path: string) => page.locator(`main a[href*="${path}"]`).first().click()

/** A place where people write links: how one gets there, and the link that was written. */
type Place = [name: string, path: string, link: (page: Page) => Locator, goOn?: (page: Page) => Promise<void>]
const PLACES: Place[] = [
  ['post in the feed', '/stream/', page => page.locator('#link-simple')],
  ['comment in the feed', '/stream/', page => page.getByRole('link', { name: /^urgent deliveries/ })],
  ['chat', '/messenger/?dialog=chat2', sliderLinkOn],
  ['task', '/tasks/', sliderLinkOn, page => follow(page, '/tasks/task/view/')],
  ['comment on a task', '/tasks/', page => page.getByRole('link', { name: 'Delivery note 44' }),
    page => follow(page, '/tasks/task/view/')],
  ['calendar', '/calendar/', sliderLinkOn, page => follow(page, '/calendar/event/')],
  ['deal', '/crm/deal/', sliderLinkOn, page => follow(page, '/crm/deal/details/')]
]

await t.test('portal: a link in any of its texts opens the slider, on both portals', async t => {
  const service = await startService(t)
  const { alpha, beta } = service.sandbox.portals
  for (const portal of [alpha, beta]) {
    await service.install(portal)
    // The other portal has the same pages.
    for (const [name, path, linkOn, goOn] of portal === alpha ? PLACES : PLACES.slice(0, 1)) {
      const { page, context, complaints, hosts } = await openWindow(t, browser, portal.url + path)
      await goOn?.(page)
      const link = linkOn(page)
      const [, parameter = ''] = /params\[(\w+)\]/.exec(decodeURIComponent(await link.getAttribute('href') ?? '')) ?? []
      t.ok(parameter, `${portal.name}, ${name}`)
      await link.click()
      await page.locator('dialog.slider[open]').waitFor()
      const frame = await frameOf(page, service)
      t.match(await frame.locator('table').textContent(), parameter, 'the page shows what the link carried')
      t.strictSame(complaints, [], 'nothing for the browser to complain about')
      t.strictSame(await context.cookies(), [], 'no cookie')
      t.strictSame([...hosts].sort(), [portal.domain, new URL(service.url).host].sort(), 'nobody else was asked')
      await look(page, `${portal.name}-${name}`)
      await context.close()
    }
  }
})

await t.test('portal: an address of the cloud leads to the same pages', async t => {
  const service = await startService(t)
  await service.install()
  const { alpha } = service.sandbox.portals
  const { page, complaints } = await openWindow(t, browser, `http://${alpha.cloudDomain}/stream/`)
  await sliderLinkOn(page).click()
  const frame = await frameOf(page, service)
  t.match(await frame.locator('main').textContent(), alpha.cloudDomain)
  await frame.getByText('Anna Berger').waitFor()
  t.strictSame(complaints, [])
})

await t.test('portal: options are sent as typed, faults stay in the editor', async t => {
  const service = await startService(t)
  await service.install()
  const { page } = await openWindow(t, browser, `${service.sandbox.url}/placements/?find=REST_APP_URI`)
  const options = page.getByLabel('Options of REST_APP_URI')
  await options.fill('{"docId": 77,}')
  await page.getByRole('button', { name: 'Open REST_APP_URI with these options' }).click()
  t.match(await page.getByRole('alert').textContent(), /line 1, column 14/)
  t.equal(await options.inputValue(), '{"docId": 77,}')
  await options.fill('{"docId": 77}')
  await page.getByRole('button', { name: 'Open REST_APP_URI with these options' }).click()
  const frame = await frameOf(page, service)
  t.match(await frame.locator('table').textContent(), /docId.*77/s)
})

await t.test('portal: what somebody writes becomes a link that opens the slider', async t => {
  const service = await startService(t)
  await service.install()
  const { page } = await openWindow(t, browser, `${service.sandbox.url}/messenger/?dialog=chat2`)
  await page.fill('main textarea', `The new one: /marketplace/view/${service.sandbox.appCode}/?params[docId]=4711`)
  await page.getByRole('button', { name: 'Send' }).click()
  await page.locator('main a[href*="4711"]').click()
  const frame = await frameOf(page, service)
  t.match(await frame.locator('table').textContent(), '4711')
})

await t.test("portal: the application's page is called by the application's name", async t => {
  const service = await startService(t)
  await service.install()
  const { page } = await openWindow(t, browser, `${service.sandbox.url}/marketplace/app/1/?lang=de`)
  const frame = await frameOf(page, service)
  // Whatever the page tells the portal at its start has come before this answer.
  await frame.evaluate(async () => {
    interface Page { service: { frame: () => Promise<{ call: (method: string) => unknown }> } }
    const { service } = window as unknown as Page
    await (await service.frame()).call('profile')
  })
  t.not(await page.locator('#pagetitle').textContent(), await frame.locator('h1').textContent(), 'one title, once')
})

await t.test('portal: a browser that blocks cookies of third parties shows the same', async t => {
  const service = await startService(t)
  await service.install()
  const blocker = await openWholeBrowser()
  t.after(() => blocker.close())
  const { page } = await openWindow(t, blocker, `${service.sandbox.url}/stream/`)
  await sliderLinkOn(page).click()
  const frame = await frameOf(page, service)
  t.match(await frame.locator('h1').textContent(), 'Opened from a link')
  const cookiesIn = (where: Frame) => where.evaluate(() => {
    document.cookie = 'probe=1; SameSite=None; Secure'
    return document.cookie
  })
  t.equal(await cookiesIn(frame), '', 'the browser drops them')
  await page.goto(service.url)
  t.equal(await cookiesIn(page.mainFrame()), 'probe=1', 'it keeps those of the page in the window itself')
})

await browser.close()
