import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { fingerprint } from '../../scripts/pictures/fingerprint.ts'
import { scenes } from '../../scripts/pictures/scenes.ts'
import { root, unmeasuredNode } from '../app/process.ts'
import { until } from '../until.ts'
import { freePort } from '../service.ts'
import { openBrowser } from './chromium.ts'
import { faults, frameOf, look, openWindow } from './window.ts'

const browser = await openBrowser()

// npm run demo
const [port, portalPort] = [await freePort(), await freePort()]
const demo = spawn(...unmeasuredNode('--disable-warning=ExperimentalWarning', '--conditions=fastify-bitrix24-source',
  join(root, 'sandbox/demo.ts')), {
  env: { ...process.env, PORT: String(port), PORTAL_PORT: String(portalPort) }, stdio: ['ignore', 'pipe', 'inherit']
})
let printed = ''
demo.stdout.on('data', text => { printed += text })
await until(() => printed.includes('Open http'))
const [service, portal] = [{ url: `http://127.0.0.1:${port}` }, `http://localhost:${portalPort}`]

await t.test('demo: the pictures of the docs show what it looks like', async t => {
  const shown: Record<string, string> = JSON.parse(readFileSync(join(root, '.github/pictures.json'), 'utf8'))
  const { page: first } = await openWindow(t, browser, portal)
  await first.waitForURL('**/stream/**')
  t.match(await first.getByRole('status').textContent(),
    /Demo widgets is installed on Portal Alpha.*CRM_DEAL_DETAIL_TAB.*IM_SIDEBAR.*REST_APP_URI/s)
  await look(first, 'demo-first')
  for (const { name, width, height, show } of scenes) {
    const page = await browser.newPage({ viewport: { width, height } })
    await show(page, portal)
    t.equal(await fingerprint(page), shown[name], `${name}.webp is current, else: npm run pictures`)
    await page.close()
  }
})

await t.test('demo: a first visit opens, sends, answers, breaks and repairs', async t => {
  const { page, complaints } = await openWindow(t, browser, portal)
  t.strictSame(await faults(page.mainFrame()), [])

  const start = page.getByRole('region', { name: 'Start here' })
  const note = start.getByRole('link', { name: 'Delivery note 42' })
  await note.click()
  await (await frameOf(page, service)).getByRole('heading', { name: 'delivery-note-42.txt' }).waitFor()
  await page.keyboard.press('Escape')

  await start.getByRole('button', { name: 'Take the authorization server down' }).click()
  const back = start.getByRole('button', { name: 'bring the server back' })
  await back.waitFor()
  t.strictSame(await faults(page.mainFrame()), [], 'a button that is pointed at can be read')
  await note.click()
  const refused = await frameOf(page, service)
  t.match(await refused.locator('main').textContent(), 'AUTHORIZATION_SERVER_UNAVAILABLE')
  const again = page.waitForResponse(response => response.url().includes('/placement?'))
  await refused.getByRole('button', { name: 'Reload' }).click()
  t.equal((await again).status(), 503, 'the slider stays, and calls the application again')
  await page.keyboard.press('Escape')
  await back.click()
  await start.getByRole('button', { name: 'Take the authorization server down' }).waitFor()

  await start.getByRole('link', { name: 'Make a link yourself' }).click()
  const home = await frameOf(page, service)
  const form = home.locator('form[data-screen="approval"]')
  const fold = home.getByText('Document', { exact: true }).first()
  const top = async () => Number((await fold.boundingBox())?.y)
  await fold.click()
  await home.getByLabel('Document').first().waitFor()
  await until(async () => await top() >= 0)
  await home.getByText('Approval', { exact: true }).first().click()
  await form.getByLabel('Subject').fill('A lamp for the hall')
  await form.getByRole('button', { name: 'Choose' }).first().click()
  await page.getByRole('dialog').getByText('Emil Novak').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Select' }).click()
  await form.getByRole('button', { name: 'Send', exact: true }).click()
  await form.getByText('Sent to').waitFor()

  await page.getByRole('link', { name: 'Feed' }).click()
  await until(async () => await start.locator('.done').count() === 3)
  await start.getByRole('link', { name: 'as Emil' }).click()
  await page.waitForURL(/\/messenger\//)
  await page.getByRole('link', { name: 'A lamp for the hall' }).first().click()
  const asked = await frameOf(page, service)
  await asked.getByRole('button', { name: 'Approve' }).click()
  await asked.locator('.badge-approved').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  await page.getByRole('link', { name: 'Feed' }).click()
  t.match(await start.textContent(), /You are Emil now.*what Anna has sent you.*as Anna/s)
  await start.getByRole('link', { name: 'as Anna' }).click()
  await page.getByText(/A lamp for the hall.*approved/s).waitFor()

  await page.getByRole('link', { name: 'Feed' }).click()
  await page.getByRole('button', { name: 'Close “Start here”' }).click()
  await page.reload()
  t.equal(await start.isVisible(), false, 'a card that was closed stays closed')
  await page.getByRole('button', { name: 'Start here' }).click()
  t.equal(await start.isVisible(), true)
  t.strictSame(complaints.filter(text => !text.includes('503')), [])
})

await t.test('demo: the smallest window shows the name of the page', async t => {
  const { page } = await openWindow(t, browser, `${portal}/sandbox/panel/?lang=ar`, 320)
  const name = page.locator('.menu-button span')
  t.equal(await name.textContent(), 'Trouble and wire')
  t.ok(await name.evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth), 'it is not cut')
})

await t.test('demo: a narrow window has one bar, and sliders of its whole width', async t => {
  const { page } = await openWindow(t, browser, 'about:blank')
  for (const [width, lang] of [[320, 'ja'], [390, 'ar'], [640, 'de'], [760, 'en']] as const) {
    await page.setViewportSize({ width, height: 800 })
    await page.goto(`${portal}/stream/?lang=${lang}`)
    t.ok(Number((await page.locator('.topbar').boundingBox())?.height) <= 110, `${width} px`)
    await page.getByRole('button', { name: 'main menu' }).click()
    t.equal(await page.locator('#menu [aria-current="page"]').textContent().then(text => text?.trim()), 'Feed')
    if (width < 400) t.strictSame(await faults(page.mainFrame()), [], `menu, ${width} px`)
    await look(page, `demo-menu-${width}`)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'settings' }).click()
    await page.getByRole('combobox', { name: 'User' }).waitFor()
    if (width < 400) t.strictSame(await faults(page.mainFrame()), [], `settings, ${width} px`)
    await look(page, `demo-settings-${width}`)
    await page.keyboard.press('Escape')
    await page.locator('#link-note').click()
    const frame = await frameOf(page, service)
    const { width: text = 0 } = await frame.locator('h1').boundingBox() ?? {}
    t.ok(text >= (width < 400 ? width - 80 : width - 160), `${text} px of text at ${width}`)
    await look(page, `demo-slider-${width}`)
    await page.click('.slider-close')
  }
})

await browser.close()
demo.kill('SIGTERM')
await once(demo, 'exit')
