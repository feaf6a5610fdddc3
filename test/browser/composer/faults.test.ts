import t from 'tap'
import { until } from '../../until.ts'
import { faults, look } from '../window.ts'
import { browser, choosePlace, compose, declareClash, sendButton, start } from './scene.ts'

await t.test('composer: says what is wrong with the link as a whole', async t => {
  const service = await start(t)
  const { form, frame, written } = await compose(t, service, 'offer')
  await form.getByLabel('Number of the offer').fill('7')
  await written()
  await form.getByLabel('Tags').fill('x'.repeat(2000))
  await form.getByText('The link is too long. Shorten what you have written.').waitFor()
  await frame.evaluate(() => {
    const fetched = window.fetch
    window.fetch = async (url, init) => await fetched(url,
      { ...init, headers: { 'content-type': 'application/json', authorization: 'Bearer of.yester.day' } })
  })
  await form.getByLabel('Tags').fill('x')
  await form.getByText('This page was open too long and its access has expired. Reload the Bitrix24 page.').waitFor()
  t.equal(await form.locator('[data-link]').inputValue(), '', 'and there is no link')
})

await t.test('composer: makes links on a page that was open for longer than its session', async t => {
  const service = await start(t)
  const { form, frame, written } = await compose(t, service, 'offer')
  await frame.evaluate(() => {
    const fetched = window.fetch
    const first = document.querySelector<HTMLMetaElement>('meta[name="page-session"]')?.content
    window.fetch = async (url, init) => {
      const headers = new Headers(init?.headers)
      const isOld = headers.get('authorization') === `Bearer ${first}` && String(url).endsWith('/api/links')
      if (isOld) headers.set('authorization', 'Bearer of.yester.day')
      return await fetched(url, { ...init, headers })
    }
  })
  await form.getByLabel('Number of the offer').fill('7')
  await written()
  t.not(await form.locator('[data-link]').inputValue(), '')
})

await t.test('composer: refuses years of five digits at their fields, and sends no text of blanks', async t => {
  const service = await start(t)
  const { form, written, complaints } = await compose(t, service, 'offer')
  await form.getByLabel('Number of the offer').fill('7')
  const until = form.getByLabel('Until')
  await until.fill('12026-01-01T10:00')
  const faultOf = (block: string) => form.locator(block, { hasText: 'Check the format.' }).locator('[data-fault]')
  await faultOf('.field-block').waitFor()
  await until.fill('2026-01-01T10:00')
  await written()
  await choosePlace(form, 'My calendar')
  await form.getByLabel('Starts at').fill('12026-01-01T10:00')
  await sendButton(form).click()
  await faultOf('[data-channel="calendar"]').waitFor()
  t.equal(complaints.splice(0).length, 1, 'the browser tells of the refusal')
  await choosePlace(form, 'Feed')
  await form.getByLabel('Text of the link').fill('   ')
  await sendButton(form).click()
  await form.getByText('Sent to: Feed').waitFor()
  const { content } = service.sandbox.portals.alpha
  t.match(content.list('post').at(-1)?.text, /offerId.*\]\/marketplace/, 'its text is its address')
})

