import t from 'tap'
import { openBrowser } from './chromium.ts'
import { startService } from '../service.ts'
import { until } from '../until.ts'
import { look, openWindow, sliderLinkOn } from './window.ts'

const browser = await openBrowser()

await t.test('page: weighs little, is readable without scripts, and stays put', async t => {
  const service = await startService(t)
  await service.install()
  // The page, two style sheets, and its scripts.
  for (const [name, files] of [['link', 4], ['home', 5]] as const) {
    const { page, complaints } = await openWindow(t, browser, `${service.sandbox.url}/stream/`)
    const bytes: Array<Promise<number>> = []
    page.on('requestfinished', request => {
      if (!request.url().startsWith(service.url)) return
      bytes.push(request.sizes().then(sizes => sizes.responseHeadersSize + sizes.responseBodySize))
    })
    // Scripts arrive when the text has been seen.
    let run = () => {}
    const mayRun = new Promise<void>(resolve => { run = resolve })
    await page.route(`${service.url}/**/*.js*`, async route => {
      await mayRun
      await route.continue()
    })
    await page.addInitScript(() => window.addEventListener('message', ({ data }) => {
      if (String(data).startsWith('resizeWindow:')) document.documentElement.dataset['fitted'] = 'true'
    }))
    const asked: unknown[] = []
    await page.route(`${service.sandbox.url}/rest/**`, async route => {
      const around = route.request().frame().parentFrame()
      asked.push(await around?.evaluate(() => document.documentElement.dataset['fitted']))
      await route.continue()
    })
    // Not by frameOf, which waits for the scripts.
    const opened = page.waitForEvent('framenavigated', frame => frame.url().startsWith(service.url))
    if (name === 'home') await page.goto(`${service.sandbox.url}/marketplace/app/1/`)
    else await sliderLinkOn(page).click()
    const frame = await opened
    await frame.locator('h1').waitFor()
    t.equal(await frame.evaluate(() => 'service' in window), false, `${name}: no script of ours has run`)
    run()
    await frame.waitForFunction(() => 'service' in window)
    if (name === 'link') {
      await frame.getByText('Anna Berger').waitFor()
      t.strictSame(asked, ['true'], 'the frame is fitted before the portal is asked for a name')
    }
    await until(() => bytes.length === files)
    const shift = await frame.evaluate(() => document.documentElement.dataset['shift'])
    t.equal(shift, undefined, `${name}: nothing moves`)
    const total = (await Promise.all(bytes)).reduce((sum, size) => sum + size, 0)
    t.comment(`${name}: ${total} bytes`)
    t.ok(total > 5000, 'they were counted')
    t.ok(total < 35_000, `${name}: ${total} bytes`)
    t.strictSame(complaints, [])
    await look(page, `weight-${name}`)
  }
})

await browser.close()
