import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { chromium, type Page } from 'playwright-core'
import { startService } from '../service.ts'

// A Chromium that is installed here: nothing is downloaded.
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] || '/usr/bin/chromium', args: ['--no-sandbox']
})
const { bitrix24, alpha, url, close } = await startService()
after(() => Promise.all([browser.close(), close()]))

const tab = (page: Page) => page.frameLocator('.slider-frame').frameLocator('iframe')

/** Opens the tab of the deal 8061 in the slider of the portal. */
async function open (lang = 'en', settings = {}) {
  const page = await browser.newPage(settings)
  const complaints: string[] = []
  page.on('console', message => { if (message.type() === 'error') complaints.push(message.text()) })
  page.on('pageerror', error => complaints.push(error.message))
  const origins = new Set<string>()
  page.on('request', request => { if (request.url().startsWith('http')) origins.add(new URL(request.url()).origin) })
  await page.goto(`${alpha.url}/marketplace/placement/CRM_DEAL_DETAIL_TAB/?lang=${lang}`)
  await tab(page).getByRole('heading', { level: 1 }).waitFor()
  return { page, tab: tab(page), complaints, origins }
}

test('deal tab: saves a comment and lists it', async () => {
  const { page, tab, complaints, origins } = await open()
  await tab.getByText('Nobody has commented on this deal yet.').waitFor()
  await tab.getByRole('textbox', { name: 'New comment' }).fill('Call them\non Monday')
  await tab.getByRole('button', { name: 'Save comment' }).click()
  await tab.getByText('Saved in the timeline.').waitFor()
  await tab.getByRole('listitem').filter({ hasText: 'Anna Berger' }).getByText('Call them').waitFor()
  await tab.locator('textarea:focus').waitFor()
  await tab.getByRole('textbox').fill('And')
  assert.equal(await tab.getByRole('status').first().textContent(), '')
  assert.deepEqual(complaints, [])
  assert.deepEqual([...origins].filter(origin => origin !== alpha.url && origin !== url), [])
  assert.deepEqual(await page.context().cookies(url), [])
  await page.close()
})

test('deal tab: says that the comments cannot be loaded, and tries again', async () => {
  const { page, tab } = await open()
  await tab.getByRole('list', { name: 'Comments' }).waitFor()
  bitrix24.trouble.rest = 'down'
  await tab.getByRole('textbox').fill('Lost')
  await tab.getByRole('button', { name: 'Save comment' }).click()
  await tab.getByText('The comment was not saved.').waitFor()
  assert.equal(await tab.getByRole('textbox').inputValue(), 'Lost')
  await page.route('**/api/deals/*/comments', route => route.abort())
  bitrix24.trouble.rest = 'none'
  await page.reload()
  await tab.getByText('The comments could not be loaded.').waitFor()
  await page.unroute('**/api/deals/*/comments')
  await tab.getByRole('button', { name: 'Try again' }).click()
  await tab.getByRole('list', { name: 'Comments' }).waitFor()
  await page.close()
})

test('deal tab: fits a narrow window, in Arabic', async () => {
  const { page, tab, complaints } = await open('ar', { viewport: { width: 320, height: 800 } })
  await tab.getByRole('list', { name: 'التعليقات' }).waitFor()
  const { dir, scrollWidth, clientWidth } = await tab.locator('html').evaluate(html =>
    ({ dir: html.dir, scrollWidth: html.scrollWidth, clientWidth: html.clientWidth }))
  assert.equal(dir, 'rtl')
  assert.equal(scrollWidth, clientWidth)
  assert.deepEqual(complaints, [])
  await page.close()
})
