import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Locator, Page } from 'playwright-core'
import t from 'tap'
import { until } from '../../until.ts'
import { openBrowser } from '../chromium.ts'
import { ask, ready, scene, sliderPage } from './frame-scene.ts'

const browser = await openBrowser()

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds in the portal's page around the frame. */
async function faults (page: Page): Promise<unknown> {
  const frame = page.frames().find(frame => frame.parentFrame() === page.mainFrame())
  await frame?.evaluate(axe)
  return frame?.evaluate('axe.run({ iframes: false }).then(({ violations }) => violations.map(({ id }) => id))')
}

const dialogIn = (page: Page): Locator => sliderPage(page).getByRole('dialog')

await t.test('frame dialogs: people choose an employee, or several', async t => {
  const { page, openPlacement } = await scene(t, browser)
  const app = await ready(await openPlacement('CRM_DEAL_LIST_TOOLBAR'))
  const one = await ask(app, 'dialog.selectUser')
  t.equal(await dialogIn(page).getAttribute('aria-label'), 'Select an employee')
  t.strictSame(await dialogIn(page).getByRole('radio').count(), 4)
  t.strictSame(await faults(page), [])
  await dialogIn(page).getByRole('button', { name: 'Select' }).click()
  t.equal(await dialogIn(page).isVisible(), true, 'nobody is chosen yet')
  await dialogIn(page).getByLabel('Emil Novak').check()
  t.equal(await one(), undefined)
  await dialogIn(page).getByRole('button', { name: 'Select' }).click()
  t.strictSame(await one.given(), {
    id: '2',
    name: 'Emil Novak',
    photo: '/upload/main/photo-2.svg',
    position: 'Logistics manager',
    url: '/company/personal/user/2/',
    sub: true,
    sup: false
  })
  const several = await ask(app, 'dialog.selectUsers')
  await dialogIn(page).getByLabel('Sofia').check()
  await dialogIn(page).getByLabel('Omar').check()
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/dialog.png` })
  await page.keyboard.press('Enter')
  t.match(await several.given(), [{ id: '3' }, { id: '4' }])
})

await t.test('frame dialogs: a page gets no answer from who changes their mind', async t => {
  const { page, openPlacement } = await scene(t, browser)
  const app = await ready(await openPlacement('CRM_DEAL_LIST_TOOLBAR'))
  for (const method of ['selectUser', 'selectAccess', 'selectCRM']) {
    const answer = await ask(app, `dialog.${method}`)
    await dialogIn(page).getByRole('button', { name: 'Cancel' }).click()
    t.equal(await answer(), undefined, method)
  }
  await app.evaluate(() => window.focus())
  await until(() => app.evaluate(() => document.hasFocus()))
  const answer = await ask(app, 'dialog.selectUser')
  await dialogIn(page).getByRole('radio').first().press('Escape')
  await dialogIn(page).waitFor({ state: 'detached' })
  t.equal(await answer(), undefined, 'Esc')
  t.equal(await page.locator('.slider').count(), 1, 'Esc closes the dialog only')
  await until(() => app.evaluate(() => document.hasFocus()))
  t.pass('the focus is back in the page')
  const none = await ask(app, 'dialog.selectUser')
  await dialogIn(page).getByRole('button', { name: 'Select' }).click()
  t.equal(await none(), undefined, 'nobody was chosen')
})

await t.test('frame dialogs: a dialog fits into a narrow window', async t => {
  const { page, openPlacement } = await scene(t, browser)
  await page.setViewportSize({ width: 320, height: 480 })
  const app = await ready(await openPlacement('CRM_DEAL_LIST_TOOLBAR'))
  await ask(app, 'dialog.selectAccess')
  await dialogIn(page).waitFor()
  t.equal(await dialogIn(page).getByRole('checkbox').first().evaluate(box =>
    box === document.activeElement), true, 'the keyboard begins at the first entry of a list that scrolls')
  t.equal(await sliderPage(page).locator('body').evaluate(() =>
    document.documentElement.scrollWidth > window.innerWidth), false)
  t.ok(await dialogIn(page).evaluate(dialog => dialog.scrollWidth <= dialog.clientWidth))
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/dialog-320.png` })
})

