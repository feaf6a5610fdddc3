import type { Locator } from 'playwright-core'
import t from 'tap'
import { until } from '../../until.ts'
import { openBrowser } from '../chromium.ts'
import { appIn, heard, ready, say, scene, sliderPage } from './frame-scene.ts'

// What only the pages of some placements may ask for, and what people see of it.
const browser = await openBrowser()

await t.test('frame placements: people choose among what the application has found', async t => {
  for (const placement of ['CRM_DETAIL_SEARCH', 'CRM_REQUISITE_AUTOCOMPLETE', 'CRM_BANK_DETAIL_AUTOCOMPLETE']) {
    const { page, openPlacement } = await scene(t, browser)
    const app = await ready(await openPlacement(placement, '/bare'))
    t.strictSame(await say(app, 'getInterface:k'),
      ['k:{"command":["crmShowFoundEntities","crmShowCreatedEntity"],"event":["onCrmEntityIsNeedToCreate"]}'])
    await say(app, 'placementBindEvent:{"event":"onCrmEntityIsNeedToCreate"}:k1')
    // The notices go by themselves.
    const nothing = sliderPage(page).getByText('The application has found nothing.').waitFor()
    t.strictSame(await say(app, 'crmShowFoundEntities:{"data":[]}:k2'), ['k2:'])
    await nothing

    const daisy = { id: 'company-123', name: 'Daisy <b>Ltd</b>', phone: '+1 555', web: 'https://example.com' }
    t.strictSame(await say(app,
      `crmShowFoundEntities:${JSON.stringify({ data: [{ name: 'Rose' }, daisy] })}:k3`), ['k3:'])
    const dialog = sliderPage(page).getByRole('dialog')
    await dialog.getByLabel('Daisy <b>Ltd</b>').check()
    await dialog.getByText('+1 555, https://example.com').waitFor()
    await dialog.getByRole('button', { name: 'Select' }).click()
    let told: unknown
    await until(async () => ([told] = await heard(app))[0])
    t.match(JSON.parse(String(told).slice(3)), { appSid: /^[0-9a-f]{32}$/, data: daisy })
    const held = sliderPage(page).getByText('The form now holds Daisy Ltd.').waitFor()
    t.strictSame(await say(app,
      'crmShowCreatedEntity:{"entityType":"company","id":"7","title":"Daisy Ltd"}:k4'), ['k4:'])
    await held
    await say(app, `crmShowFoundEntities:${JSON.stringify({ data: [daisy] })}:`)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    t.strictSame(await heard(app), [], 'nothing was chosen')
  }
})

await t.test('frame placements: a page reads and replaces the text of the chat', async t => {
  const { page, openPlacement, sandbox } = await scene(t, browser)
  const far = await ready(await openPlacement('IM_SIDEBAR', '/bare'))
  const send = (app: Locator, method: string, params: object) =>
    say(app, { method, params, requestId: 'r1', callback: 'k' })
  for (const method of ['im:getImTextareaContent', 'im:setImTextareaContent']) {
    t.strictSame(await send(far, method, { text: 'x' }),
      ['k:{"message":"The text field is not available.","requestId":"r1"}'], method)
  }
  await page.goto(`${sandbox.portals.alpha.url}/messenger/`)
  const field = page.locator('#message')
  await field.fill('Hello')
  await page.evaluate(() => Reflect.get(window, 'portalSliders').open('/marketplace/placement/IM_SIDEBAR/'))
  const app = await ready(appIn(page))
  t.strictSame(await send(app, 'im:getImTextareaContent', {}), ['k:"Hello"'])
  const rows: Array<[params: object, text: string]> = [
    [{ text: ' you' }, 'Hello you'], [{ text: 'there', withNewLine: true }, 'Hello you\nthere'],
    [{ text: 'New', replace: true }, 'New'], [{ replace: true }, '']
  ]
  for (const [params, text] of rows) {
    t.strictSame(await send(app, 'im:setImTextareaContent', params), ['k:true'])
    t.equal(await field.inputValue(), text)
  }
})

await t.test('frame placements: what is bound beside the text of a chat opens there', async t => {
  const { page, openPlacement, sandbox, received } = await scene(t, browser)
  await openPlacement('IM_TEXTAREA', '/bare')
  await page.goto(`${sandbox.portals.alpha.url}/messenger/?dialog=chat1`)
  await page.locator('#message').fill('Hello')
  await page.getByRole('link', { name: 'Widget', exact: true }).click()
  const app = await ready(appIn(page))
  t.strictSame(await say(app, { method: 'im:getImTextareaContent', params: {}, callback: 'k' }), ['k:"Hello"'])
  t.match(JSON.parse(String(received.at(-1)?.body['PLACEMENT_OPTIONS'])), { dialogId: 'chat1' })
})

