import t from 'tap'
import type { Page } from 'playwright-core'
import { openBrowser } from '../chromium.ts'
import { startService } from '../../service.ts'
import { faults, frameOf, look, openWindow, sliderLinkOn } from '../window.ts'

const browser = await openBrowser()

const PAGES = [
  '/stream/', '/messenger/?dialog=chat2', '/tasks/', '/tasks/task/view/31/', '/calendar/', '/calendar/event/1/',
  '/crm/deal/', '/crm/deal/details/8061/', '/company/personal/user/2/', '/placements/', '/devops/',
  '/marketplace/app/1/', '/marketplace/placement/1/', '/sandbox/panel/', '/nowhere/'
]
const LOOKS: Array<[width: number, lang: string]> = [[320, 'ar'], [320, 'de'], [1280, 'de'], [1920, 'ar']]

await t.test('portal: every page is accessible and never wider than its window', async t => {
  const service = await startService(t)
  await service.install()
  await Promise.all(LOOKS.map(async ([width, lang]) => {
    const { page, complaints } = await openWindow(t, browser, 'about:blank', width)
    for (const path of PAGES) {
      await page.goto(`${service.sandbox.url}${path}${path.includes('?') ? '&' : '?'}lang=${lang}`)
      t.strictSame(await faults(page.mainFrame()), [], `${path} at ${width}, ${lang}`)
      const heard = complaints.splice(0).filter(text => path !== '/nowhere/' || !text.includes('404'))
      t.strictSame(heard, [], `${path} at ${width}, ${lang}`)
      await look(page, `${path.replace(/\W+/g, '-')}-${width}-${lang}`)
    }
  }))
})

await t.test('portal: what opens over a page is accessible, too', async t => {
  const service = await startService(t)
  const { url, trouble } = service.sandbox
  // Else the installation is finished before one has looked around.
  trouble.authorizationServer = 'down'
  for (const [width, lang] of LOOKS) {
    const install = await openWindow(t, browser, `${url}/marketplace/app/1/?lang=${lang}`, width)
    t.strictSame(await faults(install.page.mainFrame()), [], `install page at ${width}, ${lang}`)
    await install.context.close()
  }
  trouble.authorizationServer = 'none'
  await service.install()
  const openers: Array<[name: string, path: string, open: (page: Page) => Promise<void>]> = [
    ['slider with a label', '/stream/', async page => {
      await page.evaluate(() => Reflect.get(window, 'portalSliders')
        .open('/tasks/', { title: 'Tasks', label: { text: 'A note', bgColor: 'violet' } }))
      await page.locator('.slider.loaded .slider-label').waitFor()
      const covered = await page.evaluate(() => {
        const boxOf = (name: string) => document.querySelector(name)?.getBoundingClientRect() ?? new DOMRect()
        const label = boxOf('.slider-label')
        return ['.slider-close', '.slider-frame'].filter(name => {
          const { left, right, top, bottom } = boxOf(name)
          return left < label.right && label.left < right && top < label.bottom && label.top < bottom
        })
      })
      t.strictSame(covered, [], 'the label covers neither the cross nor the page')
    }],
    ['choice of users', '/marketplace/app/1/', async page => {
      const frame = await frameOf(page, service)
      await frame.evaluate(() => parent.postMessage(`selectUser:{}:key:${window.name.split('|')[2]}`, '*'))
      await page.locator('dialog[open]').waitFor()
    }],
    ['panel with open details', '/sandbox/panel/', async page => {
      await page.locator('details').first().waitFor()
      await page.evaluate(() => document.querySelectorAll('details').forEach(details => { details.open = true }))
    }]
  ]
  await Promise.all(LOOKS.map(async ([width, lang]) => {
    const { page } = await openWindow(t, browser, 'about:blank', width)
    for (const [name, path, open] of openers) {
      await page.goto(`${url}${path}?lang=${lang}`)
      await open(page)
      t.strictSame(await faults(page.mainFrame()), [], `${name} at ${width}, ${lang}`)
      await look(page, `${name}-${width}-${lang}`)
    }
  }))
})

await t.test('portal: works with the keyboard alone', async t => {
  const service = await startService(t)
  await service.install()
  const { page } = await openWindow(t, browser, `${service.sandbox.url}/stream/`)
  const focused = (attribute: string) =>
    page.evaluate(name => document.activeElement?.getAttribute(name) ?? '', attribute)
  /** Presses the key until the focus is where it should be, a number of times at most. */
  const pressUntil = async (key: string, most: number, isThere: () => Promise<boolean>) => {
    for (let presses = 0; presses < most && !await isThere(); presses++) await page.keyboard.press(key)
  }
  await pressUntil('Tab', 60, async () => (await focused('href')).startsWith('/marketplace/view/'))
  await page.keyboard.press('Enter')
  const frame = await frameOf(page, service)
  t.match(await frame.locator('h1').textContent(), 'Opened from a link')
  t.equal(await page.evaluate(() =>
    document.activeElement?.closest('dialog') !== null), true, 'the focus is in the slider')
  await page.keyboard.press('Tab')
  await pressUntil('Shift+Tab', 20, async () => await focused('class') === 'slider-close')
  await page.keyboard.press('Enter')
  await page.locator('.slider').waitFor({ state: 'detached' })
  t.match(await focused('href'), '/marketplace/view/', 'the focus is back on the link')

  await page.setViewportSize({ width: 390, height: 800 })
  await page.getByRole('button', { name: 'main menu' }).press('Enter')
  await page.keyboard.press('Tab')
  t.equal(await page.locator('#menu:popover-open a:focus').count(), 1)
  await pressUntil('Tab', 20, async () => !(await page.locator('#menu a:focus').count()))
  t.equal(await page.locator(':popover-open').count(), 0, 'the menu is closed behind whoever goes on')
})

await t.test('portal: a double click is one click', async t => {
  const service = await startService(t)
  await service.install()
  const { page } = await openWindow(t, browser, `${service.sandbox.url}/stream/`)
  // The slider is on its way when the second click comes.
  await page.emulateMedia({ reducedMotion: 'no-preference' })
  await sliderLinkOn(page).dblclick()
  await frameOf(page, service)
  t.equal(await page.locator('.slider').count(), 1, 'the slider is open')
  await page.setViewportSize({ width: 390, height: 800 })
  await page.getByRole('button', { name: 'Close', exact: true }).dblclick()
  await page.locator('.slider').waitFor({ state: 'detached' })
  t.equal(await page.locator(':popover-open').count(), 0, 'the button behind its cross was not meant')
})

await t.test('portal: Arabic runs from right to left, also in the frame', async t => {
  const service = await startService(t)
  await service.install()
  const { page } = await openWindow(t, browser, `${service.sandbox.url}/stream/?lang=ar`)
  await sliderLinkOn(page).click()
  const frame = await frameOf(page, service)
  t.strictSame(await Promise.all([page, frame].map(part => part.evaluate(() => document.documentElement.dir))),
    ['rtl', 'rtl'])
  await look(page, 'arabic')
})

await browser.close()
