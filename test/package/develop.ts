// `npm run dev` in an application with a front end, as its developer sees it.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import type { Test } from 'tap'
import { untilConnected } from '../browser/hot-reload.ts'
import { look, openWindow } from '../browser/window.ts'
import { startDev } from '../my-app.ts'

/** Edits the tab of a deal while it is open in the slider: what is shown, then a type error that is mended. */
export async function develop (t: Test, browser: Browser, folder: string, component: string): Promise<void> {
  const file = join(folder, 'application/frontend/deal-tab', component)
  const edit = (from: string, to: string) => { writeFileSync(file, readFileSync(file, 'utf8').replace(from, to)) }
  const dev = await startDev(t, folder, { isInstalled: true })
  const address = `${dev.portal}/marketplace/placement/CRM_DEAL_DETAIL_TAB/`
  const { page, complaints, hosts } = await openWindow(t, browser, address)
  const tab = page.frameLocator('.slider-frame').frameLocator('iframe')
  const text = tab.getByRole('textbox')
  await text.fill('Not saved yet')
  await untilConnected(page)

  edit("t('deal-tab.title')", "'Edited: ' + t('deal-tab.title')")
  await tab.getByRole('heading', { name: 'Edited:' }).waitFor()
  t.equal(await text.inputValue(), 'Not saved yet', 'an edit keeps the state')

  // The checker watches from then on.
  await dev.says('Found 0 errors')
  edit("'deal-tab.title'", "'deal-tab.titel'")
  const error = tab.locator('vite-plugin-checker-error-overlay .message-item')
  await error.waitFor()
  t.match(await error.textContent(), new RegExp(`Argument of type '"deal-tab.titel"'.*${component}:\\d+`, 's'))
  await look(page, `init-dev-${component}`)
  t.equal((await fetch(`${dev.service}/health`)).status, 200, 'the service goes on')

  edit("'deal-tab.titel'", "'deal-tab.title'")
  await error.waitFor({ state: 'detached' })
  t.equal(await text.inputValue(), 'Not saved yet', 'a type error keeps the state')
  t.strictSame(complaints, [], 'no complaint of the policy, no error')
  t.strictSame([...hosts].filter(host => !dev.portal.endsWith(host) && !dev.service.endsWith(host)), [])
  t.equal(await dev.stop(), 0)
}
