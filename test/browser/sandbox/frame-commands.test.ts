import t from 'tap'
import { browser, inPage, inSlider, ready, scene } from './pages-scene.ts'

await t.test('frame commands: the SDK initialises in the frame, and may call REST', async t => {
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

await t.test('frame commands: the parent answers the commands of the frame', async t => {
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

await t.test('frame commands: commands that are denied or unknown get no answer', async t => {
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

await browser.close()