await t.test('composer: shows above the link what the server says of no field', async t => {
  const service = await start(t)
  const { form, frame, written } = await compose(t, service, 'offer')
  await form.getByLabel('Number of the offer').fill('7')
  await written()
  const answers: Array<[answer: object, text: string]> = [
    [{ error: 'B24_ERR_OPTIONS_MISMATCH', fields: [{ parameter: 'customer', reason: 'required' }] },
      'Customer: Please fill this in.'],
    [{
      error: 'B24_ERR_OPTIONS_MISMATCH',
      fields: [{ parameter: 'tags.0', reason: 'length' }, { parameter: 'tags.1', reason: 'length' }]
    }, ''],
    [
      { error: 'B24_ERR_LINK', message: 'params[tags] is empty, and would vanish', fields: [] },
      'The parameters of the link are damaged or do not fit this application. (params[tags] is empty, and would vanish)'
    ],
    [{ error: 'B24_ERR_LINK_WRITER' }, 'The parameters of the link are damaged or do not fit this application.'],
    [{ error: 'B24_ERR_OF_TOMORROW' }, 'The application is not responding. Try again in a minute.']
  ]
  let turn = 0
  for (const [answer, text] of answers) {
    await frame.evaluate(answer => {
      window.fetch = async () => {
        document.body.dataset['answered'] = String(Number(document.body.dataset['answered'] ?? 0) + 1)
        return Response.json(answer)
      }
    }, answer)
    await form.getByLabel('Tags').fill(`x${++turn}`)
    await frame.waitForFunction(turn => document.body.dataset['answered'] === turn, String(turn))
    await until(async () => (await form.locator('[data-error]').textContent()) === text)
    t.equal(await form.locator('[data-error]').isVisible(), text !== '', text)
  }
})

await t.test('composer: names a forgotten field, on leaving it and on Enter', async t => {
  const service = await start(t, declareClash)
  const { page, form, frame } = await compose(t, service, 'clash')
  const unfinished = form.getByText('Fill in the fields marked * to get the link.')
  await unfinished.waitFor()
  const faultOf = (label: string) =>
    form.locator('.field-block', { has: frame.getByLabel(label) }).locator('[data-fault]')
  await form.getByLabel('Its text').fill('b')
  t.equal(await faultOf('Its link').isVisible(), false, 'nobody has been there yet')
  await page.keyboard.press('Enter')
  await faultOf('Its link').waitFor()
  t.equal(await faultOf('Its link').textContent(), 'Please fill this in.')
  t.match(await frame.evaluate(() => document.activeElement?.id), /link$/, 'the first fault has the focus')
  const described = await form.getByLabel('Its link').evaluate(field =>
    field.getAttribute('aria-describedby')?.split(' ').map(id => document.getElementById(id)?.textContent))
  t.strictSame(described, ['Please fill this in.'])
  t.not(await form.getByLabel('Its link').evaluate(field => getComputedStyle(field).borderColor),
    await form.getByLabel('Its text').evaluate(field => getComputedStyle(field).borderColor))
  t.strictSame(await faults(frame), [])
  await look(page, 'composer-forgotten')
  await form.getByLabel('Its link').fill('a')
  await frame.waitForFunction(() =>
    document.querySelector<HTMLInputElement>('form[data-screen="clash"] [data-link]')?.value !== '')
  t.equal(await unfinished.isVisible(), false)
  t.equal(await faultOf('Its link').isVisible(), false)
  await form.getByLabel('Its text').fill('')
  await form.getByLabel('Its chat').focus()
  await faultOf('Its text').waitFor()
  for (const [label, value, text] of [['Its chat', '9', 'The number has to be from 2 to 5.'],
    ['Its task', '10', 'The number has to be 9 or less.'], ['Its task', '1.5', 'This value is not valid.']] as const) {
    await form.getByLabel(label).fill(value)
    await until(async () => await faultOf(label).textContent() === text)
  }
  t.strictSame(await form.getByLabel('Its chat').evaluate(field => field.getAttribute('aria-describedby')?.split(' ')
    .map(id => document.getElementById(id)?.textContent)), ['Of the game', 'The number has to be from 2 to 5.'])
})

await t.test('composer: the click that leaves a forgotten field ticks the box', async t => {
  const service = await start(t, declareClash)
  const { form, frame } = await compose(t, service, 'clash')
  // The frame grows with the form, and what grows moves.
  await frame.waitForFunction(() => innerHeight >= document.documentElement.scrollHeight)
  await form.getByLabel('Its link').focus()
  await form.getByLabel('Its calendar').click()
  t.equal(await form.getByLabel('Its calendar').isChecked(), true)
  await form.getByText('Please fill this in.').waitFor()
})

await browser.close()
