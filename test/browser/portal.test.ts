import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { BrowserContext, Frame, Page } from 'playwright-core'
import t from 'tap'
import type { Test } from 'tap'
import { launchChromium } from '../chromium.ts'
import { startService, type Service } from '../service.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const browser = await launchChromium()
t.setTimeout(300_000)

/** Where people write, and so where links are. */
const TOOLS = ['/stream/', '/messenger/?dialog=chat2', '/tasks/task/view/31/', '/calendar/']
const PAGES = [...TOOLS, '/tasks/', '/crm/deal/', '/crm/deal/details/8061/', '/placements/', '/devops/', '/company/personal/user/2/', '/sandbox/panel/', '/nowhere/']

interface Window { page: Page, context: BrowserContext, complaints: string[], hosts: Set<string> }

/** A window of its own that notes what a browser complains about, and whom it asks. */
async function windowFor (t: Test, width = 1280): Promise<Window> {
  const context = await browser.newContext({ viewport: { width, height: 900 } })
  t.after(() => context.close())
  const page = await context.newPage()
  const complaints: string[] = []
  const hosts = new Set<string>()
  page.on('console', message => { if (message.type() === 'error') complaints.push(message.text()) })
  page.on('pageerror', error => complaints.push(error.message))
  page.on('request', request => { if (request.url().startsWith('http')) hosts.add(new URL(request.url()).host) })
  return { page, context, complaints, hosts }
}

/** The frame of the application, once its page is there. */
async function frameOf (page: Page, { url }: Service): Promise<Frame> {
  for (;;) {
    const frame = page.frames().find(frame => frame.url().startsWith(url))
    if (frame !== undefined) {
      await frame.locator('h1').waitFor()
      return frame
    }
    await page.waitForTimeout(20)
  }
}

interface AxeResult { violations: Array<{ id: string, nodes: Array<{ html: string }> }> }

/** What makes a page hard to use: violations that axe finds, and anything wider than the window. */
async function faults (frame: Frame): Promise<string[]> {
  await frame.evaluate(axe)
  // axe puts itself into the page as a global.
  const { violations } = await frame.evaluate('axe.run({ iframes: false })') as AxeResult
  const wide = await frame.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
  return [...violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`), ...(wide ? ['wider than its window'] : [])]
}

const firstLink = (page: Page) => page.locator('main a[href*="/marketplace/view/"]').first()

await t.test('a link in the feed, a chat, a task or the calendar opens the slider, on both portals', async t => {
  const service = await startService(t)
  const { alpha, beta } = service.sandbox.portals
  for (const portal of [alpha, beta]) {
    await service.install(portal)
    for (const tool of TOOLS) {
      const { page, context, complaints, hosts } = await windowFor(t)
      await page.goto(portal.url + tool)
      const link = firstLink(page)
      const [, name = ''] = /params\[(\w+)\]|params%5B(\w+)%5D/.exec(await link.getAttribute('href') ?? '')?.filter(Boolean) ?? []
      t.ok(name, `${portal.name} ${tool}`)
      await link.click()
      const frame = await frameOf(page, service)
      t.match(await frame.locator('table').textContent(), name, 'the page shows what the link carried')
      t.strictSame(complaints, [], 'nothing for the browser to complain about')
      t.strictSame(await context.cookies(), [], 'no cookie')
      t.strictSame([...hosts].sort(), [portal.domain, new URL(service.url).host].sort(), 'nobody else was asked')
    }
  }
})

await t.test('every page of the portal is accessible and never wider than its window', async t => {
  const service = await startService(t)
  await service.install()
  for (const width of [320, 1280, 1920]) {
    for (const path of PAGES) {
      const { page, complaints, context } = await windowFor(t, width)
      await page.goto(service.sandbox.url + path + (width === 320 ? `${path.includes('?') ? '&' : '?'}lang=ar` : ''))
      t.strictSame(await faults(page.mainFrame()), [], `${path} at ${width}`)
      t.strictSame(complaints.filter(text => path !== '/nowhere/' || !text.includes('404')), [], `${path} at ${width}`)
      await context.close()
    }
  }
})

await t.test('everything can be done with the keyboard', async t => {
  const service = await startService(t)
  await service.install()
  const { page } = await windowFor(t)
  await page.goto(`${service.sandbox.url}/stream/`)
  await firstLink(page).focus()
  await page.keyboard.press('Enter')
  const frame = await frameOf(page, service)
  t.match(await frame.locator('h1').textContent(), 'Opened from a link')
  await page.locator('.slider-close').focus()
  await page.keyboard.press('Enter')
  await page.locator('.slider').waitFor({ state: 'detached' })
  t.match(await page.evaluate(() => document.activeElement?.getAttribute('href')), '/marketplace/view/', 'the focus is back on the link')
})

await t.test('Arabic runs from right to left, in the portal and in the frame', async t => {
  const service = await startService(t)
  await service.install()
  const { page } = await windowFor(t)
  await page.goto(`${service.sandbox.url}/stream/?lang=ar`)
  await firstLink(page).click()
  const frame = await frameOf(page, service)
  t.strictSame([await page.evaluate(() => document.documentElement.dir), await frame.evaluate(() => document.documentElement.dir)], ['rtl', 'rtl'])
})

await t.test("the application's page names itself to the portal", async t => {
  const service = await startService(t)
  await service.install()
  const { page } = await windowFor(t)
  await page.goto(`${service.sandbox.url}/marketplace/app/1/?lang=de`)
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
    const { page } = await windowFor(t)
    await page.goto(`${service.sandbox.url}/stream/?lang=de`)
    await firstLink(page).click()
    const frame = await frameOf(page, service)
    t.match(await frame.locator('main').textContent(), code)
    t.strictSame(await faults(frame), [], code)
  }
})

await t.test('a browser that blocks cookies of third parties shows the same', async t => {
  const strict = await launchChromium(['--test-third-party-cookie-phaseout'])
  t.after(() => strict.close())
  const service = await startService(t)
  await service.install()
  const page = await strict.newPage()
  await page.goto(`${service.sandbox.url}/stream/`)
  await firstLink(page).click()
  const frame = await frameOf(page, service)
  t.match(await frame.locator('h1').textContent(), 'Opened from a link')
})

// tap ends when nothing is left to do, and an open browser is something.
await browser.close()
