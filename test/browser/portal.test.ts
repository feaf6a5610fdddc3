import t from 'tap'
import type { Page } from 'playwright-core'
import { launchChromium } from '../chromium.ts'
import { startService, type Service } from '../service.ts'
import { faults, frameOf, look, openWindow, sliderLinkOn } from './window.ts'

const browser = await launchChromium()
t.setTimeout(300_000)

/** Where people write, and how one gets from there to what was written. */
const TOOLS: Array<[name: string, path: string, goOn?: (page: Page) => Promise<void>]> = [
  ['feed', '/stream/'],
  ['chat', '/messenger/?dialog=chat2'],
  ['task', '/tasks/', page => page.locator('main a[href*="/tasks/task/view/"]').first().click()],
  ['calendar', '/calendar/', page => page.locator('main a[href*="/calendar/event/"]').first().click()]
]
const PAGES = ['/stream/', '/messenger/?dialog=chat2', '/tasks/', '/tasks/task/view/31/', '/calendar/', '/crm/deal/', '/crm/deal/details/8061/',
  '/placements/', '/devops/', '/company/personal/user/2/', '/sandbox/panel/', '/nowhere/']

await t.test('a link in the feed, a chat, a task or the calendar opens the slider, on both portals', async t => {
  const service = await startService(t)
  const { alpha, beta } = service.sandbox.portals
  for (const portal of [alpha, beta]) {
    await service.install(portal)
    for (const [name, path, goOn] of TOOLS) {
      const { page, context, complaints, hosts } = await openWindow(t, browser, portal.url + path)
      await goOn?.(page)
      const link = sliderLinkOn(page)
      const parameter = /params\[(\w+)\]/.exec(decodeURIComponent(await link.getAttribute('href') ?? ''))?.[1] ?? ''
      t.ok(parameter, `${portal.name}, ${name}`)
      await link.click()
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

await t.test('what somebody writes becomes a link that opens the slider', async t => {
  const service = await startService(t)
  await service.install()
  const { page } = await openWindow(t, browser, `${service.sandbox.url}/messenger/?dialog=chat2`)
  await page.fill('main textarea', `The new one: /marketplace/view/${service.sandbox.appCode}/?params[docId]=4711`)
  await page.getByRole('button', { name: 'Send' }).click()
  await page.locator('main a[href*="4711"]').click()
  const frame = await frameOf(page, service)
  t.match(await frame.locator('table').textContent(), '4711')
})

await t.test('every page of the portal is accessible and never wider than its window', async t => {
  const service = await startService(t)
  await service.install()
  for (const width of [320, 1280, 1920]) {
    for (const path of PAGES) {
      const lang = width === 320 ? 'ar' : 'de'
      const { page, complaints, context } = await openWindow(t, browser, `${service.sandbox.url}${path}${path.includes('?') ? '&' : '?'}lang=${lang}`, width)
      t.strictSame(await faults(page.mainFrame()), [], `${path} at ${width}`)
      t.strictSame(complaints.filter(text => path !== '/nowhere/' || !text.includes('404')), [], `${path} at ${width}`)
      await look(page, `${path.replace(/\W+/g, '-')}-${width}`)
      await context.close()
    }
  }
})

await t.test('everything can be done with the keyboard', async t => {
  const service = await startService(t)
  await service.install()
  const { page } = await openWindow(t, browser, `${service.sandbox.url}/stream/`)
  const focused = (attribute: string) => page.evaluate(name => document.activeElement?.getAttribute(name) ?? '', attribute)
  for (let presses = 0; presses < 60 && !(await focused('href')).startsWith('/marketplace/view/'); presses++) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  const frame = await frameOf(page, service)
  t.match(await frame.locator('h1').textContent(), 'Opened from a link')
  t.equal(await page.evaluate(() => document.activeElement?.closest('dialog') !== null), true, 'the focus is in the slider')
  await page.locator('.slider-close').focus()
  await page.keyboard.press('Enter')
  await page.locator('.slider').waitFor({ state: 'detached' })
  t.match(await focused('href'), '/marketplace/view/', 'the focus is back on the link')
})

await t.test('Arabic runs from right to left, in the portal and in the frame', async t => {
  const service = await startService(t)
  await service.install()
  const { page } = await openWindow(t, browser, `${service.sandbox.url}/stream/?lang=ar`)
  await sliderLinkOn(page).click()
  const frame = await frameOf(page, service)
  t.strictSame(await Promise.all([page, frame].map(part => part.evaluate(() => document.documentElement.dir))), ['rtl', 'rtl'])
  await look(page, 'arabic')
})

await t.test("the application's page names itself to the portal", async t => {
  const service = await startService(t)
  await service.install()
  const { page } = await openWindow(t, browser, `${service.sandbox.url}/marketplace/app/1/?lang=de`)
  const frame = await frameOf(page, service)
  const title = await frame.title()
  await page.locator('#pagetitle', { hasText: title }).waitFor()
  t.equal(await page.locator('#pagetitle').textContent(), title)
})

await t.test('each refusal is seen inside the frame', async t => {
  const rows: Array<[code: string, trouble: Partial<Service['sandbox']['trouble']>]> = [
    ['B24_ERR_AUTHORIZATION_SERVER_SILENT', { authorizationServer: 'down' }],
    ['B24_ERR_AUTHORIZATION_SERVER_SILENT', { authorizationServer: 'nonsense' }],
    ['B24_ERR_AUTH_ID_EXPIRED', { token: 'expired' }],
    ['B24_ERR_AUTH_ID_UNKNOWN', { token: 'revoked' }],
    ['B24_ERR_FOREIGN_APPLICATION', { token: 'foreign' }],
    ['B24_ERR_NOT_INSTALLED', { installation: 'unfinished' }]
  ]
  for (const [code, trouble] of rows) {
    const service = await startService(t)
    await service.install()
    Object.assign(service.sandbox.trouble, trouble)
    const { page } = await openWindow(t, browser, `${service.sandbox.url}/stream/?lang=de`)
    await sliderLinkOn(page).click()
    const frame = await frameOf(page, service)
    t.match(await frame.locator('main').textContent(), code)
    t.strictSame(await faults(frame), [], code)
    await look(page, `refused-${Object.values(trouble).join()}`)
  }
})

await t.test('a browser that blocks cookies of third parties shows the same', async t => {
  const strict = await launchChromium(['--test-third-party-cookie-phaseout'])
  t.after(() => strict.close())
  const service = await startService(t)
  await service.install()
  const { page } = await openWindow(t, strict, `${service.sandbox.url}/stream/`)
  await sliderLinkOn(page).click()
  const frame = await frameOf(page, service)
  t.match(await frame.locator('h1').textContent(), 'Opened from a link')
})

// tap ends when nothing is left to do, and an open browser is something.
await browser.close()
