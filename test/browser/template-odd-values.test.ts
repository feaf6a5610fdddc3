// The application that `init` writes, on a portal that answers with other types and texts than its docs say.
import { join } from 'node:path'
import t from 'tap'
import { initMyApp } from '../my-app.ts'
import { startService } from '../service.ts'
import { openBrowser } from './chromium.ts'
import { faults, frameOf, openWindow } from './window.ts'

const browser = await openBrowser()

const oddValues: unknown[] = [
  null, true, -1e308, [['x']], { VALUE: 'x' }, '<b>x', '"><script>x()</script>', '\u202ex\u202e', 'x'.repeat(2000),
  '2026-13-45', '\u200b\u2060', '1e400', 'Room 7'
]

await t.test('template: an odd value of a field leaves the page usable, and as wide as its window', async t => {
  let value: unknown
  const { folder } = await initMyApp(t)
  const service = await startService(t, {
    app: { application: join(folder, 'application') },
    methods: {
      'crm.deal.get': () => Array.isArray(value) ? [] : { TITLE: value, OPPORTUNITY: value, CURRENCY_ID: value },
      'crm.timeline.comment.list': () => ({
        1: { ID: value, COMMENT: value, AUTHOR_ID: '3', CREATED: value },
        3: null,
        4: { AUTHOR_ID: value, COMMENT: 'Call them' }
      }),
      'user.get': () => [{ ID: 3, NAME: value, LAST_NAME: value }, value]
    }
  })
  await service.install()
  const { alpha } = service.sandbox.portals
  for (value of oddValues) {
    const said = JSON.stringify(value).slice(0, 40)
    const { page, complaints, context } =
      await openWindow(t, browser, `${alpha.url}/marketplace/placement/CRM_DEAL_DETAIL_TAB/`, 320)
    const frame = await frameOf(page, service)
    await frame.getByText('Call them').waitFor()
    t.equal(await frame.getByRole('listitem').count(), 3, said)
    t.equal(await frame.locator('main b, main script:not([src])').count(), 0, said)
    t.match(await frame.locator('h1').innerText(), /[\p{L}\p{N}\p{P}\p{S}]/u, said)
    t.notMatch(await frame.locator('main').innerText(), /\[object|null|undefined|NaN|∞|Invalid|true/, said)
    t.equal(await frame.locator('time:not(:empty)').count(), 0, said)
    t.strictSame([await faults(frame), complaints], [[], []], said)
    await context.close()
  }
})

await browser.close()
