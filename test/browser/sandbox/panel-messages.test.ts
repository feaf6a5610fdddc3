import t from 'tap'
import { sandboxFor } from '../../sandbox/helper.ts'
import { browser, panel, record } from './panel-scene.ts'

await t.test('panel: shows messages, and sends them again', async t => {
  const { page, sandbox } = await panel(t)
  record(sandbox)
  await page.getByText('Fields: ').click()
  t.match(await page.locator('dl').textContent(), /PLACEMENTDEFAULT/)
  const fields = await page.locator('dl').boundingBox()
  const answer = await page.locator('tbody td').nth(2).boundingBox()
  t.equal(Number(fields?.x) + Number(fields?.width), Number(answer?.x) + Number(answer?.width),
    'they have the room below the answer, too')
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

await t.test('panel: messages that repeat stand in one row', async t => {
  const { page, sandbox: { wire } } = await panel(t)
  const call = (name: string) =>
    ({ from: 'application', to: 'portal', method: 'POST', path: `/rest/${name}`, name } as const)
  const ask = (name: string) => wire.record({ ...call(name), status: 200 })
  for (const name of ['profile', 'user.get', 'user.get']) ask(name)
  const last = wire.record(call('user.get'))
  const rows = page.locator('tbody tr')
  await page.getByText('2 times').waitFor()
  t.equal(await rows.count(), 3, 'what waits for its answer stands alone')
  wire.complete(last, { status: 200 })
  await page.getByText('3 times').waitFor()
  t.equal(await rows.count(), 2)
  await rows.first().locator('summary').click()
  ask('user.get')
  await page.getByText('4 times').waitFor()
  t.equal(await rows.first().locator('details').getAttribute('open'), '', 'what was opened stays open')
  await page.getByRole('group', { name: 'REST' }).getByRole('switch', { name: 'Down' }).check()
  for (let times = 0; times < 3; times++) ask('batch')
  await page.getByText('application → portal: batch: 200 · 3 times').waitFor()
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

await browser.close()
