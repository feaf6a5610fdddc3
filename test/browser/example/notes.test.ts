import t from 'tap'
import { frameOf, openWindow } from '../window.ts'
import { browser, checked, start } from './scene.ts'

await t.test('example: a note is written in the sidebar and read by the others', async t => {
  const { service } = await start(t)
  const { alpha } = service.sandbox.portals
  const texts = {
    en: ['Save note', 'You, just now'],
    de: ['Notiz speichern', 'Sie, gerade eben'],
    ar: ['حفظ الملاحظة', 'أنت، الآن']
  } as const
  for (const [lang, width] of [['en', 1000], ['de', 400], ['de', 1000], ['en', 400], ['ar', 320]] as const) {
    const [save, now] = texts[lang]
    const { page, complaints } = await openWindow(t, browser, `${alpha.url}/placements/?lang=${lang}&user=2`, width)
    await page.locator('tr', { hasText: 'IM_SIDEBAR' }).getByRole('link').first().click()
    const frame = await frameOf(page, service)
    await frame.locator('textarea').fill(`Bring <b>the keys</b>\n${lang} ${width}`)
    const button = frame.getByRole('button', { name: save })
    await button.press('Enter')
    await frame.locator('#notes li').first().getByText(now).waitFor()
    t.equal(await button.evaluate(button => button === document.activeElement), true, 'the button keeps the focus')
    t.match(await frame.locator('#notes li').first().textContent(), `Bring <b>the keys</b>\n${lang} ${width}`)
    await checked(t, `notes-new-${lang}-${width}`, page, frame)
    t.strictSame(complaints, [])

    const other = await openWindow(t, browser, `${alpha.url}/placements/?lang=${lang}&user=3`, width)
    await other.page.locator('tr', { hasText: 'IM_SIDEBAR' }).getByRole('link').first().click()
    const read = await frameOf(other.page, service)
    await read.getByText('Emil Novak').first().waitFor()
    t.match(await read.locator('#notes li').first().textContent(), `${lang} ${width}`)
    await checked(t, `notes-${lang}-${width}`, other.page, read)
  }
})

await browser.close()
