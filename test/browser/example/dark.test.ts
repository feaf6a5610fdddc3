import t from 'tap'
import type { Frame, Page } from 'playwright-core'
import { frameOf } from '../window.ts'
import { browser, checked, click, start } from './scene.ts'

await t.test('pages: are dark where browser and service want it', async t => {
  const { service } = await start(t, { COLOR_SCHEME: 'system' })
  const show = async (page: Page, frame: Frame, name: string) => {
    await page.emulateMedia({ colorScheme: 'dark' })
    await checked(t, `dark-${name}`, page, frame)
    const { color, colorScheme } = await frame.evaluate(() => getComputedStyle(document.body))
    t.strictSame({ color, colorScheme }, { color: 'rgb(248, 248, 248)', colorScheme: 'dark' }, name)
  }
  const request = { subject: 'A lamp', text: 'For the hall.', authorId: 3, approverId: 1 }
  const { page, frame } = await click(t, service, 'approval', request, { width: 390 })
  await show(page, frame, 'approval')
  await page.goto(`${service.sandbox.url}/marketplace/app/1/`)
  const home = await frameOf(page, service)
  for (const title of ['Document', 'Show the journal', 'For administrators']) {
    await home.locator('summary', { hasText: title }).click()
  }
  await home.locator('.journal tbody tr').first().waitFor()
  await show(page, home, 'home')
  for (const [screen, params] of [['document', { docId: 'notes.txt' }], ['record', { id: 1 }]] as const) {
    const { page, frame } = await click(t, service, screen, params, { width: 390 })
    await show(page, frame, screen)
    if (screen === 'document') {
      const ground = await frame.locator('.preview').evaluate(element => getComputedStyle(element).backgroundColor)
      t.equal(ground, 'rgba(0, 0, 0, 0)', 'no light line beside a preview')
    }
  }
})

await browser.close()
