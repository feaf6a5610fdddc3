import type { FrameLocator, Locator, Page } from 'playwright-core'
import t from 'tap'
import type { Test } from 'tap'
import type { Sandbox } from '../../../sandbox/index.ts'
import { openBrowser } from '../chromium.ts'
import { fakeApplication } from '../../sandbox/fake-application.ts'
import type { Received } from '../../sandbox/fake-application.ts'
import { resultOf, sandboxFor } from '../../sandbox/helper.ts'

// The part of the SDK's frame that the tests use inside the page.
interface Frame {
  getLang (): string
  isInstallMode: boolean
  installFinish (): Promise<unknown>
  actions: { v2: { call: { make (call: object): Promise<{ getData (): { result: unknown } }> } } }
  auth: { refreshAuth (): Promise<{ access_token: string }>, isAdmin: boolean }
  placement: { title: string, options: Record<string, unknown>, getInterface (): Promise<unknown> }
  options: { userSet (name: string, value: string): Promise<void>, appSet (name: string, value: string): Promise<void> }
  parent: {
    closeApplication (): Promise<unknown>
    resizeWindow (width: number, height: number): Promise<unknown>
    fitWindow (): Promise<unknown>
    setTitle (title: string): Promise<unknown>
    scrollParentWindow (scroll: number): Promise<unknown>
    reloadWindow (): Promise<unknown>
    message: { send (command: string, params: object): Promise<unknown> }
  }
}
declare global { interface Window { b24: Frame } }

const browser = await openBrowser()

interface Scene { page: Page, sandbox: Sandbox, received: Received[] }

/** A portal, an application and a browser page that must stay free of errors. */
async function scene (t: Test, installed = true): Promise<Scene> {
  const { url, received } = await fakeApplication(t)
  const sandbox = await sandboxFor(t, { appUrl: url })
  const { alpha } = sandbox.portals
  for (const PLACEMENT of ['REST_APP_URI', 'BI_ANALYTICS_MENU']) {
    await resultOf(alpha, 'placement.bind', { PLACEMENT, HANDLER: `${url}/placement` })
  }
  await resultOf(alpha, 'event.bind', { event: 'ONAPPINSTALL', handler: `${url}/events` })
  alpha.installed = installed
  const page = await browser.newPage()
  t.after(() => page.close())
  page.on('pageerror', error => t.fail(error.message))
  return { page, sandbox, received }
}

const inPage = (page: Page): FrameLocator => page.frameLocator('main .app-layout iframe')
const inSlider = (page: Page): FrameLocator => page.frameLocator('.slider-frame').frameLocator('iframe')

/** The initialised page of the application. */
async function ready (frame: FrameLocator): Promise<Locator> {
  await frame.locator('#ready').waitFor()
  return frame.locator('body')
}

await t.test('pages: the SDK initialises in the frame, and its REST calls pass', async t => {
  const { page, sandbox } = await scene(t)
  await page.goto(`${sandbox.url}/marketplace/app/1/?lang=de&user=2`)
  const app = await ready(inPage(page))
  t.strictSame(await app.evaluate(() =>
    [window.b24.getLang(), window.b24.isInstallMode, window.b24.auth.isAdmin, window.b24.placement.title]),
  ['de', false, false, 'DEFAULT'])
  const profile = await app.evaluate(async () =>
    (await window.b24.actions.v2.call.make({ method: 'profile' })).getData().result)
  t.match(profile, { ID: '2', NAME: 'Emil' })
})

