import t, { type Test } from 'tap'
import { openBrowser, openWithScrollBars } from './chromium.ts'
import { until } from '../until.ts'
import { startService, type Service } from '../service.ts'
import { faults, frameOf, look, openWindow } from './window.ts'

const browser = await openBrowser()
const withScrollBars = await openWithScrollBars()

type State = 'ready' | 'lost' | 'missing' | 'payment_required' | 'wrong_client' | 'server_not_allowed'

/** A service whose access to the portal is in that state. */
async function start (t: Test, state: State): Promise<Service> {
  const service = await startService(t)
  await service.install()
  const { store, sandbox: { portals: { alpha: { memberId } } } } = service
  if (state === 'missing') await store.markUninstalled(memberId, Date.now())
  else if (state !== 'ready') {
    const row = await store.get(memberId)
    const nextTryAt = state === 'lost' ? Infinity : Date.UTC(2099, 10, 23, 16, 11)
    await store.recordRefresh(memberId, { code: state, at: Date.now(), attempts: 2, nextTryAt },
      Number(row?.tokenVersion))
  }
  return service
}

await t.test('home: shows what is wrong at the top, in every width and direction', async t => {
  const rows: Array<[state: State, user: number, lang: string, width: number, heading: string, text: string]> = [
    ['ready', 1, 'en', 1280, 'Share the application', 'Share this link.'],
    ['lost', 2, 'en', 1280, 'The application needs attention', 'Ask an administrator'],
    ['lost', 2, 'ar', 320, 'التطبيق بحاجة إلى اهتمام', 'اطلب من أحد المسؤولين'],
    ['missing', 1, 'en', 1280, 'The application needs attention', 'Install the application again.'],
    ['missing', 2, 'ar', 1280, 'التطبيق بحاجة إلى اهتمام', 'اطلب من أحد المسؤولين تثبيت'],
    ['payment_required', 1, 'de', 320, 'Die Anwendung braucht Aufmerksamkeit', 'frühestens 23.11.2099'],
    ['payment_required', 2, 'en', 1280, 'The application needs attention', 'Ask an administrator to renew'],
    ['wrong_client', 1, 'ru', 320, 'Приложение требует внимания', 'B24_CLIENT_SECRET'],
    ['server_not_allowed', 1, 'en', 320, 'The application needs attention', 'server_not_allowed']
  ]
  for (const [state, user, lang, width, heading, text] of rows) {
    const name = `${state}-${user}-${lang}-${width}`
    const service = await start(t, state)
    const { page, context, complaints } =
      await openWindow(t, browser, `${service.sandbox.url}/marketplace/app/1/?lang=${lang}&user=${user}`, width)
    const frame = await frameOf(page, service)
    t.equal(await frame.locator('h1').textContent(), heading, name)
    t.match(await frame.locator('section').first().textContent(), text, name)
    t.equal(await frame.locator('main').getByRole('status').count(), state === 'ready' ? 0 : 1, name)
    t.strictSame(await faults(frame), [], name)
    t.strictSame(complaints, [], name)
    await look(page, `home-${name}`)
    await context.close()
  }
})

await t.test('home: an administrator gets lost access back by a reload', async t => {
  const service = await start(t, 'lost')
  const { sandbox, store } = service
  const open = async () => {
    const { page } = await openWindow(t, browser, `${sandbox.url}/marketplace/app/1/?lang=en&user=1`)
    return { page, frame: await frameOf(page, service) }
  }
  const before = await open()
  await before.frame.getByText('The access is being restored right now.').waitFor()
  t.strictSame(await faults(before.frame), [])
  await look(before.page, 'home-lost-1-en-1280')
  await until(async () => (await store.get(sandbox.portals.alpha.memberId))?.refresh === null)
  const { frame } = await open()
  t.equal(await frame.locator('h1').textContent(), 'Share the application')
})

await t.test('home: nothing moves when a scroll bar appears', async t => {
  const service = await start(t, 'ready')
  const { url } = service.sandbox
  for (const [width, height, lang] of [
    [1280, 500, 'en'], [390, 500, 'en'], [320, 500, 'ar'], [1280, 800, 'en'], [1280, 500, 'ar'], [1920, 500, 'en']
  ] as const) {
    const { page, context } = await openWindow(t, withScrollBars, 'about:blank', width)
    await page.setViewportSize({ width, height })
    await page.goto(`${url}/marketplace/app/1/?lang=${lang}&user=1`)
    t.strictSame(await faults(await frameOf(page, service)), [], `${width} x ${height}, ${lang}`)
    if (height === 500) {
      t.ok(await page.evaluate(() => window.innerWidth > document.documentElement.clientWidth), 'there is a scroll bar')
    }
    await look(page, `home-scroll-bars-${width}-${height}-${lang}`)
    await context.close()
  }
})

await t.test('home: the frame has the height of what is open in it', async t => {
  const service = await start(t, 'ready')
  const { page } = await openWindow(t, browser, `${service.sandbox.url}/marketplace/app/1/?lang=en&user=1`, 320)
  const frame = await frameOf(page, service)
  // It is fitted, and no taller than it would be in any case.
  const heights = () => frame.evaluate(() => [innerHeight, Math.max(420, document.documentElement.offsetHeight)])
  const isFitted = () => until(async () => {
    const [frame, content] = await heights()
    return frame === content
  })
  const admin = frame.locator('summary', { hasText: 'For administrators' })
  await admin.click()
  await isFitted()
  const [open] = await heights()
  await admin.click()
  await isFitted()
  t.ok(Number((await heights())[0]) < Number(open), 'what was closed leaves no room')
})

await Promise.all([browser.close(), withScrollBars.close()])
