import t, { type Test } from 'tap'
import { startDev } from '../../my-app.ts'
import { copyProject } from '../../plugins/frontend/project.ts'
import { until } from '../../until.ts'
import { openBrowser } from '../chromium.ts'
import { untilConnected } from '../hot-reload.ts'
import { look, openWindow } from '../window.ts'

const browser = await openBrowser()
const tab = 'placements/CRM_DEAL_DETAIL_TAB.js'
const orderFile = 'frontend/order/Order.vue'

/** The project in `dev`, and its entry in the slider of a deal. */
async function openSlider (t: Test, entry: string) {
  const project = copyProject(t)
  project.edit(tab, "'order'", `'${entry}'`)
  const dev = await startDev(t, project.root)
  const { page, complaints, hosts } = await openWindow(t, browser,
    `${dev.portal}/marketplace/placement/CRM_DEAL_DETAIL_TAB/`)
  const widget = page.frameLocator('.slider-frame').frameLocator('iframe')
  await widget.locator('h1').waitFor()
  // Who reloads the page loses this.
  const mark = () => widget.locator('body').evaluate(body => { body.dataset['mark'] = 'here' })
  const isMarked = () => widget.locator('body').evaluate(body => body.dataset['mark'] === 'here')
  /** The server has rendered it; its button works once the browser has, too. */
  const isAlive = async (button: string, connections = 1) => {
    await until(async () => {
      await widget.getByRole('button').click()
      return await widget.getByText(`${button}: 0`).count() === 0
    })
    await untilConnected(page, connections)
  }
  return { project, dev, page, widget, complaints, hosts, isAlive, mark, isMarked }
}

for (const [entry, file, button] of [
  ['order', orderFile, 'Parts'], ['board', 'frontend/board/Board.jsx', 'Cards']
] as const) {
  await t.test(`dev: shows an edit of ${file} in the slider, with its state`, async t => {
    const { project, page, widget, complaints, hosts, isAlive, mark, isMarked, dev } = await openSlider(t, entry)
    await isAlive(button)
    const counted = await widget.getByRole('button').textContent()
    await mark()
    project.edit(file, 'of deal', 'for deal')
    await widget.getByRole('heading', { name: 'for deal 8061' }).waitFor()
    t.equal(await widget.getByRole('button').textContent(), counted, 'the state is kept')
    t.equal(await isMarked(), true, 'nothing was reloaded')
    await look(page, `frontend-dev-${entry}`)
    t.strictSame(complaints, [])
    t.strictSame([...hosts].filter(host => !dev.portal.endsWith(host) && !dev.service.endsWith(host)), [])
    t.notMatch(dev.printed(), /Loaded frontend/)
  })
}

await t.test('dev: shows what is broken over the page, and recovers', async t => {
  const { project, page, widget, dev, isAlive } = await openSlider(t, 'order')
  await isAlive('Parts')
  project.edit(orderFile, '</h1>', '</h2>')
  const overlay = widget.locator('vite-error-overlay')
  await overlay.waitFor()
  t.match(await overlay.locator('.message').textContent(), /Element is missing end tag|Invalid end tag/)
  await look(page, 'frontend-dev-overlay')
  t.equal((await fetch(`${dev.service}/health`)).status, 200)
  project.edit(orderFile, '</h2>', ' mended</h1>')
  await widget.getByRole('heading', { name: '8061 mended' }).waitFor()
  t.equal(await overlay.count(), 0)
})

await t.test('dev: a changed handler gives the page new data, and edits go on', async t => {
  const { project, widget, complaints, isAlive } = await openSlider(t, 'order')
  await isAlive('Parts')
  project.edit(tab, 'deal: options', 'deal: { ID: Number(options.ID) + 1 }')
  await widget.getByRole('heading', { name: 'deal 8062' }).waitFor()
  await isAlive('Parts', 2)
  project.edit(orderFile, 'of deal', 'for deal')
  await widget.getByRole('heading', { name: 'for deal 8062' }).waitFor()
  t.strictSame(complaints.filter(text => !text.includes('WebSocket')), [])
})

await browser.close()