await t.test('frame placements: what is bound to a chat and to its messages opens there', async t => {
  const { page, openPlacement, sandbox, received } = await scene(t, browser)
  const { alpha } = sandbox.portals
  for (const code of ['IM_SIDEBAR', 'IM_CONTEXT_MENU']) await openPlacement(code, '/bare')
  const { id } = alpha.content.add({ kind: 'message', parent: 'chat1', authorId: 2, text: 'Hello' })
  const places = { 'At the side of the chat': {}, [`Menu of message ${id}`]: { messageId: String(id) } }
  for (const [name, options] of Object.entries(places)) {
    await page.goto(`${alpha.url}/messenger/?dialog=chat1`)
    await page.getByRole('navigation', { name }).getByRole('link', { name: 'Widget' }).click()
    await ready(appIn(page))
    t.match(JSON.parse(String(received.at(-1)?.body['PLACEMENT_OPTIONS'])), { dialogId: 'chat1', ...options }, name)
  }
})

await t.test('frame placements: a view of the calendar works with events', async t => {
  const { page, openPlacement, sandbox } = await scene(t, browser)
  const { content } = sandbox.portals.alpha
  for (const [id, DATE_FROM] of [[90, '2026-07-26T10:00'], [91, '2026-09-01T10:00']] as const) {
    content.add({ kind: 'event', id, authorId: 1, title: `Event ${id}`, fields: { DATE_FROM } })
  }
  const app = await ready(await openPlacement('CALENDAR_GRIDVIEW', '/bare'))
  const listed = await say(app, 'getEvents:{"dateFrom":"2026-07-20T00:00:00Z","dateTo":"2026-08-01T00:00:00Z"}:k')
  t.match(JSON.parse(String(listed).slice(2)), [{ ID: '90', UID: '90|26.07.2026', NAME: 'Event 90' }])
  const rows = [
    ['viewEvent:{"id":90}:k', '/calendar/event/90/'], ['editEvent:{"uid":"91|01.09.2026"}:k', '/calendar/event/91/'],
    ['addEvent::k', '/calendar/']
  ] as const
  for (const [message, path] of rows) {
    t.strictSame(await say(app, message), ['k:{"result":true}'])
    t.equal(new URL(await page.locator('.slider-frame').nth(1).getAttribute('src') ?? '').pathname, path, message)
    await page.keyboard.press('Escape')
    await page.locator('.slider').nth(1).waitFor({ state: 'detached' })
  }
  for (const message of ['viewEvent:{"id":"x/../y"}:k', 'editEvent::k']) {
    t.strictSame(await say(app, message), ['k:{"result":false}'], message)
  }
  for (const name of ['refreshEntries', 'increaseViewRangeDate', 'adjustToDate']) {
    await say(app, `placementBindEvent:{"event":"Calendar.customView:${name}"}:${name}`)
  }
  t.strictSame(await say(app, 'deleteEvent:{"id":"90"}:k'), ['k:', 'refreshEntries:{}'])
  t.equal(content.find('event', 90), undefined)
  t.strictSame(await say(app, 'deleteEvent:{"id":"90"}:k'), ['k:'], 'there is no such event')
  const calendar = sliderPage(page).getByRole('group', { name: 'The calendar' })
  for (const name of ['Back', 'Forward', 'Today']) await calendar.getByRole('button', { name }).click()
  t.match(await heard(app), ['increaseViewRangeDate:{}', /^adjustToDate:"\d{4}-\d\d-\d\d"$/])
})

await t.test('frame placements: a robot and a block take what they know', async t => {
  const { page, openPlacement } = await scene(t, browser)
  const robot = await ready(await openPlacement('BIZPROC_ACTIVITY_PROPERTIES_DIALOG', '/bare',
    { properties: { text: { NAME: 'Text' }, list: { NAME: 'List' } } }))
  const kept = sliderPage(page).getByText('The robot will keep text: a; list: b, c.').waitFor()
  t.strictSame(await say(robot, 'setPropertyValue:{"text":"a","list":["b","c"],"other":"d"}:k'), [], 'no answer')
  await kept
  t.strictSame(await say(robot, 'setPropertyValue:{"other":"d"}:k'), [])

  const block = await ready(await openPlacement('LANDING_BLOCK_demo', '/bare', { ID: '996' }))
  const told = sliderPage(page).getByText('Block 996 was loaded again.').waitFor()
  t.strictSame(await say(block, 'refreshBlock:{"id":996}:k'), ['k:'])
  await told
  t.strictSame(await say(block, 'refreshBlock:{"id":997}:k'), [], 'a block of another page')
})

await t.test('frame placements: the console says why nothing answers', async t => {
  const { page, openPlacement } = await scene(t, browser)
  const lines: string[] = []
  page.on('console', line => { if (line.type() === 'info') lines.push(line.text()) })
  const app = await ready(await openPlacement('CRM_DEAL_LIST_TOOLBAR', '/bare'))
  for (const message of ['launch:{"token":"secret"}:k', 'setTitle:{"title":"x"}:k',
    'setUserOption:{"name":"a","value":1}:k']) {
    await say(app, message)
  }
  await until(() => lines.length >= 2)
  t.strictSame(lines, ['launch', 'setTitle'].map(name =>
    `The application has sent "${name}", which the placement CRM_DEAL_LIST_TOOLBAR does not take here. ` +
    'A portal does not answer.'))
})

await browser.close()
