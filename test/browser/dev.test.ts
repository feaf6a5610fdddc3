import t from 'tap'
import { initMyApp, startDev } from '../my-app.ts'
import { openBrowser } from './chromium.ts'
import { openWindow } from './window.ts'

const browser = await openBrowser()
const view = 'application/views/deal-tab.eta'

await t.test('dev: an open slider shows the edited widget without a reload by hand', async t => {
  const { folder, edit } = await initMyApp(t)
  const { portal } = await startDev(t, folder)
  const { page, complaints } = await openWindow(t, browser, `${portal}/marketplace/placement/CRM_DEAL_DETAIL_TAB/`)
  const widget = page.frameLocator('.slider-frame').frameLocator('iframe')
  const deal = 'Furniture for an office in Berlin'
  await widget.getByRole('heading', { name: deal }).waitFor()
  await widget.getByText('Nobody has commented').waitFor()

  edit(view, '<h1>', '<h1>Edited: ')
  await widget.getByRole('heading', { name: `Edited: ${deal}` }).waitFor()
  t.equal(await page.locator('.slider').count(), 1, 'the slider has stayed open')
  edit('application/locales/en.json', 'Nobody has', 'No one has')
  await widget.getByText('No one has commented').waitFor()
  edit('application/public/deal-tab.js', "? 'ready' : 'empty'", "? 'ready' : 'failed'")
  await widget.getByRole('button', { name: 'Try again' }).waitFor()

  await page.goto(`${portal}/marketplace/app/1/`)
  const home = page.frameLocator('iframe')
  await home.locator('h1').waitFor()
  edit('application/locales/en.json', '{', '{ "home.title": "Edited home",')
  await page.waitForFunction(() => performance.getEntriesByType('navigation')[0]?.toJSON().type === 'reload')
  await home.locator('h1').waitFor()
  t.strictSame(complaints, [])
})

await browser.close()
