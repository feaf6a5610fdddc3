import t from 'tap'
import { browser, inPage, inSlider, ready, scene } from './pages-scene.ts'

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
  t.strictSame(received.map(({ path }) => path), ['/install', '/events', '/install', '/placement'])
  t.match(received[1]?.body, { event: 'ONAPPINSTALL', 'auth[member_id]': alpha.memberId })
  t.match(received[2]?.body, { event: 'ONAPPUSERREADY', 'data[member_id]': alpha.memberId })
  await page.goto(sandbox.url)
  await page.waitForURL('**/stream/**')
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
  await outside.waitForURL('https://example.com/**')
  await outside.close()
  const [tab] = await Promise.all([page.context()
    .waitForEvent('page'), page.click('#link-simple', { modifiers: ['ControlOrMeta'] })])
  await ready(inSlider(tab))
  t.equal(await page.locator('.slider').count(), 0)
  t.pass('in a tab of its own the page of the link opens its slider itself')
  await tab.close()
  await page.click('#link-app')
  await ready(inPage(page))
  t.equal(await page.locator('.slider').count(), 0, "the application's page is a page")
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
  await page.getByLabel('App language').selectOption('ar')
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

await t.test('pages: the messenger shows what was written in another tab, and keeps what is typed', async t => {
  const { page, sandbox } = await scene(t)
  const { content } = sandbox.portals.alpha
  await page.goto(`${sandbox.url}/messenger/?dialog=chat2`)
  await page.fill('#message', 'half a sentence')
  content.add({ kind: 'message', parent: 'chat2', authorId: 2, text: 'From another tab' })
  content.add({ kind: 'notification', parent: '1', authorId: 2, text: 'It is approved' })
  // Browsers without windows do not tell a page that somebody has come back to it.
  const comeBack = () => page.evaluate(() => { window.dispatchEvent(new Event('focus')) })
  await comeBack()
  await page.getByText('From another tab').waitFor()
  await page.getByText('It is approved').waitFor()
  t.equal(await page.inputValue('#message'), 'half a sentence')
  t.equal(await page.getByText('From another tab').count(), 1)
  await page.route('**/messenger/**', route => route.abort())
  await comeBack()
  t.equal(await page.getByText('From another tab').count(), 1, 'a portal that has stopped changes nothing')
})

await browser.close()
