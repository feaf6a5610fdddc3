import t from 'tap'
import { look } from '../window.ts'
import { browser, checked, click, start } from './scene.ts'

await t.test("screens: a deal is shown, and its card opens in the portal's slider", async t => {
  const { service } = await start(t)
  for (const width of [320, 1280]) {
    const { page, frame, complaints } = await click(t, service, 'record', { id: 8061 }, { lang: 'de', width })
    await frame.getByText('Emil Novak').first().waitFor()
    await checked(t, `record-de-${width}`, page, frame)
    await frame.getByRole('link', { name: 'Karte öffnen' }).click()
    await page.frameLocator('.slider-frame[src*="/crm/deal/details/8061/"]').locator('h1').waitFor()
    await look(page, `screen-record-card-${width}`)
    t.strictSame(complaints, [])
  }
})

await t.test('screens: a deal that does not exist is refused in the slider', async t => {
  const { service } = await start(t)
  const { page, frame } = await click(t, service, 'record', { id: 1 }, { width: 320, lang: 'de' })
  t.equal(await frame.getByRole('link', { name: 'Karte öffnen' }).count(), 0)
  await checked(t, 'record-refused-de-320', page, frame)
})

await browser.close()
