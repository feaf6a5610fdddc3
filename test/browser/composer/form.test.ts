import t from 'tap'
import { until } from '../../until.ts'
import { faults, look } from '../window.ts'
import { browser, compose, declareClash, start } from './scene.ts'

await t.test('composer: the form takes every type and leaves out what is empty', async t => {
  const service = await start(t)
  const { form, written, complaints } = await compose(t, service, 'offer')
  const number = form.getByLabel('Number of the offer')
  await number.fill('0')
  await form.getByText('The number has to be 1 or more.').waitFor()
  t.equal(await form.locator('[data-link]').inputValue(), '')
  t.equal(await form.locator('.send').isVisible(), false, 'nothing to send yet')
  await number.fill('7')
  t.notMatch(await written(), /tab|tags|urgent|until|customer/)
  await form.getByLabel('Floor').fill('2')
  t.equal(await form.locator('[data-link]').inputValue(), '', 'a group that has begun wants its city')
  await form.getByLabel('City').fill('Köln')
  await form.getByLabel('Tab').selectOption('terms')
  await form.getByLabel('Tags').fill('a\n\n b ')
  await form.getByLabel('Urgent').check()
  await form.getByLabel('Until').fill('2026-12-24T18:00')
  const link = new URL(await written(), 'http://localhost')
  const { sig, exp, by, ...params } = Object.fromEntries([...link.searchParams].map(([name, value]) =>
    [name.slice(7, -1), value]))
  t.strictSame(params, {
    screen: 'offer',
    offerId: '7',
    tab: 'terms',
    'tags][0': 'a',
    'tags][1': 'b',
    urgent: 'true',
    until: new Date('2026-12-24T18:00').toISOString(),
    'customer][city': 'Köln',
    'customer][floor': '2'
  })
  t.ok(sig && exp)
  t.equal(by, String(service.sandbox.portals.alpha.users.admin.id))
  t.strictSame(complaints, [])
})

await t.test('composer: the form names choices, JSON and how long a link is good', async t => {
  const service = await start(t)
  const { form, frame, page, written, complaints } = await compose(t, service, 'trip')
  t.strictSame(await form.getByLabel('Means').locator('option').allTextContents(), ['', 'By train', 'bus'])
  t.strictSame(await form.locator('label:has([aria-hidden])')
    .allTextContents(), ['Means *'], 'a box that is not ticked is an answer, too')
  t.match(await form.locator('.field-block', { hasText: 'Stops' }).locator('.hint')
    .textContent(), 'As JSON, for example: [{"city":"…"}]')
  t.equal(await form.getByLabel('Clerk').count(), 0)
  await form.getByText('It is valid for 1 hour.').waitFor()
  await form.getByLabel('Means').selectOption('By train')
  t.match(await written(), /means%5D=train.*paid%5D=false/)
  t.strictSame(await faults(frame), [])
  t.strictSame(complaints, [])
  await form.getByLabel('Stops').scrollIntoViewIfNeeded()
  await look(page, 'composer-trip-en-1280')
  const arabic = await compose(t, service, 'trip', { lang: 'ar', width: 320 })
  await arabic.form.getByText('مدة صلاحيته: ساعة.').waitFor()
  t.strictSame(await faults(arabic.frame), [])
  await arabic.form.getByLabel('Stops').scrollIntoViewIfNeeded()
  await look(arabic.page, 'composer-trip-ar-320')
})

await t.test('composer: no two elements have the same id', async t => {
  const service = await start(t, declareClash)
  const { page, context, form, frame, written } = await compose(t, service, 'clash')
  const ids = await frame.evaluate(() => [...document.querySelectorAll('[id]')].map(({ id }) => id))
  t.strictSame(ids.filter((id, at) => ids.indexOf(id) !== at), [])
  const dangling = await frame.evaluate(() => [...document.querySelectorAll('[aria-describedby]')]
    .flatMap(field => field.getAttribute('aria-describedby')?.split(' ') ?? []).filter(id =>
      document.getElementById(id) === null))
  t.strictSame(dangling, [], 'what describes a field is there')
  await form.getByLabel('Its link').fill('a')
  await form.getByLabel('Its text').fill('b')
  const link = await written()
  // The word is shown for two seconds.
  await Promise.all([
    form.getByRole('button', { name: 'Copied' }).waitFor(), form.getByRole('button', { name: 'Copy' }).click()
  ])
  await context.grantPermissions(['clipboard-read'])
  t.equal(await page.evaluate(() => navigator.clipboard.readText()), link)
})

await t.test('composer: no form is wider than a phone', async t => {
  const service = await start(t, declareClash)
  // A scroll bar that takes its own room leaves 305 of 320 pixels.
  for (const lang of ['en', 'de', 'ar']) {
    const { page, frame, form } = await compose(t, service, 'clash', { lang, width: 305 })
    await form.getByLabel('Its link').focus()
    await page.keyboard.press('Enter')
    // Folds of one name close each other.
    await frame.evaluate(() => {
      for (const fold of document.querySelectorAll('details')) {
        fold.removeAttribute('name')
        fold.open = true
      }
    })
    await until(async () => await form.locator('[data-fault]:not([hidden])').count() === 2)
    t.strictSame(await faults(frame), [], lang)
    await look(page, `composer-all-${lang}-305`)
  }
})

await browser.close()
