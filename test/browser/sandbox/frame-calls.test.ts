import t from 'tap'
import { openBrowser } from '../chromium.ts'
import { appIn, ask, ready, scene, sliderPage } from './frame-scene.ts'

const browser = await openBrowser()

await t.test('frame calls: calls and chats are shown, and not answered', async t => {
  const { page, openPlacement } = await scene(t, browser)
  const app = await ready(await openPlacement('CRM_DEAL_LIST_TOOLBAR'))
  const notices: Array<[string, unknown[], string]> = [
    ['parent.imCallTo', [2, true], 'Calling Emil Novak with video …'],
    ['parent.imCallTo', [99, false], 'Calling user 99 …'],
    ['parent.imPhoneTo', ['+4930123456'], 'Calling +4930123456 …']
  ]
  for (const [method, args, text] of notices) {
    // The notice goes by itself.
    const told = sliderPage(page).getByRole('status').filter({ hasText: text }).waitFor()
    const answer = await ask(app, method, ...args)
    await told
    t.strictSame(await answer.given(), { isSafely: true }, `${text}: the SDK stops to wait`)
  }
  const opened = [
    ['parent.imOpenMessenger', 'chat2', '/messenger/?dialog=chat2'], ['parent.imOpenHistory', 'imol|5',
      '/messenger/?dialog=imol%7C5'], ['parent.imOpenMessenger', undefined, '/messenger/']
  ] as const
  for (const [method, dialog, path] of opened) {
    await ask(app, method, dialog)
    await page.locator('.slider').nth(1).waitFor()
    const address = new URL(await page.locator('.slider-frame').nth(1).getAttribute('src') ?? '')
    t.ok((address.pathname + address.search).startsWith(path), path)
    await page.keyboard.press('Escape')
    await page.locator('.slider').nth(1).waitFor({ state: 'detached' })
  }
  await appIn(page).locator('body').waitFor()
})

await browser.close()
