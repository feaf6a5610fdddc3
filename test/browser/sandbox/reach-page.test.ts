import t from 'tap'
import { openBrowser } from '../chromium.ts'
import { sandboxFor } from '../../sandbox/helper.ts'

const browser = await openBrowser()

await t.test('reach: the page around the frame says that the service is not running', async t => {
  const { url, wire, portals: { alpha } } = await sandboxFor(t)
  const page = await browser.newPage()
  await page.goto(`${alpha.url}/marketplace/app/1/`)
  await page.getByRole('alert').getByText('Nothing answers at http://127.0.0.1:9: is the application running there?')
    .waitFor()
  t.match(wire.entries, [{ path: '/install', outcome: 'not reachable', ms: Number }])
  t.equal(new URL(page.url()).origin, url)
})

await browser.close()
