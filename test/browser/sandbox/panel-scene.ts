import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import type { Sandbox } from '../../../sandbox/index.ts'
import { openBrowser } from '../chromium.ts'
import { fakeApplication } from '../../sandbox/fake-application.ts'
import { sandboxFor } from '../../sandbox/helper.ts'

export const browser = await openBrowser()

/** The panel, in a browser page that must stay free of errors. */
export async function panel (t: Test): Promise<{ page: Page, sandbox: Sandbox }> {
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
export function record ({ wire, portals: { alpha } }: Sandbox): void {
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