await t.test('pages: the end of the installation is kept, told and shown', async t => {
  const { page, sandbox, received } = await scene(t, false)
  const { alpha } = sandbox.portals
  await page.goto(`${sandbox.url}/marketplace/app/1/`)
  const app = await ready(inPage(page))
  t.equal(received[0]?.path, '/install')
  await app.evaluate(() => { window.b24.installFinish() })
  await page.waitForURL(/install_finished=Y/)
  await ready(inPage(page))
  t.equal(alpha.installed, true)
  t.strictSame(received.map(({ path }) => path), ['/install', '/events', '/placement'])
  t.match(received[1]?.body, { event: 'ONAPPINSTALL', 'auth[member_id]': alpha.memberId })
  await page.goto(sandbox.url)
  t.match(page.url(), /\/stream\//)
})

await t.test('pages: a link opens the slider over the page, and each way closes it', async t => {
  const { page, sandbox, received } = await scene(t)
  await page.goto(`${sandbox.url}/stream/?lang=de&user=2`)
  await page.fill('#message', 'half a sentence')
  const ways: Record<string, () => Promise<unknown>> = {
    'the cross': () => page.click('.slider-close'),
    'Esc in the page': () => page.keyboard.press('Escape'),
    'Esc in the slider': () => page.frameLocator('.slider-frame').locator('body').press('Escape'),
    'a click beside it': () => page.mouse.click(20, 500),
    'the application': () => inSlider(page).locator('body').evaluate(() => { window.b24.parent.closeApplication() })
  }
  for (const [name, close] of Object.entries(ways)) {
    await page.click('#link-nested')
    await ready(inSlider(page))
    t.equal(await page.evaluate(() =>
      document.activeElement?.closest('dialog') !== null), true, `${name}: the focus is in the slider`)
    await close()
    await page.locator('.slider').waitFor({ state: 'detached' })
    t.equal(await page.evaluate(() => document.activeElement?.id), 'link-nested', `${name}: the focus is back`)
  }
  t.equal(await page.inputValue('#message'), 'half a sentence', 'the page has kept its state')
  const call = received.at(-1)
  t.match(call, { query: { LANG: 'de' }, body: { PLACEMENT: 'REST_APP_URI' } })
  t.strictSame(JSON.parse(call?.body.PLACEMENT_OPTIONS ?? ''),
    { docId: '42', filter: { city: 'Berlin', tags: ['urgent', 'today'] }, URI: '/stream/?lang=de&user=2' })
})

await t.test('pages: other links, and other clicks, open no slider', async t => {
  const { page, sandbox } = await scene(t)
  await page.route('https://example.com/**', route => route.fulfill({ body: 'another site' }))
  await page.context().route('https://example.com/**', route => route.fulfill({ body: 'another site' }))
  await page.goto(`${sandbox.url}/stream/`)
  const [outside] = await Promise.all([page.waitForEvent('popup'), page.click('#link-external')])
  t.match(outside.url(), /^https:\/\/example\.com\//)
  await outside.close()
  const [tab] = await Promise.all([page.context()
    .waitForEvent('page'), page.click('#link-simple', { modifiers: ['ControlOrMeta'] })])
  t.equal(await page.locator('.slider').count(), 0)
  await ready(inSlider(tab))
  t.pass('in a tab of its own the page of the link opens its slider itself')
  await tab.close()
  await page.click('#link-app')
  await ready(inPage(page))
  t.equal(await page.locator('.slider').count(), 0, "the application's page is a page")
})

await t.test('pages: the parent answers the commands of the frame', async t => {
  const { page, sandbox } = await scene(t)
  const { alpha } = sandbox.portals
  await page.goto(`${sandbox.url}/marketplace/app/1/`)
  const app = await ready(inPage(page))

  const token = await app.evaluate(async () => (await window.b24.auth.refreshAuth()).access_token)
  t.match(await (await fetch(`${sandbox.authorizationServer}/rest/app.info?auth=${token}`)).json(),
    { result: { user_id: '1' } })

  await app.evaluate(() => window.b24.options.userSet('colour', 'red'))
  await app.evaluate(() => window.b24.options.appSet('mode', 'fast'))
  t.match(alpha, { userOptions: { 1: { colour: 'red' } }, appOptions: { mode: 'fast' } })

  t.strictSame(await app.evaluate(() => window.b24.parent.resizeWindow(500, 1400)), { width: 500, height: 1400 })
  t.match(await app.evaluate(() => window.b24.parent.fitWindow()), { width: Number })
  t.match(await app.evaluate(() => window.b24.parent.message.send('resizeWindow', { width: 'wide' })),
    { width: 100, height: 1400 }, 'an odd width is the least one')
  t.match(await app.evaluate(() =>
    window.b24.parent.message.send('resizeWindow', {})), { height: 1400 }, 'no size, no change')
  await app.evaluate(() => window.b24.parent.setTitle('From the frame'))
  t.equal(await page.textContent('h1'), 'From the frame')
  await app.evaluate(() => window.b24.parent.scrollParentWindow(90))
  t.equal(await page.evaluate(() => window.scrollY), 90)
  await app.evaluate(() => window.b24.parent.message.send('setScroll', { scroll: 'x' }))
  t.equal(await page.evaluate(() => window.scrollY), 0)
  t.strictSame(await app.evaluate(() => window.b24.placement.getInterface()), { command: [], event: [] })

  const navigated = page.waitForEvent('load')
  await app.evaluate(() => { window.b24.parent.reloadWindow() })
  await navigated
  await ready(inPage(page))
  t.equal(await page.textContent('h1'), 'Demo widgets')
})

await t.test('pages: commands that are denied or unknown get no answer', async t => {
  const { page, sandbox } = await scene(t)
  await page.goto(`${sandbox.url}/stream/?user=2`)
  await page.click('#link-simple')
  const app = await ready(inSlider(page))
  const silent = { isSafely: true }
  t.strictSame(await app.evaluate(() => window.b24.parent.setTitle('x')), silent, 'a title in a widget')
  t.strictSame(await app.evaluate(() =>
    window.b24.parent.message.send('nothing', { isSafely: true })), silent, 'an unknown command')
  t.strictSame(await app.evaluate(() =>
    window.b24.parent.message.send('im:nothing', { isSafely: true })), silent, 'in the object form')
  await app.evaluate(() => window.b24.options.appSet('mode', 'x'))
  t.strictSame(sandbox.portals.alpha.appOptions, {}, 'an option of the application, set by an employee')
  const answers = await app.evaluate(async () => {
    const seen: unknown[] = []
    window.addEventListener('message', event => seen.push(event.data))
    for (const message of ['getInitData:key1:foreign-sid', 'setTitle::key2:', null]) {
      window.parent.postMessage(message, '*')
    }
    await window.b24.parent.message.send('getInterface', {})
    return seen
  })
  t.notMatch(JSON.stringify(answers), /key[12]/, 'a wrong APP_SID')
  await page.evaluate(() => {
    const frame = document.querySelector<HTMLIFrameElement>('.slider-frame')
    frame?.contentWindow?.postMessage('getInitData:key:sid', '*')
  })
  t.equal(await page.locator('.slider').count(), 1, 'another origin')
})

await t.test('pages: a page outside of a slider is not closed by the application', async t => {
  const { page, sandbox } = await scene(t)
  await page.goto(`${sandbox.url}/marketplace/app/1/`)
  const app = await ready(inPage(page))
  await app.evaluate(() => { window.b24.parent.closeApplication().catch(() => {}) })
  t.match(await app.evaluate(() => window.b24.parent.message.send('getInterface', {})), { command: [] }, 'it goes on')
})

await t.test('pages: a placement opens from the list, in the language of the page', async t => {
  const { page, sandbox, received } = await scene(t)
  await page.goto(`${sandbox.url}/placements/`)
  await page.getByLabel('Language').selectOption('ar')
  await page.waitForURL(/lang=ar/)
  t.equal(await page.evaluate(() => document.documentElement.dir), 'rtl')
  await page.click('[aria-label="Open REST_APP_URI"]')
  await ready(inSlider(page))
  t.match(received.at(-1), { query: { LANG: 'ar' }, body: { PLACEMENT: 'REST_APP_URI' } })
  await page.keyboard.press('Escape')
  await page.click('[aria-label="Open BI_ANALYTICS_MENU"]')
  await inSlider(page).getByText('opened by GET').waitFor()
  t.equal(received.length, 1, 'it was no POST')
})

await browser.close()
