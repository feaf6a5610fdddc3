import type { Frame as BrowserFrame } from 'playwright-core'
import t from 'tap'
import type { Frame } from '../../client/frame.ts'
import { startService } from '../service.ts'
import { until } from '../until.ts'
import { openBrowser } from './chromium.ts'
import { frameOf, openWindow } from './window.ts'

const browser = await openBrowser()

/** Calls a method of the frame in its page; `outcome()` is undefined as long as the portal has not answered. */
async function ask (page: BrowserFrame, method: keyof Frame, ...args: unknown[]): Promise<() => Promise<unknown>> {
  await page.evaluate(async ({ method, args }) => {
    const settle = (outcome: unknown) => { Object.assign(window, { outcome }) }
    settle(undefined)
    const frame = await Reflect.get(window, 'service').frame()
    Promise.resolve(frame[method](...args)).then(value => settle({ value }), ({ code }) => settle({ code }))
  }, { method, args })
  return async () => await page.evaluate(() => Reflect.get(window, 'outcome'))
}

/** The same, once the portal has answered. */
async function answerTo (page: BrowserFrame, method: keyof Frame, ...args: unknown[]): Promise<unknown> {
  const outcome = await ask(page, method, ...args)
  await until(outcome)
  return await outcome()
}

await t.test('frame: speaks with a portal as the SDK does', async t => {
  const service = await startService(t)
  await service.install()
  const { alpha } = service.sandbox.portals
  const { rest } = service.fastify.portal(alpha.memberId)
  const id = await rest.call<number>('crm.deal.add', { fields: { TITLE: 'Tea' } })
  const { page, complaints } = await openWindow(t, browser, `${service.sandbox.url}/marketplace/app/1/?lang=de`)
  const home = await frameOf(page, service)
  t.match(await home.evaluate(async () => {
    const { origin, lang, isAdmin, placement } = await (Reflect.get(window, 'service').frame() as Promise<Frame>)
    return { origin, lang, isAdmin, placement }
  }), { origin: new URL(alpha.url).origin, lang: 'de', isAdmin: true, placement: { code: 'DEFAULT' } })

  t.match(await answerTo(home, 'call', 'crm.deal.get', { id }), { value: { TITLE: 'Tea' } })
  t.match(await answerTo(home, 'call', 'crm.deal.brew'), { code: 'ERROR_METHOD_NOT_FOUND' })
  const { value: auth } = await answerTo(home, 'getAuth') as { value: { authId: string } }
  const { value: renewed } = await answerTo(home, 'refreshAuth') as { value: { authId: string } }
  t.not(renewed.authId, auth.authId)
  t.match(await answerTo(home, 'call', 'profile'), { value: { ID: '1' } })
  t.match(await answerTo(home, 'send', 'nothingThatPortalsKnow', {}, 100), { code: 'B24_FRAME_NO_ANSWER' })

  const person = await ask(home, 'selectUser')
  await page.getByRole('dialog').getByLabel('Emil Novak').check()
  await page.getByRole('dialog').getByRole('button', { name: 'Select' }).click()
  await until(person)
  t.match(await person(), { value: { id: '2', name: 'Emil Novak' } })
  const deals = await ask(home, 'selectCrm', { entityType: ['deal', 'lead'], multiple: true })
  await page.getByRole('dialog').getByLabel('Tea').check()
  await page.getByRole('dialog').getByRole('button', { name: 'Select' }).click()
  await until(deals)
  t.match(await deals(), { value: { deal: [{ id: `D_${id}`, title: 'Tea' }], lead: [] } })

  const slider = page.locator('.slider')
  const opened = await ask(home, 'openPath', `/crm/deal/details/${id}/`)
  await slider.waitFor()
  t.equal(await opened(), undefined)
  await page.keyboard.press('Escape')
  await until(opened)
  t.match(await answerTo(home, 'send', 'openPath', { path: '//nowhere/' }), { value: { result: 'error' } })

  const application = await ask(home, 'openApplication', { deal: id })
  await slider.waitFor()
  await until(() => page.frames().filter(frame => frame.url().startsWith(service.url)).length === 2)
  const inner = page.frames().findLast(frame => frame.url().startsWith(service.url)) ?? home
  await inner.locator('h1').waitFor()
  t.match(await inner.evaluate(async () => {
    const { placement } = await (Reflect.get(window, 'service').frame() as Promise<Frame>)
    return placement
  }), { code: 'DEFAULT', options: { deal: String(id) } })
  await ask(inner, 'close')
  await until(application)
  t.equal(await slider.count(), 0)
  t.strictSame(complaints.filter(text => !text.includes('404')), [])
})

await browser.close()
