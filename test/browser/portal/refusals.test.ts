import t from 'tap'
import { NO_TROUBLE } from '../../../sandbox/state.ts'
import { openBrowser } from '../chromium.ts'
import { type Service, startService } from '../../service.ts'
import { faults, frameOf, look, openWindow, sliderLinkOn } from '../window.ts'

const browser = await openBrowser()

await t.test('portal: tells who may not use the application', async t => {
  const service = await startService(t)
  await service.install()
  service.sandbox.trouble.access = 'denied'
  const { page } = await openWindow(t, browser, `${service.sandbox.url}/stream/?lang=de&user=2`)
  await sliderLinkOn(page).click()
  await page.frameLocator('.slider-frame').locator('main', { hasText: 'no access to this application' }).waitFor()
})

await t.test('portal: each refusal is seen inside the frame', async t => {
  type Change = { applicationToken: string }
  const rows: Array<[code: string, trouble: Partial<Service['sandbox']['trouble']>, portal?: Change]> = [
    ['B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE', { authorizationServer: 'error' }],
    ['B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE', { authorizationServer: 'down' }],
    ['B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE', { authorizationServer: 'nonsense' }],
    ['B24_ERR_AUTH_ID_EXPIRED', { token: 'expired' }],
    ['B24_ERR_AUTH_ID_UNKNOWN', { token: 'revoked' }],
    ['B24_ERR_FOREIGN_APPLICATION', { token: 'foreign' }],
    ['B24_ERR_NOT_INSTALLED', { installation: 'unfinished' }],
    ['B24_ERR_APPLICATION_TOKEN', {}, { applicationToken: 'another' }]
  ]
  const service = await startService(t)
  await service.install()
  for (const [code, trouble, portal] of rows) {
    Object.assign(service.sandbox.trouble, NO_TROUBLE, trouble)
    Object.assign(service.sandbox.portals.alpha, portal)
    // An administrator's call would bring the new application token.
    const address = `${service.sandbox.url}/stream/?lang=de${portal ? '&user=2' : ''}`
    const { page, context } = await openWindow(t, browser, address)
    await sliderLinkOn(page).click()
    const frame = await frameOf(page, service)
    t.match(await frame.locator('main').textContent(), code)
    t.strictSame(await faults(frame), [], code)
    await look(page, `refused-${Object.values(trouble).join() || code}`)
    await context.close()
  }
})

await browser.close()