await t.test('frame dialogs: the rights of the application are chosen already', async t => {
  const { page, openPlacement } = await scene(t, browser)
  const app = await ready(await openPlacement('CRM_DEAL_LIST_TOOLBAR'))
  const answer = await ask(app, 'dialog.selectAccess', ['AU'])
  t.equal(await dialogIn(page).getByLabel('All authorized users').isChecked(), true)
  await dialogIn(page).getByLabel('Emil Novak').check()
  await dialogIn(page).getByRole('button', { name: 'Select' }).click()
  t.strictSame(await answer.given(), [{ id: 'AU', name: 'All authorized users' }, { id: 'U2', name: 'Emil Novak' }])
})

await t.test('frame dialogs: entities of all types are chosen', async t => {
  const { page, openPlacement, sandbox } = await scene(t, browser)
  const { content } = sandbox.portals.alpha
  for (const [id, title] of [[9001, 'Chairs for Rome'], [9002, 'Desks for Oslo']] as const) {
    content.add({ kind: 'deal', id, authorId: 1, title, fields: { OPPORTUNITY: '90', CURRENCY_ID: 'EUR' } })
  }
  const app = await ready(await openPlacement('CRM_DEAL_LIST_TOOLBAR'))
  const several = await ask(app, 'dialog.selectCRM',
    { entityType: ['deal', 'lead'], multiple: true, value: { deal: [9001] } })
  t.equal(await dialogIn(page).getByLabel('Chairs for Rome').isChecked(), true)
  await dialogIn(page).getByLabel('Desks for Oslo').check()
  await dialogIn(page).getByRole('button', { name: 'Select' }).click()
  t.match(await several.given(), {
    deal: [{ id: 'D_9001', type: 'deal', title: 'Chairs for Rome', desc: '90 EUR', url: '/crm/deal/details/9001/' },
      { id: 'D_9002' }],
    lead: []
  })
  const one = await ask(app, 'dialog.selectCRM', { entityType: ['deal'], value: { deal: [9001] } })
  t.equal(await dialogIn(page).getByLabel('Chairs for Rome').isChecked(), false, 'preset ones are for several only')
  await dialogIn(page).getByLabel('Desks for Oslo').check()
  await dialogIn(page).getByRole('button', { name: 'Select' }).click()
  t.match(await one.given(), { deal: [{ id: 'D_9002' }] })

  const all = await ask(app, 'dialog.selectCRM',
    { entityType: ['lead', 'contact', 'company', 'deal', 'quote'], multiple: true, value: { quote: [9] } })
  for (const name of [/^A reading corner/, /^Marta Lind/, /^Lind & Partners/, /^Lamps for a school/]) {
    await dialogIn(page).getByLabel(name).check()
  }
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/crm.png` })
  await dialogIn(page).getByRole('button', { name: 'Select' }).click()
  t.match(await all.given(), {
    lead: [{ id: 'L_251', desc: 'Ines Costa' }],
    contact: [{ id: 'C_5', title: 'Marta Lind', desc: 'Office manager', url: '/crm/contact/details/5/' }],
    company: [{ id: 'CO_3' }],
    deal: [{ id: 'D_8062' }],
    quote: [{ id: 'Q_9', title: 'Desks and chairs, oak' }]
  })
  const usual = await ask(app, 'dialog.selectCRM', { entityType: ['nothing'], multiple: true, value: ['C_6'] })
  t.equal(await dialogIn(page).getByLabel('Jonas Weber').isChecked(), true)
  await dialogIn(page).getByRole('button', { name: 'Select' }).click()
  t.match(await usual.given(), { lead: [], contact: [{ id: 'C_6' }], company: [] })
})

await browser.close()
