import t from 'tap'
import { faults, frameOf, look, openWindow } from '../window.ts'
import { browser, choosePlace, compose, sendButton, sliderOf, start } from './scene.ts'

await t.test('composer: a link is written, sent to a chat and opened there', async t => {
  const service = await start(t)
  const { alpha } = service.sandbox.portals
  const { page, form, written, complaints } = await compose(t, service, 'delivery')
  await form.getByLabel('Delivery note').fill('42')
  t.match(await written(), 'params%5BdocId%5D=42')
  await form.getByLabel('Text of the link').fill('The delivery note [/URL][URL=https://evil.example]here')
  await choosePlace(form, 'Chat')
  await form.getByRole('combobox', { name: 'Chat' }).selectOption('Logistics')
  await sendButton(form).click()
  await form.getByText('Sent to: Logistics').waitFor()
  await look(page, 'composer-sent')
  const [chat] = await Promise.all([
    page.waitForEvent('popup'), form.getByRole('link', { name: 'Logistics' }).click()
  ])
  t.equal(await chat.getByRole('link', { name: 'here', exact: true }).count(), 0, 'a name becomes no link of its own')
  await chat.getByRole('link', { name: 'The delivery note' }).click()
  const slider = await sliderOf(chat, service)
  t.match(await slider.locator('main').textContent(), 'delivery-note-42')
  await look(chat, 'composer-opened')
  await page.goto(`${alpha.url}/marketplace/app/1/`)
  const home = await frameOf(page, service)
  const row = home.locator('section', { has: home.locator('#visits') }).locator('tbody tr')
  t.match(await row.textContent(), /Delivery note.*Delivery note.*42.*1/s)
  t.equal(await row.locator('svg rect').count(), 1)
  await row.getByText('Anna Berger').waitFor()
  t.strictSame(await faults(home), [])
  await row.scrollIntoViewIfNeeded()
  await look(page, 'composer-visits')
  t.strictSame(complaints, [])
})

await t.test('composer: the link of a signed screen cannot be edited', async t => {
  const service = await start(t)
  const { alpha } = service.sandbox.portals
  const { page, form, written } = await compose(t, service, 'offer')
  await form.getByLabel('Number of the offer').fill('7')
  const path = await written()
  t.match(path, /params%5Bexp%5D=\d+&params%5Bby%5D=1&params%5Bsig%5D=/)
  await page.goto(alpha.url + path)
  t.match(await (await sliderOf(page, service)).locator('main').textContent(), '{"offerId":7}')
  await page.goto(alpha.url + path.replace('offerId%5D=7', 'offerId%5D=8'))
  t.match(await (await sliderOf(page, service)).locator('main').textContent(), 'B24_ERR_LINK_SIGNATURE')
  await look(page, 'composer-edited')
})

await t.test('composer: names the permission that a place lacks', async t => {
  const service = await start(t)
  const { alpha } = service.sandbox.portals
  const { form, written } = await compose(t, service, 'delivery')
  await form.getByLabel('Delivery note').fill('42')
  await written()
  await choosePlace(form, 'Feed')
  await sendButton(form).click()
  await form.getByText('Sent to: Feed').waitFor()
  await choosePlace(form, 'Task')
  const tasks = form.getByRole('combobox', { name: 'Task' })
  await tasks.selectOption('31')
  await sendButton(form).click()
  await form.getByText(/^Sent to: (?!Feed)/).waitFor()
  await choosePlace(form, 'My calendar')
  await form.getByLabel('Starts at').fill('2026-12-24T18:00')
  await sendButton(form).click()
  await form.getByText('Sent to: My calendar').waitFor()
  await choosePlace(form, 'Chat')
  await sendButton(form).click()
  await form.getByText('Please fill this in.').waitFor()
  t.equal(await form.getByText('Sent to').count(), 0, 'what is not sent is not called so')
  await choosePlace(form, 'Task')
  await tasks.evaluate((select: HTMLSelectElement) => {
    select.add(new Option('A task that is gone', '999'))
    select.value = '999'
  })
  await sendButton(form).click()
  await form.getByText('Not sent: Bitrix24 refused it. (Insufficient permissions to add a comment.)', { exact: true })
    .waitFor()
  for (const path of ['/stream/', '/tasks/task/view/31/', '/calendar/']) {
    const { page } = await openWindow(t, browser, alpha.url + path)
    if (path === '/calendar/') await page.getByRole('link', { name: 'Delivery note' }).first().click()
    await page.locator('main a[href*="docId%5D=42"]').first().click()
    t.match(await (await sliderOf(page, service)).locator('main').textContent(), 'delivery-note-42', path)
  }
  alpha.scope = alpha.scope.filter(scope => scope !== 'im')
  const again = await compose(t, service, 'delivery')
  const places = await again.form.locator('.send').textContent()
  t.match(places, /Person\s*The application needs the permission im for this\.\s+Chat\s*The application needs/)
  t.strictSame(await again.form.locator('[name="channel"]').evaluateAll((radios: HTMLInputElement[]) =>
    radios.map(({ value }) => value)), ['feed', 'task', 'calendar'])
  alpha.scope = alpha.scope.filter(scope => !['log', 'task', 'calendar'].includes(scope))
  const none = await compose(t, service, 'delivery')
  await none.form.getByLabel('Delivery note').fill('42')
  await none.form.getByText('The application needs the permission log for this.').waitFor()
  for (const part of [sendButton(none.form), none.form.getByLabel('Text of the link')]) {
    t.equal(await part.isVisible(), false, 'where nothing can be sent, nothing is asked')
  }
  t.strictSame(await faults(none.frame), [])
})

