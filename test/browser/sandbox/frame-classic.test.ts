import type { Locator } from 'playwright-core'
import t from 'tap'
import { openBrowser } from '../chromium.ts'
import { appIn, heard, ready, say, scene } from './frame-scene.ts'

// The documented calls of BX24, the library of https://api.bitrix24.com/api/v1/, as it writes them to the portal:
// command, parameters, key of the callback and APP_SID, with empty fields kept.
const browser = await openBrowser()

/** Lets tests write and read messages in a page that has the SDK. */
function sayInPage (): void {
  const [, , sid] = window.name.split('|')
  const replies: unknown[] = []
  window.addEventListener('message', event => replies.push(event.data))
  Object.assign(window, {
    replies, say: (message: string) => window.parent.postMessage(`${message}:${sid}`, '*')
  })
}

/** The answers to calls that are written at once, by their place; undefined for those without one. */
async function answersTo (app: Locator, messages: string[]): Promise<unknown[]> {
  await app.evaluate((_body, messages) => {
    messages.forEach((message, place) => Reflect.get(window, 'say')(`${message}:${place}`))
  }, messages)
  const answers = new Map((await heard(app)).map(answer => {
    const [place = '', ...json] = String(answer).split(':')
    return [place, JSON.parse(json.join(':') || 'null')]
  }))
  return messages.map((_message, place) => answers.get(String(place)))
}

await t.test('frame classic: the documented calls of BX24 are answered', async t => {
  const { page, sandbox } = await scene(t, browser)
  const { alpha } = sandbox.portals
  await page.goto(`${alpha.url}/marketplace/app/1/?lang=de`)
  const app = await ready(page.frameLocator('main .app-layout iframe'))
  await app.evaluate(sayInPage)
  const dialog = page.getByRole('dialog')
  /** Opens a dialog, chooses, gives the answer. */
  const chosen = async (message: string, label: RegExp) => {
    await say(app, `${message}:k`)
    await dialog.getByLabel(label).check()
    await dialog.getByRole('button', { name: 'Select' }).click()
    return JSON.parse(String((await heard(app))[0]).slice('k:'.length))
  }

  const rows: Array<[call: string, message: string, answer: unknown]> = [
    ['init', 'getInitData:', { LANG: 'de', DOMAIN: alpha.domain, PATH: '/rest', IS_ADMIN: true, INSTALL: false }],
    ['refreshAuth', 'refreshAuth:{}', { AUTH_ID: String, AUTH_EXPIRES: '3600', REFRESH_ID: String }],
    ['resizeWindow', 'resizeWindow:{"width":500,"height":1400}', { width: 500, height: 1400 }],
    ['fitWindow', 'resizeWindow:{"width":"100%","height":1300}', { width: Number, height: 1300 }],
    ['setTitle', 'setTitle:{"title":"Neu"}', { title: 'Neu' }],
    ['scrollParentWindow', 'setScroll:{"scroll":50}', { scroll: 50 }],
    ['userOption.set', 'setUserOption:{"name":"a","value":1}', { name: 'a', value: 1 }],
    ['appOption.set', 'setAppOption:{"name":"b","value":"c:d"}', { b: 'c:d' }],
    ['placement.getInterface', 'getInterface:', { command: [], event: [] }],
    ['placement.call of an unknown command', 'nothing:{}', undefined],
    ['placement.bindEvent', 'placementBindEvent:{"event":"nothing"}', undefined],
    ['openPath', 'openPath:{"path":"https://example.com/"}', { result: 'error', errorCode: 'PATH_NOT_AVAILABLE' }],
    ['im.callTo', 'imCallTo:{"userId":2,"video":true}', undefined],
    ['im.phoneTo', 'imPhoneTo:{"phone":"+4930123456"}', undefined],
    ['install', 'setInstall:{"install":true}', { install: true }],
    ['closeApplication outside of a slider', 'closeApplication:', undefined]
  ]
  const answers = await answersTo(app, rows.map(([, message]) => message))
  for (const [index, [call, , answer]] of rows.entries()) t.match(answers[index], answer, call)

  t.match(await chosen('selectUser:{"title":"Wer?","mult":false}', /Emil/), { id: '2', name: 'Emil Novak' })
  t.match(await chosen('selectUser:{"title":"","mult":true}', /Emil/), [{ id: '2' }])
  t.match(await chosen('selectAccess:{"value":["AU"]}', /Emil/), [{ id: 'AU' }, { id: 'U2' }])
  t.match(await chosen('selectCRM:{}', /^Jonas/), { lead: {}, contact: { 0: { id: 'C_6' } }, company: {} })

  t.strictSame(await say(app, 'openApplication:{"a":1}:opened'), [])
  const inner = await ready(appIn(page))
  await inner.evaluate(sayInPage)
  t.match(await answersTo(inner, ['getInitData:']), [{ PLACEMENT: 'DEFAULT', PLACEMENT_OPTIONS: { a: '1' } }])
  await inner.evaluate(() => Reflect.get(window, 'say')('closeApplication::'))
  await page.locator('.slider').waitFor({ state: 'detached' })
  t.strictSame(await heard(app), ['opened:'])
  for (const message of ['imOpenMessenger:{"dialogId":"chat2"}:', 'imOpenHistory:{"dialogId":"imol|1"}:']) {
    t.strictSame(await say(app, message), [])
    await page.locator('.slider').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('.slider').waitFor({ state: 'detached' })
  }
  const loaded = page.waitForEvent('load')
  await app.evaluate(() => Reflect.get(window, 'say')('reloadWindow:{}:'))
  await loaded
})

await browser.close()
