import t from 'tap'
import { frameOf, openWindow } from '../window.ts'
import { browser, checked, start } from './scene.ts'

await t.test('example: the deal tab saves a comment in the timeline of its deal', async t => {
  const { service } = await start(t)
  const { alpha } = service.sandbox.portals
  const texts = {
    en: ['At a glance', 'Save comment', 'Saved in the timeline.'],
    de: ['Auf einen Blick', 'Kommentar speichern', 'In der Timeline gespeichert.'],
    ar: ['نظرة سريعة', 'حفظ التعليق', 'تم الحفظ في الخط الزمني.']
  } as const
  for (const [lang, width] of [['en', 1000], ['de', 1000], ['en', 400], ['de', 400], ['ar', 320]] as const) {
    const [tab, save, saved] = texts[lang]
    const { page, complaints } =
      await openWindow(t, browser, `${alpha.url}/crm/deal/details/8061/?lang=${lang}&user=2`, width)
    await page.getByRole('link', { name: tab }).click()
    const frame = await frameOf(page, service)
    await frame.getByText('Marta Lind').waitFor()
    await frame.locator('textarea').fill(`Call her, ${lang} ${width}`)
    await frame.getByRole('button', { name: save }).click()
    await frame.getByText(saved).waitFor()
    t.equal(await frame.locator('textarea').inputValue(), '')
    t.match(alpha.content.list('deal-comment', '8061').at(-1), { text: `Call her, ${lang} ${width}`, authorId: 2 })
    await checked(t, `deal-tab-${lang}-${width}`, page, frame)
    t.strictSame(complaints, [])
  }
})

await t.test('example: the deal tab says that a comment was not saved, and keeps it', async t => {
  const { service } = await start(t)
  const { page } = await openWindow(t, browser, `${service.sandbox.url}/crm/deal/details/8061/`, 400)
  await page.getByRole('link', { name: 'At a glance' }).click()
  const frame = await frameOf(page, service)
  const text = frame.locator('textarea')
  await text.fill(' \n ')
  await frame.getByRole('button', { name: 'Save comment' }).click()
  t.equal(await text.evaluate(field => field.matches(':focus:invalid')), true, 'blanks are refused at the field')
  service.sandbox.trouble.rest = 'down'
  await frame.locator('textarea').fill('Call her')
  await frame.getByRole('button', { name: 'Save comment' }).click()
  const status = frame.getByText('Not saved. Reload the page and try again.')
  await status.waitFor()
  t.match(await status.getAttribute('class'), /\bfault\b/, 'it looks like a fault')
  t.equal(await frame.locator('textarea').inputValue(), 'Call her')
  await checked(t, 'deal-tab-failed-400', page, frame)
})

await browser.close()
