import t from 'tap'
import { buildProject, serve } from '../../plugins/frontend/project.ts'
import { openBrowser } from '../chromium.ts'
import { faults, look, openWindow } from '../window.ts'

const browser = await openBrowser()

await t.test('production: pages of Vue, React and scripts work under the policy', async t => {
  const project = await buildProject(t)
  const service = await serve(t, project)
  const { alpha } = service.sandbox.portals
  const address = `${alpha.url}/marketplace/placement/CRM_DEAL_DETAIL_TAB/`
  for (const [entry, button] of [['order', 'Parts'], ['board', 'Cards']] as const) {
    const { page, complaints, hosts, context } = await openWindow(t, browser, `${address}?entry=${entry}`, 320)
    const widget = page.frameLocator('.slider-frame').frameLocator('iframe')
    await widget.getByRole('button').click()
    await widget.getByRole('button', { name: `${button}: 1` }).waitFor()
    await look(page, `frontend-${entry}-320`)
    t.strictSame(complaints, [], entry)
    t.strictSame([...hosts].sort(), [new URL(alpha.url).host, new URL(service.url).host].sort(), entry)
    t.strictSame(await context.cookies(), [], entry)
    const frame = page.frames().find(frame => frame.url().startsWith(service.url))
    if (frame) t.strictSame(await faults(frame), [], entry)
  }
})

await browser.close()
