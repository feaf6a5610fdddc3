import type { Locator } from 'playwright-core'
import t from 'tap'
import { until } from '../../helper.ts'
import { openBrowser } from '../chromium.ts'
import { appIn, ready, scene, sliderPage } from './frame-scene.ts'

// The part of the SDK's frame that the tests use inside the page.
interface Frame {
  slider: {
    openSliderAppPage (params: object): Promise<unknown>
    closeSliderAppPage (): Promise<unknown>
    openPath (url: string, width?: number): Promise<unknown>
    getUrl (path: string): URL
  }
  parent: {
    resizeWindow (width: number, height: number): Promise<unknown>,
    message: { send (command: string, params: object): Promise<unknown> }
  }
}
declare global { interface Window { frameApi: Frame, answer: unknown } }

const browser = await openBrowser()

const widthOf = async (slider: Locator): Promise<number> =>
  Math.round(await slider.evaluate(dialog => dialog.getBoundingClientRect().width))
// The SDK stands in window.b24; other tests declare other parts of it.
const NAME_API = () => { Object.defineProperty(window, 'frameApi', { get: () => Reflect.get(window, 'b24') }) }

await t.test('frame sliders: the application opens its own page over itself', async t => {
  const { page, openPlacement, received } = await scene(t, browser)
  await page.addInitScript(NAME_API)
  const lowest = await ready(await openPlacement('CRM_DEAL_LIST_TOOLBAR'))
  await lowest.evaluate(() => {
    window.frameApi.slider.openSliderAppPage({
      id: 8061,
      yes: true,
      no: false,
      nothing: null,
      list: [],
      map: {},
      deep: { tags: ['a', 2], none: { none: [] } },
      text: 'a&b=[ü]',
      bx24_width: 700,
      bx24_title: 'Deal 8061',
      bx24_label: { text: 'Urgent', bgColor: 'green', color: 'white' },
      bx24_unknown: 'x'
    }).then(answer => { window.answer = { answer } })
  })
  const app = await ready(appIn(page, 1))
  const call = received.at(-1)
  t.equal(call?.body.PLACEMENT, 'DEFAULT')
  const { URI, ...options } = JSON.parse(call?.body.PLACEMENT_OPTIONS ?? '')
  t.strictSame(options, { id: '8061', yes: 'true', no: 'false', deep: { tags: ['a', '2'] }, text: 'a&b=[ü]' })
  t.match(URI, /^\/marketplace\/placement\//)
  const slider = page.locator('.slider').nth(1)
  t.equal(await widthOf(slider), 700)
  t.equal(await slider.getAttribute('aria-label'), 'Deal 8061')
  t.equal(await page.title(), 'Deal 8061')
  t.equal(await slider.locator('.slider-label').textContent(), 'Urgent')
  t.equal(await slider.locator('.slider-label').evaluate(label =>
    getComputedStyle(label).backgroundColor), 'rgb(59, 114, 25)')

  t.strictSame(await app.evaluate(() =>
    window.frameApi.parent.resizeWindow(300, 300)), { isSafely: true }, 'a slider keeps its size')
  await app.evaluate(() => {
    window.frameApi.slider.openSliderAppPage({
      options: 1, params: { only: 'this' }, bx24_leftBoundary: 400
    })
  })
  const highest = await ready(appIn(page, 2))
  t.match(JSON.parse(received.at(-1)?.body.PLACEMENT_OPTIONS ?? ''), { only: 'this' })
  t.equal(await widthOf(page.locator('.slider').nth(2)), 880)

  await highest.evaluate(() => { window.frameApi.slider.closeSliderAppPage() })
  await page.locator('.slider').nth(2).waitFor({ state: 'detached' })
  t.equal(await lowest.evaluate(() => window.answer), undefined, 'the middle one is still open')
  await page.keyboard.press('Escape')
  await page.locator('.slider').nth(1).waitFor({ state: 'detached' })
  await page.waitForFunction(() => !document.title.includes('8061'))
  await lowest.waitForFunction(() => window.answer !== undefined)
  t.strictSame(await lowest.evaluate(() => window.answer), { answer: '' },
    'the answer is empty, and comes when it closes')
})

await t.test('frame sliders: passes more to a page than an address could hold', async t => {
  const { page, openPlacement, received } = await scene(t, browser)
  await page.addInitScript(NAME_API)
  const app = await ready(await openPlacement('CRM_DEAL_LIST_TOOLBAR'))
  const text = 'ä'.repeat(100_000)
  await app.evaluate((_body, text) => { window.frameApi.slider.openSliderAppPage({ text }) }, text)
  await ready(appIn(page, 1))
  t.equal(JSON.parse(received.at(-1)?.body.PLACEMENT_OPTIONS ?? '').text, text)
})

await t.test('frame sliders: a page gets the same parameters after installation', async t => {
  const { page, sandbox, received } = await scene(t, browser)
  await page.addInitScript(NAME_API)
  const { alpha } = sandbox.portals
  alpha.installed = false
  await page.goto(`${alpha.url}/marketplace/app/1/`)
  const install = await ready(page.frameLocator('.app-layout iframe'))
  await install.evaluate(() => { window.frameApi.slider.openSliderAppPage({ id: 7 }) })
  const inner = await ready(appIn(page))
  await inner.evaluate(() => { Reflect.get(window, 'b24').installFinish() })
  await until(() => received.length === 3)
  await ready(appIn(page))
  t.strictSame(received.map(({ path, body }) => [path, JSON.parse(body.PLACEMENT_OPTIONS ?? '').id]),
    [['/install', undefined], ['/install', '7'], ['/placement', '7']])
  t.equal(await page.locator('.slider').count(), 1)
})

await t.test('frame sliders: a frame works on after the portal was renamed', async t => {
  const { page, openPlacement, sandbox } = await scene(t, browser)
  await page.addInitScript(NAME_API)
  const app = await ready(await openPlacement('CRM_DEAL_LIST_TOOLBAR'))
  await sandbox.portals.alpha.rename()
  await app.evaluate(() => Reflect.get(window, 'b24').options.userSet('note', 'kept'))
  t.match(sandbox.portals.alpha.userOptions, { 1: { note: 'kept' } })
  t.match(await app.evaluate(() => Reflect.get(window, 'b24').auth.refreshAuth()), { access_token: /^[0-9a-f]{70}$/ })
})

await t.test('frame sliders: settings of a wrong type are ignored', async t => {
  const { page, openPlacement, received } = await scene(t, browser)
  await page.addInitScript(NAME_API)
  const app = await ready(await openPlacement('CRM_DEAL_LIST_TOOLBAR'))
  await app.evaluate(() => {
    window.frameApi.slider.openSliderAppPage({
      bx24_width: '700', bx24_leftBoundary: 'x', bx24_title: 5, bx24_label: 'x'
    })
  })
  await ready(appIn(page, 1))
  t.match(Object.keys(JSON.parse(received.at(-1)?.body.PLACEMENT_OPTIONS ?? '')), ['URI'])
  t.notOk(await page.locator('.slider').nth(1).getAttribute('style'))
  t.equal(await page.locator('.slider-label').count(), 0)
  await app.evaluate(() => {
    window.frameApi.slider.openSliderAppPage({
      bx24_label:
    { text: 'x', bgColor: 'black' }
    })
  })
  t.equal(await page.locator('.slider-label').evaluate(label =>
    getComputedStyle(label).backgroundColor), 'rgb(92, 103, 117)')
})

await t.test('frame sliders: a path of the portal opens, and its end is told', async t => {
  const { page, openPlacement, sandbox } = await scene(t, browser)
  await page.addInitScript(NAME_API)
  const app = await ready(await openPlacement('CRM_DEAL_LIST_TOOLBAR'))
  const requests: string[] = []
  page.on('request', request => { if (request.isNavigationRequest()) requests.push(request.url()) })
  for (const [width, shown] of [[900, 900], [950, 950], [1200, 1200], [1640, 1228], [2000, null]] as const) {
    const closed = app.evaluate((_body,
      width) => window.frameApi.slider.openPath(String(window.frameApi.slider.getUrl('/stream/?a=1')), width), width)
    await sliderPage(page, 1).locator('main.slider-page').waitFor()
    if (shown) t.equal(await widthOf(page.locator('.slider').nth(1)), shown, `width ${width}`)
    await page.keyboard.press('Escape')
    t.strictSame(await closed, { isOpenAtNewWindow: false, isClose: true })
  }
  const url = new URL(requests[0] ?? '')
  t.equal(url.pathname, '/stream/', 'the way around the list of paths is resolved')
  t.strictSame([...url.searchParams], [
    ['a', '1'], ['IFRAME', 'Y'],
    ['IFRAME_TYPE', 'SIDE_SLIDER'], ['from', 'rest_placement'], ['from_app', sandbox.clientId]
  ])
  for (const path of ['/stream/', '//evil.example/', 'https://evil.example/crm/deal/', '/workgroups/group/5', '', 7,
    undefined]) {
    t.strictSame(await app.evaluate((_body, path) => window.frameApi.parent.message.send('openPath', { path }), path),
      { result: 'error', errorCode: 'PATH_NOT_AVAILABLE' }, String(path))
  }
  t.equal(await page.locator('.slider').count(), 1)
})

await t.test('frame sliders: the application closes its own sliders only', async t => {
  const { page, openPlacement } = await scene(t, browser)
  await page.addInitScript(NAME_API)
  const app = await ready(await openPlacement('CRM_DEAL_LIST_TOOLBAR'))
  await app.evaluate(() => { window.frameApi.parent.message.send('openPath', { path: '/crm/deal/../../stream/#top' }) })
  await sliderPage(page, 1).locator('main.slider-page').waitFor()
  await app.evaluate(() => { window.frameApi.slider.closeSliderAppPage() })
  await app.evaluate(() => window.frameApi.parent.message.send('getInterface', {}))
  t.equal(await page.locator('.slider').count(), 2)
  await page.locator('.slider-close').nth(1).click()
  await app.evaluate(() => { window.frameApi.slider.closeSliderAppPage() })
  await page.locator('.slider').waitFor({ state: 'detached' })
})

await t.test('frame sliders: links open over the page unless they lead to it', async t => {
  const { page, openPlacement } = await scene(t, browser)
  await page.addInitScript(NAME_API)
  const app = await ready(await openPlacement('REST_APP_URI'))
  await app.evaluate(() => { window.frameApi.parent.message.send('openPath', { path: '/crm/deal/../../stream/' }) })
  const inner = sliderPage(page, 1)
  await inner.locator('#link-simple').click()
  await ready(appIn(page, 2))
  t.equal(await page.locator('.slider').count(), 3)
  await page.keyboard.press('Escape')
  await page.locator('.slider').nth(2).waitFor({ state: 'detached' })
  await inner.locator('main').evaluate(main => {
    main.innerHTML =
    '<a id="self" href="?tab=2">self</a><a id="anchor" href="#x">anchor</a><input>'
  })
  await inner.locator('#anchor').click()
  t.equal(await page.locator('.slider').count(), 2)
  await inner.locator('#self').click()
  await inner.locator('#link-simple').waitFor()
  t.match(await inner.locator('body').evaluate(() =>
    window.location.search), /^\?tab=2&IFRAME=Y&IFRAME_TYPE=SIDE_SLIDER$/)
})

await t.test('frame sliders: a call of the browser gets its milliseconds', async t => {
  const { openPlacement, sandbox } = await scene(t, browser)
  const told = new Promise<number | undefined>(resolve => {
    sandbox.wire.subscribe(({ name, ms }) => { if (name === 'CRM_DEAL_LIST_TOOLBAR' && ms !== undefined) resolve(ms) })
  })
  await openPlacement('CRM_DEAL_LIST_TOOLBAR')
  t.ok(Number.isInteger(await told))
})

await browser.close()
