import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import t from 'tap'
import type { Test } from 'tap'
import type { Sandbox } from '../../../sandbox/index.ts'
import { openBrowser } from '../chromium.ts'
import { fakeApplication } from '../../sandbox/fake-application.ts'
import { sandboxFor } from '../../sandbox/helper.ts'

const browser = await openBrowser()
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The panel, in a browser page that must stay free of errors. */
async function panel (t: Test): Promise<{ page: Page, sandbox: Sandbox }> {
  const { url } = await fakeApplication(t)
  const sandbox = await sandboxFor(t, { appUrl: url })
  sandbox.portals.alpha.installed = true
  const page = await browser.newPage()
  t.after(() => page.close())
  page.on('pageerror', error => t.fail(error.message))
  await page.goto(`${sandbox.url}/sandbox/panel/?lang=de&user=2`)
  await page.getByText('live', { exact: true }).waitFor()
  return { page, sandbox }
}

/** Puts a call on the wire, as the page of a portal does. */
function record ({ wire, portals: { alpha } }: Sandbox): void {
  const { url, method, query, body } = alpha.placementCall('DEFAULT')
  wire.record({
    from: 'portal',
    to: 'application',
    method,
    path: new URL(url).pathname,
    name: 'DEFAULT',
    fields: { ...query, ...body },
    sent: { url, body }
  })
}

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
  await rest.getByRole('switch', { name: 'Nonsense' }).check()
  await page.waitForFunction('!document.querySelector("[data-name=rest][data-value=down] input").checked')
  await rest.getByLabel('Milliseconds').fill('1500')
  await rest.getByRole('switch', { name: 'Slow' }).check()
  await page.waitForFunction('!document.querySelector("[data-name=restDelay] .effects").hidden')
  t.match(sandbox.trouble, { rest: 'nonsense', restDelay: 1500 })
  await page.getByRole('button', { name: 'All well again' }).click()
  await page.getByRole('status').getByText('All is well again.').waitFor()
  t.match(sandbox.trouble, { rest: 'none', restDelay: 0 })
  t.equal(await page.getByRole('switch', { checked: true }).count(), 0)
})

await t.test('panel: the page follows a portal that is renamed', async t => {
  const { page, sandbox } = await panel(t)
  await page.getByRole('switch', { name: 'Portal renamed' }).click()
  await page.waitForURL(address => address.origin !== sandbox.url)
  await page.getByText('live', { exact: true }).waitFor()
  t.equal(new URL(page.url()).origin, sandbox.portals.alpha.url)
  await page.getByRole('button', { name: 'All well again' }).click()
  await page.waitForURL(`${sandbox.url}/sandbox/panel/?lang=de&user=2`)
})

await t.test('panel: removes the application', async t => {
  const { page, sandbox } = await panel(t)
  await page.getByRole('button', { name: 'Remove the application now' }).click()
  await page.getByRole('button', { name: 'The application is not installed' }).waitFor()
  t.equal(sandbox.portals.alpha.installed, false)
})

await t.test('panel: shows messages, and sends them again', async t => {
  const { page, sandbox } = await panel(t)
  record(sandbox)
  await page.getByText('Fields: ').click()
  t.match(await page.locator('dl').textContent(), /PLACEMENTDEFAULT/)
  t.equal(await page.locator('.direction').textContent(), 'portal → application')
  sandbox.wire.record({
    from: 'application',
    to: 'portal',
    memberId: sandbox.portals.beta.memberId,
    method: 'POST',
    path: '/rest/',
    status: 503
  })
  await page.getByText('application → portal beta').waitFor()
  t.equal(await page.getByRole('link', { name: 'Save DEFAULT' }).getAttribute('href'), '/sandbox/api/wire/1/save')
  await page.getByRole('button', { name: 'Replay DEFAULT' }).click()
  await page.getByRole('status').getByText('Sent again: 200 answered').waitFor()
  await page.getByRole('cell', { name: /200/ }).waitFor()
  t.equal(await page.getByRole('button', { name: 'Replay' }).count(), 2)
})

await t.test('panel: a new sandbox on the same port shows its own messages only', async t => {
  const { page, sandbox } = await panel(t)
  record(sandbox)
  sandbox.wire.record({ from: 'application', to: 'portal', method: 'POST', path: '/rest/before', status: 200 })
  await page.getByText('/rest/before').waitFor()
  await sandbox.close()
  await page.getByText('The sandbox does not answer').waitFor()
  const again = await sandboxFor(t, { port: Number(new URL(sandbox.url).port) })
  again.wire.record({ from: 'application', to: 'portal', method: 'POST', path: '/rest/after', status: 200 })
  await page.getByText('/rest/after').waitFor()
  await page.getByRole('status').getByText('The sandbox was started again.').waitFor()
  t.equal(await page.locator('tbody tr').count(), 1)
})

await t.test('panel: the panel shows the newest thousand messages', async t => {
  const { page, sandbox } = await panel(t)
  for (let count = 1; count <= 1002; count++) {
    sandbox.wire.record({
      from: 'application', to: 'portal', method: 'POST', path: `/rest/number-${count}/`
    })
  }
  await page.getByText('/rest/number-1002/').waitFor()
  t.equal(await page.locator('tbody tr').count(), 1000)
  t.equal(await page.getByText('/rest/number-2/').count(), 0)
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
