import t from 'tap'
import type { Frame, Page } from 'playwright-core'
import { openBrowser } from './chromium.ts'
import { startService, type Service } from '../service.ts'
import { faults, frameOf, look, openWindow, sliderLinkOn } from './window.ts'

const browser = await openBrowser()

/** Where people write, and how one gets from there to what was written. */
const TOOLS: Array<[name: string, path: string, goOn?: (page: Page) => Promise<void>]> = [
  ['feed', '/stream/'],
  ['chat', '/messenger/?dialog=chat2'],
  ['task', '/tasks/', page => page.locator('main a[href*="/tasks/task/view/"]').first().click()],
  ['calendar', '/calendar/', page => page.locator('main a[href*="/calendar/event/"]').first().click()]
]
const PAGES = ['/stream/',
  '/messenger/?dialog=chat2', '/tasks/', '/tasks/task/view/31/', '/calendar/', '/crm/deal/', '/crm/deal/details/8061/',
  '/placements/', '/devops/', '/company/personal/user/2/',
  '/sandbox/panel/', '/nowhere/', '/calendar/event/1/', '/marketplace/app/1/', '/marketplace/placement/1/']
const LOOKS: Array<[width: number, lang: string]> = [[320, 'ar'], [320, 'de'], [1280, 'ar'], [1280, 'de'], [1920, 'de']]

