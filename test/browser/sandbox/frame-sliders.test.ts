import t from 'tap'
import { until } from '../../until.ts'
import { openBrowser } from '../chromium.ts'
import { appIn, ready, scene } from './frame-scene.ts'
import { NAME_API, widthOf } from './slider-scene.ts'

const browser = await openBrowser()

await t.test('frame sliders: the application opens its own page over itself', async t => {
  const { page, openPlacement, received } = await scene(t, browser)
  await page.addInitScript(NAME_API)
  const lowest = await ready(await openPlacement('CRM_DEAL_LIST_TOOLBAR'))
  await lowest.evaluate(() => window.focus())
  await until(() => lowest.evaluate(() => document.hasFocus()))
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
  await until(() => lowest.evaluate(() => document.hasFocus()))
  t.pass('the focus is back in the page that opened it')
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
  // The system user's event comes besides.
  const calls = () => received.filter(({ body }) => !('event' in body))
  await until(() => calls().length === 3)
  await ready(appIn(page))
  t.strictSame(calls().map(({ path, body }) => [path, JSON.parse(body.PLACEMENT_OPTIONS ?? '').id]),
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
    window.frameApi.slider.openSliderAppPage({ bx24_label: { text: 'x', bgColor: 'black' } })
  })
  t.equal(await page.locator('.slider-label').evaluate(label =>
    getComputedStyle(label).backgroundColor), 'rgb(92, 103, 117)')
})

await browser.close()
