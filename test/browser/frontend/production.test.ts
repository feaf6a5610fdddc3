import t, { type Test } from 'tap'
import { buildProject, serve, type Project } from '../../plugins/frontend/project.ts'
import type { Service } from '../../service.ts'
import { openBrowser } from '../chromium.ts'
import { faults, frameOf, look, openWindow } from '../window.ts'

const browser = await openBrowser()

/** Opens a widget in the portal's slider, and gives its frame. */
async function openWidget (t: Test, service: Service, placement: string, { lang = 'en', width = 1280 } = {}) {
  const address = `${service.sandbox.url}/marketplace/placement/${placement}/?lang=${lang}`
  const { page, context, complaints, hosts } = await openWindow(t, browser, address, width)
  const frame = await frameOf(page, service)
  await look(page, `frontend-${placement}-${lang}-${width}`)
  return { page, context, complaints, hosts, frame }
}

await t.test('production: in the slider', async t => {
  const project: Project = await buildProject(t)
  const service = await serve(t, project)
  const own = [service.sandbox.url, service.url].map(url => new URL(url).host).sort()

  for (const [placement, button] of [['CRM_DEAL_DETAIL_TAB', 'Parts'], ['CRM_LEAD_DETAIL_TAB', 'Cards']] as const) {
    await t.test(`${placement}: works without a complaint, for everybody`, async t => {
      for (const view of [{}, { width: 320 }, { lang: 'ar', width: 320 }]) {
        const { context, complaints, hosts, frame } = await openWidget(t, service, placement, view)
        await frame.getByRole('button').click()
        await frame.getByRole('button', { name: `${button}: 1` }).waitFor()
        t.strictSame(complaints, [])
        t.strictSame([...hosts].sort(), own)
        t.strictSame(await context.cookies(), [])
        t.strictSame(await faults(frame), [])
      }
    })
  }

  await t.test('production: styles that a script makes have the nonce', async t => {
    const { complaints, frame } = await openWidget(t, service, 'LEFT_MENU')
    const colour = () => frame.locator('h1').evaluate(heading => getComputedStyle(heading).color)
    t.equal(await colour(), 'rgb(1, 2, 3)')
    t.strictSame(complaints, [])
    // What gets into the page as markup has none.
    await frame.locator('body').evaluate(body => {
      body.insertAdjacentHTML('beforeend', '<style>h1 { color: red }</style>')
    })
    t.equal(await colour(), 'rgb(1, 2, 3)')
    t.match(complaints, [/Content Security Policy/])
  })
})

await browser.close()