await t.test('composer: a text is suggested as the language joins its words', async t => {
  const service = await start(t)
  const rows = [['de', 'Lieferschein: 42'], ['fr', 'Delivery note\u00a0: 42'], ['ja', 'Delivery note：42']]
  for (const [lang, text] of rows) {
    const { form, written, context } = await compose(t, service, 'delivery', { lang })
    await form.locator('[data-path]').fill('42')
    await written()
    t.equal(await form.locator('[data-text]').inputValue(), text)
    await context.close()
  }
})

await t.test('composer: why a link was not sent is said in the language of the page', async t => {
  const service = await start(t)
  const { page, form, frame, written } = await compose(t, service, 'delivery')
  await form.getByLabel('Delivery note').fill('42')
  await written()
  await choosePlace(form, 'Feed')
  const silent = 'Your Bitrix24 did not respond to the application. Try again in a minute.'
  const busy = 'Bitrix24 is busy right now. Wait a minute and try again.'
  const rows: Array<[status: number, body: object | string, text: string]> = [
    [200, '<!doctype html><h1>It works!</h1>', silent],
    [500, { error: 'INTERNAL_SERVER_ERROR', error_description: 'Internal server error' }, silent],
    [401, { error: 'OVERLOAD_LIMIT', error_description: 'REST API is blocked due to overload.' }, busy],
    [401, { error: 'PAYMENT_REQUIRED', error_description: 'Payment required' },
      'The subscription or trial period of the application has ended in this Bitrix24. ' +
      'Ask an administrator to renew the subscription.'],
    [403, { error: 'ACCESS_DENIED', error_description: 'Access denied!' },
      'You or the application do not have permission to post there.'],
    [400, { error: 'ERROR_CORE', error_description: 'The <b>feed</b> is closed.<br>' },
      'Bitrix24 refused it. (The feed is closed.)'],
    [503, { error: 'QUERY_LIMIT_EXCEEDED', error_description: 'Too many requests' }, busy],
    [429, { error: 'OPERATION_TIME_LIMIT', error_description: 'Method is blocked' }, busy],
    [400, { error: '' }, 'Bitrix24 refused it.'],
    [200, { error: '', error_description: 'Not set', time: {} }, 'Bitrix24 refused it. (Not set)']
  ]
  for (const [status, body, text] of rows) {
    await page.unrouteAll()
    await page.route('**/rest/log.blogpost.add*', route => route.fulfill({
      status,
      headers: { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' },
      contentType: typeof body === 'string' ? 'text/html' : 'application/json',
      body: typeof body === 'string' ? body : JSON.stringify(body)
    }))
    await Promise.all([page.waitForResponse('**/rest/log.blogpost.add*'), sendButton(form).click()])
    await form.locator('[data-send][aria-disabled="false"]').waitFor()
    t.equal(await form.locator('[data-sent]').textContent(), `Not sent: ${text}`, `${status} ${JSON.stringify(body)}`)
  }
  await page.unrouteAll()
  await page.route('**/rest/log.blogpost.add*', route => route.abort())
  await sendButton(form).click()
  await form.getByText(`Not sent: ${silent}`, { exact: true }).waitFor()
  // As outside of a portal.
  await frame.evaluate(() => {
    const { service } = window as unknown as { service: object }
    Object.assign(service, { frame: async () => { throw Object.assign(new Error(), { code: 'B24_FRAME_OUTSIDE' }) } })
  })
  await form.locator('[data-sent]').evaluate(line => { line.textContent = '' })
  await sendButton(form).click()
  await form.getByText(`Not sent: ${silent}`, { exact: true }).waitFor()
})

await browser.close()
