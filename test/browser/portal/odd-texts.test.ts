import t from 'tap'
import { openBrowser } from '../chromium.ts'
import { startService } from '../../service.ts'
import { faults, look, openWindow } from '../window.ts'

const browser = await openBrowser()

await t.test('portal: texts and names of any length, of blanks and of odd letters fit on every page', async t => {
  const service = await startService(t)
  await service.install()
  const { alpha } = service.sandbox.portals
  const texts = [
    'W'.repeat(300), '   ', '<script>document.title = "taken over"</script>', 'x\u202Eesrever', '👩‍👩‍👧'.repeat(60)
  ]
  const kinds = ['post', 'task', 'event', 'deal', 'chat'] as const
  for (const text of texts) {
    const written = { authorId: 3, title: text, text: `[URL=/stream/]${text}[/URL]` }
    for (const kind of kinds) {
      alpha.content.add({ kind, ...written, fields: { DATE_FROM: '12026-07-26T10:00', CURRENCY_ID: text } })
    }
    alpha.content.add({ kind: 'message', parent: `chat${alpha.content.list('chat').length}`, ...written })
    alpha.placements.push({
      id: 900 + alpha.placements.length,
      placement: 'IM_TEXTAREA',
      userId: 1,
      handler: service.url,
      options: {},
      title: text,
      description: '',
      langAll: {}
    })
  }
  Object.assign(alpha.users.designer, { name: '', lastName: '' })
  const pages = ['/stream/', '/messenger/?dialog=chat2', '/tasks/', '/calendar/', '/crm/deal/', '/placements/',
    '/company/personal/user/3/', '/marketplace/app/1/?install_finished=Y', '/sandbox/panel/']
  const { page, complaints } = await openWindow(t, browser, 'about:blank', 320)
  for (const path of pages) {
    await page.goto(`${alpha.url}${path}`)
    t.strictSame(await faults(page.mainFrame()), [], path)
    t.notMatch(await page.locator('body').innerText(), /undefined|NaN|\uFFFD/, path)
    await look(page, `odd-texts-${path.replace(/\W+/g, '-')}`)
  }
  await page.goto(`${alpha.url}/calendar/`)
  t.match(await page.locator('main').innerText(), /No title\s*12026-07-26 10:00, by ID 3/)
  t.strictSame(complaints, [])
})

await browser.close()
