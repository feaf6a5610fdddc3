import t from 'tap'
import { faults, look } from '../window.ts'
import { browser, choosePlace, compose, sendButton, start } from './scene.ts'

await t.test('composer: a button keeps its place and the focus, and sends once', async t => {
  const service = await start(t)
  const { page, form, frame, written } = await compose(t, service, 'delivery')
  const button = sendButton(form)
  t.equal(await button.isVisible(), false, 'there is nothing to send yet')
  t.strictSame(await faults(frame), [])
  t.equal(await form.locator('[data-copy]').isDisabled(), true, 'nor to copy')
  await look(page, 'composer-unfinished')
  await form.getByLabel('Delivery note').fill('42')
  await written()
  await choosePlace(form, 'Feed')
  await form.getByText('All employees of your Bitrix24 will see the post.').waitFor()
  // The portal answers when it is let.
  let answer = () => {}
  const asked: string[] = []
  const isAnswered = new Promise<void>(resolve => { answer = resolve })
  await page.route('**/rest/log.blogpost.add*', async route => {
    if (route.request().method() === 'POST') asked.push(route.request().url())
    await isAnswered
    await route.continue()
  })
  await button.focus()
  await page.keyboard.press('Enter')
  await form.getByText('Sending…').waitFor()
  await page.keyboard.press('Enter')
  t.equal(await button.getAttribute('aria-disabled'), 'true')
  t.equal(await button.isVisible(), true)
  t.strictSame(await faults(frame), [])
  await look(page, 'composer-sending')
  answer()
  await form.getByText('Sent to: Feed').waitFor()
  t.equal(await button.getAttribute('aria-disabled'), 'false')
  t.equal(await button.evaluate(element => element === document.activeElement), true, 'the focus stays')
  t.equal(asked.length, 1)
})

await t.test('composer: without a script there is no button that does nothing', async t => {
  const service = await start(t)
  for (const javaScriptEnabled of [true, false]) {
    const context = await browser.newContext({ javaScriptEnabled })
    t.after(() => context.close())
    const page = await context.newPage()
    await page.route(`${service.url}/page`, route => route.fulfill({
      contentType: 'text/html',
      body:
        '<!doctype html><link rel="stylesheet" href="/assets/page.css"><button class="button" disabled>Copy</button>'
    }))
    await page.goto(`${service.url}/page`)
    t.equal(await page.locator('button').isVisible(), javaScriptEnabled)
  }
})

await t.test('composer: works with the keyboard alone, in German and Arabic', async t => {
  const service = await start(t)
  for (const [lang, width] of [['de', 320], ['ar', 320], ['ar', 1280], ['en', 1920]] as const) {
    const { page, frame, form, written, complaints } = await compose(t, service, 'offer', { lang, width })
    await form.getByLabel('Number of the offer').focus()
    await page.keyboard.type('7')
    await written()
    await page.keyboard.press('Tab')
    await page.keyboard.press('t')
    t.match(await written(), 'tab%5D=terms')
    await form.getByLabel('Number of the offer').focus()
    await page.keyboard.press('Enter')
    t.strictSame(await faults(frame), [], `${lang} at ${width}`)
    t.equal(await frame.evaluate(() => document.documentElement.dir), lang === 'ar' ? 'rtl' : 'ltr')
    await look(page, `composer-${lang}-${width}`)
    t.strictSame(complaints, [], `${lang} at ${width}`)
  }
})

await browser.close()
