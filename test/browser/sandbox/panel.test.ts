import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import t from 'tap'
import { until } from '../../until.ts'
import { browser, panel, record } from './panel-scene.ts'
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

await t.test('panel: trouble is switched on by keyboard, and its effects are shown', async t => {
  const { page, sandbox } = await panel(t)
  const rest = page.getByRole('group', { name: 'REST' })
  const down = rest.getByRole('switch', { name: 'Down' })
  await down.focus()
  await page.keyboard.press('Space')
  await rest.getByText('Nothing has come over the wire since then.').waitFor()
  t.equal(sandbox.trouble.rest, 'down')
  record(sandbox)
  sandbox.wire.record({ from: 'application', to: 'portal', method: 'POST', path: '/rest/profile', name: 'profile' })
  await rest.getByText('application → portal: profile: no answer yet').waitFor()
  t.equal(await rest.getByText('DEFAULT').count(), 0, 'a call has nothing to do with REST')
  await rest.getByRole('switch', { name: 'Invalid answer' }).check()
  await page.waitForFunction('!document.querySelector("[data-name=rest][data-value=down] input").checked')
  const slow = rest.getByRole('switch', { name: 'Slow' })
  await rest.getByLabel('Milliseconds').fill('-5')
  await slow.click()
  t.notOk(await slow.isChecked(), 'a number that cannot be is not taken')
  await rest.getByLabel('Milliseconds').fill('1500')
  await slow.check()
  await page.waitForFunction('!document.querySelector("[data-name=restDelay] .effects").hidden')
  t.match(sandbox.trouble, { rest: 'nonsense', restDelay: 1500 })
  await page.getByRole('button', { name: 'Reset all faults' }).click()
  await page.getByRole('status').getByText('There is no fault any more.').waitFor()
  t.match(sandbox.trouble, { rest: 'none', restDelay: 0 })
  // The notice comes before the state that the switches show.
  await until(async () => await page.getByRole('switch', { checked: true }).count() === 0)
})

await t.test('panel: on a phone, the page stays in sight beside every fault', async t => {
  const { page } = await panel(t)
  await page.setViewportSize({ width: 390, height: 844 })
  await page.locator('.pages a').first().click()
  const last = page.getByRole('switch').last()
  await last.scrollIntoViewIfNeeded()
  await last.click()
  const topOf = async (part: typeof last) => (await part.boundingBox())?.y ?? NaN
  const [shown, fault] = [await topOf(page.locator('#effect')), await topOf(last)]
  t.ok(shown >= 0 && shown < fault && fault < 844, `the page at ${shown}, the fault at ${fault}`)
})

await t.test('panel: the page follows a portal that is renamed', async t => {
  const { page, sandbox } = await panel(t)
  await page.getByRole('switch', { name: 'Portal renamed' }).click()
  await page.waitForURL(address => address.origin !== sandbox.url)
  await page.getByText('live', { exact: true }).waitFor()
  t.equal(new URL(page.url()).origin, sandbox.portals.alpha.url)
  await page.getByRole('button', { name: 'Reset all faults' }).click()
  await page.waitForURL(`${sandbox.url}/sandbox/panel/?lang=de&user=2`)
})

await t.test('panel: removes the application when people say yes', async t => {
  const { page, sandbox } = await panel(t)
  const remove = page.getByRole('button', { name: 'Remove the application now' })
  page.once('dialog', dialog => dialog.dismiss())
  await remove.click()
  t.equal(sandbox.portals.alpha.installed, true, 'not if they change their mind')
  page.once('dialog', dialog => dialog.accept())
  await remove.click()
  await page.getByRole('button', { name: 'The application is not installed' }).waitFor()
  t.equal(sandbox.portals.alpha.installed, false)
})

await t.test('panel: the panel can be read on every screen, and axe finds nothing', async t => {
  const { page, sandbox } = await panel(t)
  sandbox.trouble.rest = 'down'
  record(sandbox)
  sandbox.wire.record({
    from: 'application',
    to: 'portal',
    method: 'POST',
    path: `/rest/${'x'.repeat(300)}`,
    status: 500,
    fields: { long: 'y'.repeat(900) }
  })
  await page.reload()
  await page.getByText('live', { exact: true }).waitFor()
  for (const summary of await page.locator('summary').all()) await summary.click()
  t.equal(await page.getByRole('link', { name: 'Feed' }).getAttribute('href'), '/stream/?lang=de&user=2')
  for (const width of [320, 1280, 1920]) {
    await page.setViewportSize({ width, height: 800 })
    t.ok(Number(await page.evaluate('document.documentElement.scrollWidth')) <= width, `${width} px`)
    await page.evaluate(axe)
    t.strictSame(await page.evaluate(
      'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))'
    ), [], `axe at ${width} px`)
  }
})

await browser.close()
