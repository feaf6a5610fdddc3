import type { Page } from 'playwright-core'
import t from 'tap'
import { openBrowser } from '../chromium.ts'
import { appIn, heard, ready, say, scene, sliderPage } from './frame-scene.ts'

// Pages without the SDK, as those of the older library: messages are texts written here, answers are read as they came.
const browser = await openBrowser()

const fire = (page: Page, event: string, data: unknown): Promise<void> =>
  page.frameLocator('.slider-frame').locator('body').evaluate((_body, [event, data]) =>
    Reflect.get(window, 'portalFrame').fire(event, data), [event, data])

await t.test('frame messages: answers the older library in its own formats', async t => {
  const { page, openPlacement, sandbox } = await scene(t, browser)
  const app = await ready(await openPlacement('CRM_DEAL_LIST_MENU', '/bare'))
  const [first] = await say(app, 'getInitData::key1')
  t.match(first, /^key1:\{"LANG":"en",/)
  const data = JSON.parse(String(first).slice(5))
  t.match(data, {
    DOMAIN: sandbox.portals.alpha.domain, PROTOCOL: 0, PATH: '/rest', PLACEMENT: 'CRM_DEAL_LIST_MENU', FIRST_RUN: true
  })
  t.notMatch(Object.keys(data).join(), /TOKEN|APP_SID|SERVER_ENDPOINT/)
  t.match(await say(app, 'getInitData:key2'), [/"FIRST_RUN":false/], 'the form of the SDK')
  t.strictSame(await say(app, 'setInstall:{"install":true}:key3'), ['key3:{"install":true}'])
  t.strictSame(await say(app, 'setUserOption:{"name":"note","value":"a:b:{c}"}:key4'),
    ['key4:{"name":"note","value":"a:b:{c}"}'])
  t.match(sandbox.portals.alpha.userOptions, { 1: { note: 'a:b:{c}' } })
  t.strictSame(await say(app, { method: 'getInterface', params: '', callback: 'key5' }),
    ['key5:{"command":["reloadData"],"event":[]}'])
  t.strictSame(await say(app, 'openPath:{"path":"//nowhere/"}:key6'),
    ['key6:{"result":"error","errorCode":"PATH_NOT_AVAILABLE"}'])

  const silent = {
    'without key': 'setUserOption:{"name":"a","value":1}:',
    'JSON that is none': 'setUserOption:{"name":key7',
    'unknown command': 'launch:{}:key8',
    'name of a member of every object': 'constructor:{}:key9',
    'denied title': 'setTitle:{"title":"x"}:key10',
    'denied size': 'resizeWindow:{"width":100,"height":100}:key11',
    'no message at all': ''
  }
  for (const [name, message] of Object.entries(silent)) t.strictSame(await say(app, message), [], name)
  t.match(sandbox.portals.alpha.userOptions, { 1: { a: 1 } }, 'the one without key was carried out')

  await app.evaluate(() => Reflect.get(window, 'say')('openApplication:{"id":1}:key12'))
  await ready(appIn(page, 1))
  await page.keyboard.press('Escape')
  await page.locator('.slider').nth(1).waitFor({ state: 'detached' })
  t.strictSame(await heard(app), ['key12:'])
  await app.evaluate(() => Reflect.get(window, 'say')('closeApplication::'))
  await page.locator('.slider').waitFor({ state: 'detached' })
})

await t.test('frame messages: an open page gets no tokens after the removal', async t => {
  const { page, openPlacement, sandbox } = await scene(t, browser)
  const app = await ready(await openPlacement('CRM_DEAL_LIST_MENU', '/bare'))
  sandbox.portals.alpha.uninstall()
  const told = page.frameLocator('.slider-frame').locator('.portal-notice', { hasText: 'the application was removed' })
    .waitFor()
  t.strictSame(await say(app, 'refreshAuth::key'), [])
  await told
})

await t.test('frame messages: a placement has commands of its own', async t => {
  const rows: Array<[placement: string, message: string, answer: Array<string | RegExp>]> = [
    ['CRM_DEAL_DETAIL_TAB', 'reloadData:{"isRawValue":false}:k', ['k:']],
    ['CRM_LEAD_DETAIL_ACTIVITY', 'getInterface:k', [/^k:\{"command":\["reloadData","setLayout"/]],
    ['CRM_DEAL_LIST_TOOLBAR', 'reloadData:k', []],
    ['CALL_CARD', 'getStatus:k', [/^k:\{"CALL_ID":"externalCall/]],
    ['CALL_CARD', 'disableAutoClose::k', ['k:[]']],
    ['CALL_CARD', 'getInterface:k', [/"getStatus","disableAutoClose","enableAutoClose".*"CallCard::BeforeClose"/]],
    ['CALENDAR_GRIDVIEW', 'getEvents:{"dateFrom":"2026-07-26"}:k', [/^k:\[.*"NAME":"Meeting"/]],
    ['USERFIELD_TYPE', 'getValue:k', ['k:null']]
  ]
  const { openPlacement, sandbox } = await scene(t, browser)
  sandbox.portals.alpha.content.add({ kind: 'event', authorId: 1, title: 'Meeting' })
  for (const [placement, message, answer] of rows) {
    const app = await ready(await openPlacement(placement, '/bare'))
    const answers = await say(app, message)
    t.equal(answers.length, answer.length, `${placement} ${message}`)
    t.match(answers, answer, `${placement} ${message}`)
  }
})

await t.test('frame messages: a field holds the value that its page has set', async t => {
  const { openPlacement } = await scene(t, browser)
  const app = await ready(await openPlacement('USERFIELD_TYPE', '/bare'))
  for (const value of ['"a:b"', '{"id":1,"time":"10:30"}', '["x"]', '0', 'null']) {
    t.strictSame(await say(app, `setValue:${value}:k1`), [`k1:${value}`])
    t.strictSame(await say(app, 'getValue::k2'), [`k2:${value}`])
  }
})

await t.test('frame messages: every occurrence of a bound event is one answer', async t => {
  const { page, openPlacement } = await scene(t, browser)
  const app = await ready(await openPlacement('CALL_CARD', '/bare'))
  t.strictSame(await say(app, 'placementBindEvent:{"event":"CallCard::CallStateChanged"}:k1'), [], 'no acknowledgement')
  t.strictSame(await say(app, 'placementBindEvent:{"event":"CallCard::Unknown"}:k2'), [])
  await fire(page, 'CallCard::CallStateChanged', { callState: 'connected' })
  await fire(page, 'CallCard::EntityChanged', { CRM_ENTITY_ID: 1 })
  await fire(page, 'CallCard::Unknown', 1)
  await fire(page, 'CallCard::CallStateChanged', { callState: 'idle' })
  t.strictSame(await heard(app), ['k1:{"callState":"connected"}', 'k1:{"callState":"idle"}'])

  await say(app, 'placementBindEvent:{"event":"CallCard::EntityChanged"}:k2')
  await say(app, 'placementBindEvent:{"event":"CallCard::BeforeClose"}:k3')
  const call = sliderPage(page).getByRole('group', { name: 'The call' })
  for (const name of ['Connected', 'Ended', 'Client found', 'Close']) await call.getByRole('button', { name }).click()
  t.strictSame(await heard(app), ['k1:"connected"', 'k1:"idle"',
    'k2:{"PHONE_NUMBER":"+4930123456","CRM_ENTITY_TYPE":"COMPANY","CRM_ENTITY_ID":17}', 'k3:'])
})

await browser.close()
