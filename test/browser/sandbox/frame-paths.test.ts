import t from 'tap'
import { openBrowser } from '../chromium.ts'
import { appIn, ready, say, scene, sliderPage } from './frame-scene.ts'
import { NAME_API, widthOf } from './slider-scene.ts'

const browser = await openBrowser()

await t.test('frame paths: a path of the portal opens, and its end is told', async t => {
  const { page, openPlacement, sandbox } = await scene(t, browser)
  await page.addInitScript(NAME_API)
  const app = await ready(await openPlacement('CRM_DEAL_LIST_TOOLBAR'))
  const requests: string[] = []
  page.on('request', request => { if (request.isNavigationRequest()) requests.push(request.url()) })
  for (const [width, shown] of [[900, 900], [950, 950], [1200, 1200], [1640, 1228], [2000, null]] as const) {
    const closed = app.evaluate((_body, width) => {
      const { slider } = window.frameApi
      return slider.openPath(String(slider.getUrl('/stream/?a=1')), width)
    }, width)
    await sliderPage(page, 1).locator('main.slider-page').waitFor()
    if (shown) t.equal(await widthOf(page.locator('.slider').nth(1)), shown, `width ${width}`)
    await page.keyboard.press('Escape')
    t.strictSame(await closed, { isOpenAtNewWindow: false, isClose: true })
  }
  const url = new URL(requests[0] ?? '')
  t.equal(url.pathname, '/stream/', 'the way around the list of paths is resolved')
  t.strictSame([...url.searchParams], [
    ['a', '1'], ['IFRAME', 'Y'], ['IFRAME_TYPE', 'SIDE_SLIDER'], ['from', 'rest_placement'],
    ['from_app', sandbox.clientId]
  ])
  const open = (path: unknown) =>
    app.evaluate((_body, path) => window.frameApi.parent.message.send('openPath', { path }), path)
  for (const path of ['//evil.example/', 'https://evil.example/crm/deal/', 'crm/deal/', '/%', '', 7, undefined]) {
    t.strictSame(await open(path), { result: 'error', errorCode: 'PATH_NOT_AVAILABLE' }, String(path))
  }
  t.equal(await page.locator('.slider').count(), 1)
  const closed = open('/stream/?a=1%26b%3D2')
  await sliderPage(page, 1).locator('main.slider-page').waitFor()
  t.match(requests.at(-1), '/stream/?a=1&b=2&from=', 'a portal decodes the path')
  await page.keyboard.press('Escape')
  t.strictSame(await closed, { result: 'close' })

  await page.goto(`${page.url()}?generation=B`)
  await ready(appIn(page))
  for (const path of ['/stream/', '/workgroups/group/5']) {
    t.match(await open(path), { errorCode: 'PATH_NOT_AVAILABLE' }, `${path} on an older portal`)
  }
})

await t.test('frame paths: a mobile device opens none', async t => {
  const mobile = { newPage: () => browser.newPage({ userAgent: 'Mozilla/5.0 (Linux; Android 15) Mobile' }) }
  const { openPlacement } = await scene(t, mobile)
  const app = await ready(await openPlacement('CRM_DEAL_LIST_TOOLBAR', '/bare'))
  t.strictSame(await say(app, 'openPath:{"path":"/crm/deal/details/7/"}:k'),
    ['k:{"result":"error","errorCode":"METHOD_NOT_SUPPORTED_ON_DEVICE"}'])
})

await t.test('frame paths: the application closes its own sliders only', async t => {
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

await t.test('frame paths: links open over the page unless they lead to it', async t => {
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

await t.test('frame paths: a call of the browser gets its milliseconds', async t => {
  const { openPlacement, sandbox } = await scene(t, browser)
  const told = new Promise<number | undefined>(resolve => {
    sandbox.wire.subscribe(({ name, ms }) => { if (name === 'CRM_DEAL_LIST_TOOLBAR' && ms !== undefined) resolve(ms) })
  })
  await openPlacement('CRM_DEAL_LIST_TOOLBAR')
  t.ok(Number.isInteger(await told))
})

await browser.close()
