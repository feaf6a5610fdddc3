import t, { type Test } from 'tap'
import { startService } from '../service.ts'
import { openBrowser } from './chromium.ts'
import { faults, frameOf, look, openWindow } from './window.ts'

const browser = await openBrowser()
const denied = { code: 'ACCESS_DENIED', status: 403 }

/** A service that has called its portal in several ways. */
async function start (t: Test) {
  const service = await startService(t, {
    methods: { 'crm.deal.add': () => { throw Object.assign(new Error('Access denied!'), denied) } }
  })
  await service.install()
  const { fastify, sandbox: { portals: { alpha }, trouble } } = service
  const { rest } = fastify.portal(alpha.memberId)
  await rest.call('crm.deal.add', { fields: { TITLE: 'private', UF_CRM_1: 1 } }).catch(() => {})
  await rest.batch({
    me: { method: 'profile', params: {} }, user: { method: 'user.get', params: { FILTER: { ID: 1 } } }
  })
  trouble.rest = 'down'
  await rest.call('app.info').catch(() => {})
  trouble.rest = 'none'
  for (let times = 0; times < 25; times++) await rest.call('profile', { times })
  return service
}

await t.test('journal: is on the home of an administrator in every width', async t => {
  const service = await start(t)
  const rows: Array<[lang: string, width: number, show: string, more: string]> = [
    ['de', 1280, 'Journal anzeigen', 'Ältere Einträge anzeigen'],
    ['ar', 390, 'عرض السجل', 'عرض الإدخالات الأقدم']
  ]
  for (const [lang, width, show, more] of rows) {
    const name = `${lang}-${width}`
    const { page, context, complaints } =
      await openWindow(t, browser, `${service.sandbox.url}/marketplace/app/1/?lang=${lang}&user=1`, width)
    const frame = await frameOf(page, service)
    await frame.getByText(show).click()
    const row = frame.locator('[data-journal] tbody tr')
    await row.nth(19).waitFor()
    t.equal(await row.count(), 20, name)
    const fields = frame.locator('.journal-search .input')
    const heights = await fields.evaluateAll(all => all.map(({ clientHeight }) => clientHeight))
    t.equal(new Set(heights).size, 1, `${name}: the field of the date is as high as the others`)
    const padding = await row.first().locator('td').first().evaluate(cell => getComputedStyle(cell).paddingInline)
    t.equal(padding, width < 480 ? '0px' : '0px 12px', `${name}: cells that stand in lines have a gap, no padding`)
    await frame.getByText(more).click()
    await row.nth(20).waitFor()
    t.ok(await row.count() > 25, name)

    await frame.locator('input[name="method"]').fill('crm.deal.add')
    await frame.locator('.journal-search button').click()
    await row.nth(1).waitFor({ state: 'detached' })
    t.match(await row.textContent(), 'ACCESS_DENIED', name)
    await row.locator('summary').click()
    await row.getByText('fields, fields.TITLE, fields.UF_CRM_1').waitFor()
    t.notMatch(await frame.content(), 'private')
    await frame.locator('input[name="method"]').fill('')
    await frame.locator('.journal-search button').click()
    await row.nth(19).waitFor()
    t.strictSame(await faults(frame), [], name)
    t.strictSame(complaints, [], name)
    await frame.locator('[data-journal]').scrollIntoViewIfNeeded()
    await row.nth(1).locator('summary').click()
    await look(page, `journal-${name}`)
    await context.close()
  }
})

await browser.close()
