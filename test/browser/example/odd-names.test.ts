import { join } from 'node:path'
import t from 'tap'
import { startService } from '../../service.ts'
import { frameOf, openWindow } from '../window.ts'
import { browser, checked } from './scene.ts'

await t.test('example: names of any length, and of blanks, fit on every page and can be clicked', async t => {
  let name = ''
  const service = await startService(t, {
    app: { application: join(import.meta.dirname, '../../../example') },
    methods: {
      'crm.deal.get': () => ({ TITLE: name, STAGE_ID: 'NEW', CONTACT_ID: '3', ASSIGNED_BY_ID: '2' }),
      'crm.status.list': () => [{ NAME: name }],
      'crm.contact.get': () => ({ NAME: name, LAST_NAME: null }),
      'user.get': () => [{ ID: '2', NAME: name, LAST_NAME: '\u200B' }],
      'im.dialog.get': () => ({ id: 2, name })
    }
  })
  await service.install()
  const { alpha } = service.sandbox.portals
  const { path } = service.fastify.links.write('record', { id: 8061 },
    { portal: { memberId: alpha.memberId, endpoint: `${alpha.url}/rest/` } })
  const sidebar = alpha.placements.find(({ placement }) => placement === 'IM_SIDEBAR')?.id
  const pages = [
    [`${path}&`, 'ID 8061', 'ID 2'],
    ['/crm/deal/details/8061/?', 'ID 8061', 'ID 3'],
    [`/marketplace/placement/${sidebar}/?`, 'chat2', undefined]
  ] as const
  for (const [odd, width] of [['W'.repeat(300), 1280], ['W'.repeat(300), 320], ['\u200B \u2060', 320]] as const) {
    name = odd
    const { page, complaints } = await openWindow(t, browser, 'about:blank', width)
    for (const [path, title, person] of pages) {
      await page.goto(`${alpha.url}${path}lang=en`)
      const tab = page.getByRole('link', { name: 'At a glance' })
      if (path.startsWith('/crm/')) await tab.click()
      const frame = await frameOf(page, service)
      const isBlank = odd.length < 300
      await frame.getByText(isBlank ? title : odd).first().waitFor()
      if (isBlank && person) await frame.getByRole('link', { name: person }).waitFor()
      await checked(t, `odd-${odd.length}-${width}-${title}-${person}`, page, frame)
      t.strictSame(complaints, [])
    }
  }
})

await browser.close()