await t.test('portal: a link in any of its texts opens the slider, on both portals', async t => {
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

await t.test('portal: every page is accessible and never wider than its window', async t => {
  const service = await startService(t)
  await service.install()
  await Promise.all(LOOKS.map(async ([width, lang]) => {
    const { page, complaints } = await openWindow(t, browser, 'about:blank', width)
    for (const path of PAGES) {
      await page.goto(`${service.sandbox.url}${path}${path.includes('?') ? '&' : '?'}lang=${lang}`)
      t.strictSame(await faults(page.mainFrame()), [], `${path} at ${width}, ${lang}`)
      const heard = complaints.splice(0).filter(text => path !== '/nowhere/' || !text.includes('404'))
      t.strictSame(heard, [], `${path} at ${width}, ${lang}`)
      await look(page, `${path.replace(/\W+/g, '-')}-${width}-${lang}`)
    }
  }))
})

await t.test('portal: what opens over a page is accessible, too', async t => {
  const service = await startService(t)
  const { url, trouble } = service.sandbox
  // Else the installation is finished before one has looked around.
  trouble.authorizationServer = 'down'
  for (const [width, lang] of LOOKS) {
    const install = await openWindow(t, browser, `${url}/marketplace/app/1/?lang=${lang}`, width)
    t.strictSame(await faults(install.page.mainFrame()), [], `install page at ${width}, ${lang}`)
    await install.context.close()
  }
  trouble.authorizationServer = 'none'
  await service.install()
  const openers: Array<[name: string, path: string, open: (page: Page) => Promise<void>]> = [
    ['slider with a label', '/stream/', async page => {
      await page.evaluate(() => Reflect.get(window, 'portalSliders')
        .open('/tasks/', { title: 'Tasks', label: { text: 'A note', bgColor: 'violet' } }))
      await page.locator('.slider.loaded .slider-label').waitFor()
    }],
    ['choice of users', '/marketplace/app/1/', async page => {
      const frame = await frameOf(page, service)
      await frame.evaluate(() => parent.postMessage(`selectUser:{}:key:${window.name.split('|')[2]}`, '*'))
      await page.locator('dialog[open]').waitFor()
    }],
    ['panel with open details', '/sandbox/panel/', async page => {
      await page.locator('details').first().waitFor()
      await page.evaluate(() => document.querySelectorAll('details').forEach(details => { details.open = true }))
    }]
  ]
  await Promise.all(LOOKS.map(async ([width, lang]) => {
    const { page } = await openWindow(t, browser, 'about:blank', width)
    for (const [name, path, open] of openers) {
      await page.goto(`${url}${path}?lang=${lang}`)
      await open(page)
      t.strictSame(await faults(page.mainFrame()), [], `${name} at ${width}, ${lang}`)
      await look(page, `${name}-${width}-${lang}`)
    }
  }))
})

await t.test('portal: works with the keyboard alone', async t => {
  const service = await startService(t)
  await service.install()
  const { page } = await openWindow(t, browser, `${service.sandbox.url}/stream/`)
  const focused = (attribute: string) =>
    page.evaluate(name => document.activeElement?.getAttribute(name) ?? '', attribute)
  for (let presses = 0; presses < 60 &&
    !(await focused('href')).startsWith('/marketplace/view/'); presses++) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  const frame = await frameOf(page, service)
  t.match(await frame.locator('h1').textContent(), 'Opened from a link')
  t.equal(await page.evaluate(() =>
    document.activeElement?.closest('dialog') !== null), true, 'the focus is in the slider')
  await page.keyboard.press('Tab')
  for (let presses = 0; presses < 20 &&
    await focused('class') !== 'slider-close'; presses++) await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Enter')
  await page.locator('.slider').waitFor({ state: 'detached' })
  t.match(await focused('href'), '/marketplace/view/', 'the focus is back on the link')
})

await t.test('portal: Arabic runs from right to left, also in the frame', async t => {
  const service = await startService(t)
  await service.install()
  const { page } = await openWindow(t, browser, `${service.sandbox.url}/stream/?lang=ar`)
  await sliderLinkOn(page).click()
  const frame = await frameOf(page, service)
  t.strictSame(await Promise.all([page, frame].map(part => part.evaluate(() => document.documentElement.dir))),
    ['rtl', 'rtl'])
  await look(page, 'arabic')
})

await t.test("portal: the application's page names itself to the portal", async t => {
  const service = await startService(t)
  await service.install()
  const { page } = await openWindow(t, browser, `${service.sandbox.url}/marketplace/app/1/?lang=de`)
  const frame = await frameOf(page, service)
  const title = await frame.title()
  await page.locator('#pagetitle', { hasText: title }).waitFor()
  t.equal(await page.locator('#pagetitle').textContent(), title)
})

await t.test('portal: tells who may not use the application', async t => {
  const service = await startService(t)
  await service.install()
  service.sandbox.trouble.access = 'denied'
  const { page } = await openWindow(t, browser, `${service.sandbox.url}/stream/?lang=de&user=2`)
  await sliderLinkOn(page).click()
  await page.frameLocator('.slider-frame').locator('main', { hasText: 'no access to this application' }).waitFor()
})

await t.test('portal: each refusal is seen inside the frame', async t => {
  const rows: Array<[code: string, trouble: Partial<Service['sandbox']['trouble']>, portal?: {
    applicationToken: string
  }]> = [
    ['B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE', { authorizationServer: 'error' }],
    ['B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE', { authorizationServer: 'down' }],
    ['B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE', { authorizationServer: 'nonsense' }],
    ['B24_ERR_AUTH_ID_EXPIRED', { token: 'expired' }],
    ['B24_ERR_AUTH_ID_UNKNOWN', { token: 'revoked' }],
    ['B24_ERR_FOREIGN_APPLICATION', { token: 'foreign' }],
    ['B24_ERR_NOT_INSTALLED', { installation: 'unfinished' }],
    ['B24_ERR_APPLICATION_TOKEN', {}, { applicationToken: 'another' }]
  ]
  await Promise.all(rows.map(async ([code, trouble, portal]) => {
    const service = await startService(t)
    await service.install()
    Object.assign(service.sandbox.trouble, trouble)
    Object.assign(service.sandbox.portals.alpha, portal)
    // An administrator's call would bring the new application token.
    const { page } = await openWindow(t, browser, `${service.sandbox.url}/stream/?lang=de${portal ? '&user=2' : ''}`)
    await sliderLinkOn(page).click()
    const frame = await frameOf(page, service)
    t.match(await frame.locator('main').textContent(), code)
    t.strictSame(await faults(frame), [], code)
    await look(page, `refused-${Object.values(trouble).join() || code}`)
  }))
})

await t.test('portal: a browser that blocks cookies of third parties shows the same', async t => {
  const service = await startService(t)
  await service.install()
  const { page } = await openWindow(t, browser, `${service.sandbox.url}/stream/`)
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
