import type { Locator } from 'playwright-core'
import t from 'tap'
import type { Test } from 'tap'
import { openBrowser } from '../chromium.ts'
import { startService } from '../../service.ts'
import { look, openWindow } from '../window.ts'

const browser = await openBrowser()

/** A portal with the application installed on it. */
async function portal (t: Test): Promise<string> {
  const service = await startService(t)
  await service.install()
  return service.sandbox.url
}

/** Whether a line is around it, as there is nothing else that sets it off where the user has chosen the colours. */
const hasEdge = (part: Locator): Promise<boolean> => part.evaluate(element => {
  const { outlineStyle, outlineColor } = getComputedStyle(element)
  return outlineStyle === 'solid' && outlineColor !== getComputedStyle(document.documentElement).backgroundColor
})

/** The least contrast of the ring around what has the focus to the colours of the ground that it lies on. */
const ringContrast = (part: Locator, ground: string): Promise<number> => part.evaluate((element, ground) => {
  const luminances = (colors: string): number[] => [...colors.matchAll(/rgba?\((\d+), (\d+), (\d+)/g)].map(color => {
    const [red = 0, green = 0, blue = 0] = color.slice(1).map(value =>
      Number(value) <= 10 ? Number(value) / 3294 : ((Number(value) / 255 + 0.055) / 1.055) ** 2.4)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  })
  const { backgroundImage, backgroundColor } = getComputedStyle(element.closest(ground) ?? element)
  const [ring = 0] = luminances(getComputedStyle(element).outlineColor)
  const under = luminances(backgroundColor + backgroundImage)
  return Math.min(...under.map(other => (Math.max(ring, other) + 0.05) / (Math.min(ring, other) + 0.05)))
}, ground)

await t.test('display: in colours that the user has chosen, what opens has an edge', async t => {
  const { page } = await openWindow(t, browser, 'about:blank', 390)
  await page.emulateMedia({ forcedColors: 'active' })
  await page.goto(`${await portal(t)}/sandbox/panel/`)
  for (const [button, opened] of [['main menu', '#menu'], ['settings', '#settings']] as const) {
    await page.getByRole('button', { name: button }).click()
    t.equal(await hasEdge(page.locator(opened)), true, button)
    t.equal(await hasEdge(page.locator(`${opened} [aria-current]`).first()), true, `${button}: where one is`)
    await look(page, `forced-${button}`)
    await page.keyboard.press('Escape')
  }
  await page.getByRole('button', { name: 'Reset all faults' }).click()
  await page.getByText('There is no fault any more.').waitFor()
  t.equal(await hasEdge(page.locator('#notice')), true, 'notice')
  t.equal(await hasEdge(page.locator('.status').first()), true, 'status')
})

await t.test('display: the ring of the focus is seen on every ground', async t => {
  const { page } = await openWindow(t, browser, `${await portal(t)}/stream/`, 390)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  const menu = page.getByRole('button', { name: 'main menu' })
  t.ok(await ringContrast(menu, 'body') >= 3, 'on the portal')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  t.ok(await ringContrast(page.getByRole('link', { name: 'Feed' }), '#menu') >= 3, 'in the menu')
  await page.keyboard.press('Escape')
  t.equal(await menu.evaluate(button => button === document.activeElement), true, 'Esc gives the focus back')
  const server = page.getByRole('button', { name: 'Take the authorization server down' })
  await server.press('Shift')
  t.ok(await server.evaluate(button => {
    const { outlineOffset, outlineWidth } = getComputedStyle(button)
    return parseFloat(outlineOffset) + parseFloat(outlineWidth) <= 0
  }), 'it covers no letters of the lines beside a button')
  await page.locator('#link-simple').press('Enter')
  t.ok(await ringContrast(page.locator('.slider-close'), '.slider-close') >= 3, 'on the cross of a slider')
})

await t.test('display: on paper there is the text, and no menu', async t => {
  const { page } = await openWindow(t, browser, `${await portal(t)}/stream/`)
  await page.emulateMedia({ media: 'print' })
  t.equal(await page.locator('#menu, .topbar, form').filter({ visible: true }).count(), 0)
  t.notSame(await page.locator('h1').evaluate(heading => getComputedStyle(heading).color), 'rgb(255, 255, 255)')
  await look(page, 'print')
})

await browser.close()
