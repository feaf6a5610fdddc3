import t from 'tap'
import { until } from '../../until.ts'
import { openWholeBrowser } from '../chromium.ts'
import { browser, checked, click, start } from './scene.ts'

await t.test('screens: a document is shown, each kind in its own way', async t => {
  const { service } = await start(t)
  const whole = await openWholeBrowser()
  t.after(() => whole.close())
  for (const [path, width, lang] of [['/square.png', 1280, 'en'], ['/notes.txt', 320, 'de'], ['/evil.svg', 320, 'en'],
    ['/manual.html', 1280, 'de'], ['/plan.pdf', 1280, 'en']] as const) {
    const { page, context, frame, complaints } =
      await click(t, service, 'document', { docId: path.slice(1) }, { width, lang, opener: whole })
    t.equal(await frame.locator('h1').textContent(), path.slice(1))
    if (path === '/square.png') {
      await until(async () => await frame.locator('img').evaluate((image: HTMLImageElement) =>
        image.naturalWidth) === 10)
    }
    if (path === '/notes.txt') {
      await frame.frameLocator('iframe').getByText('Notes of the meeting').waitFor()
      t.not(await frame.childFrames()[0]?.title(), 'taken over')
    }
    if (path === '/manual.html') await frame.frameLocator('iframe').getByText('Manual').waitFor()
    if (path === '/evil.svg') {
      t.equal(await frame.locator('iframe, img').count(), 0)
      // Somebody who has the address frames it: it is saved, and runs nothing.
      const address = String(await frame.locator('a[download]').getAttribute('href')).replace('&download=y', '')
      await Promise.all([page.waitForEvent('download'), frame.evaluate(
        src => { document.body.append(Object.assign(document.createElement('iframe'), { src })) }, address
      )])
      t.equal(await frame.evaluate('window.taken'), undefined)
      await frame.evaluate(() => document.querySelector('iframe')?.remove())
    }
    // The reader of Chromium is an extension.
    if (path === '/plan.pdf') {
      await until(() => page.frames().some(frame => frame.url().startsWith('chrome-extension:')))
    }
    await checked(t, `document-${path.slice(1)}-${width}`, page, frame)
    t.strictSame(complaints, [], path)
    if (path !== '/manual.html') {
      const [download] = await Promise.all([page.waitForEvent('download'), frame.locator('a[download]').click()])
      t.equal(download.suggestedFilename(), path.slice(1))
    }
    await context.close()
  }
})

await t.test('screens: a document of another origin is refused in the slider', async t => {
  const { service } = await start(t)
  const docId = 'https://elsewhere.example/a'
  const { page, frame } = await click(t, service, 'document', { docId }, { width: 320, lang: 'de' })
  t.equal(await frame.locator('iframe, img').count(), 0)
  await checked(t, 'document-refused-de-320', page, frame)
})

await browser.close()
