import t from 'tap'
import { openBrowser } from './chromium.ts'
import { startService } from '../service.ts'
import { faults, frameOf, layoutFaults, look, openWindow, sliderLinkOn } from './window.ts'

const browser = await openBrowser()

await t.test('slider: a link opens it once the application has installed itself', async t => {
  const service = await startService(t)
  const { alpha } = service.sandbox.portals
  const { page, complaints } = await openWindow(t, browser, `${service.sandbox.url}/`)
  await page.waitForURL('**/stream/**')
  t.equal(alpha.installed, true)
  await sliderLinkOn(page).click()
  const frame = await frameOf(page, service)
  await frame.getByText('Anna Berger').waitFor()
  t.match(await frame.locator('h1').textContent(), 'Opened from a link')
  t.match(await frame.locator('table').textContent(), 'docId')
  t.match(await page.title(), /Feed|Alpha/, 'the page below is kept')
  t.equal(await frame.evaluate(() =>
    document.documentElement.dataset['shift']), undefined, 'nothing moves while the page loads')
  t.equal((await service.store.get(alpha.memberId))?.applicationToken, alpha.applicationToken)
  await look(page, 'link-en-1280')
  await page.keyboard.press('Escape')
  await page.goto(`${service.sandbox.url}/marketplace/app/1/?lang=de`)
  const home = await frameOf(page, service)
  t.strictSame(await faults(home), [])
  await look(page, 'home-de-1280')
  // The word is shown for two seconds.
  await Promise.all([home.getByText('Kopiert').waitFor(), home.getByRole('button').click()])
  t.strictSame(complaints, [], 'no error in the console, no violation of the policy')
})

await t.test('slider: the page reads well in every language, narrow and wide', async t => {
  const service = await startService(t)
  await service.install()
  const all = ['ar', 'br', 'de', 'en', 'fr', 'hi', 'id', 'in', 'it', 'ja', 'kz', 'la', 'ms', 'pl', 'ru', 'sc', 'tc',
    'th', 'tr', 'ua', 'vn']
  for (const lang of all) {
    // The words alone differ between the others.
    const isWhole = ['ar', 'de', 'en'].includes(lang)
    await Promise.all((isWhole ? [320, 1280, 1920] : [320]).map(async width => {
      const address = `${service.sandbox.url}/stream/?lang=${lang}`
      const { page, context, complaints } = await openWindow(t, browser, address, width)
      await sliderLinkOn(page).click()
      const frame = await frameOf(page, service)
      t.equal(await frame.evaluate(() => document.documentElement.dir), lang === 'ar' ? 'rtl' : 'ltr', lang)
      t.strictSame(await (isWhole ? faults : layoutFaults)(frame), [], `${lang} at ${width}`)
      t.strictSame(complaints, [], `${lang} at ${width}`)
      await look(page, `link-${lang}-${width}`)
      await context.close()
    }))
  }
})

await t.test('slider: a refusal is seen inside the slider and says what to do', async t => {
  const service = await startService(t)
  await service.install()
  service.sandbox.trouble.authorizationServer = 'down'
  for (const [lang, width, title] of [['en', 1280, 'Bitrix24 is not responding'], ['de', 320, 'Bitrix24'],
    ['ar', 320, 'Bitrix24']] as const) {
    const { page } = await openWindow(t, browser, `${service.sandbox.url}/stream/?lang=${lang}`, width)
    await sliderLinkOn(page).click()
    const frame = await frameOf(page, service)
    t.match(await frame.locator('h1').textContent(), title)
    t.match(await frame.locator('main').textContent(), 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE')
    t.strictSame(await faults(frame), [], lang)
    await look(page, `refused-${lang}-${width}`)
  }
})

await t.test('slider: an installation that stays unfinished is not called finished', async t => {
  const service = await startService(t)
  service.sandbox.trouble.rest = 'down'
  const { page } = await openWindow(t, browser, `${service.sandbox.url}/marketplace/app/1/?lang=de`)
  const frame = await frameOf(page, service)
  t.match(await frame.locator('main').textContent(), 'B24_ERR_PORTAL_UNAVAILABLE')
  t.equal(service.sandbox.portals.alpha.installed, false)
  await look(page, 'install-refused-de')
})

await t.test('slider: what was left out is listed before the portal goes on', async t => {
  const service = await startService(t,
    { prepare: fastify => { fastify.placement('CRM_DEAL_DETAIL_TAB', {}, async () => ({})) } })
  const { alpha } = service.sandbox.portals
  alpha.scope = ['placement', 'user_brief']
  const { page, complaints } = await openWindow(t, browser, `${service.sandbox.url}/marketplace/app/1/`)
  const frame = await frameOf(page, service)
  t.match(await frame.locator('table').textContent(), /CRM_DEAL_DETAIL_TAB[^]*crm/)
  t.strictSame(await faults(frame), [])
  await look(page, 'install-skipped')
  t.equal(alpha.installed, false, 'it waits to be read')
  await frame.getByRole('button', { name: 'Continue' }).click()
  await page.waitForURL(/install_finished=Y/)
  t.equal(alpha.installed, true)
  t.strictSame(complaints, [])

  // A portal whose card of the application names the installation page as its handler, too.
  await page.route(`${service.url}/placement?*`, route =>
    route.continue({ url: route.request().url().replace('/placement?', '/install?') }))
  await page.reload()
  const again = await frameOf(page, service)
  await again.getByText('It was already installed.').waitFor()
  t.equal(await again.getByRole('button').count(), 0, 'there is nothing to go on to')
  t.strictSame(await faults(again), [])
})

await browser.close()
