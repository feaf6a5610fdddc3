import type { Locator } from 'playwright-core'
import t from 'tap'
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
    t.strictSame(await say(app, 'crmShowFoundEntities:{"data":[]}:k2'), ['k2:'])
    await sliderPage(page).getByText('The application has found nothing.').waitFor()

    const daisy = { id: 'company-123', name: 'Daisy <b>Ltd</b>', phone: '+1 555', web: 'https://example.com' }
    t.strictSame(await say(app,
      `crmShowFoundEntities:${JSON.stringify({ data: [{ name: 'Rose' }, daisy] })}:k3`), ['k3:'])
    const dialog = sliderPage(page).getByRole('dialog')
    await dialog.getByLabel('Daisy <b>Ltd</b>').check()
    await dialog.getByText('+1 555, https://example.com').waitFor()
    await dialog.getByRole('button', { name: 'Select' }).click()
    const [told] = await heard(app)
    t.match(JSON.parse(String(told).slice(3)), { appSid: /^[0-9a-f]{32}$/, data: daisy })
    t.strictSame(await say(app,
      'crmShowCreatedEntity:{"entityType":"company","id":"7","title":"Daisy Ltd"}:k4'), ['k4:'])
    await sliderPage(page).getByText('The form now holds Daisy Ltd.').waitFor()
    await say(app, `crmShowFoundEntities:${JSON.stringify({ data: [daisy] })}:`)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    t.strictSame(await heard(app), [], 'nothing was chosen')
  }
})

await t.test('frame placements: the portal draws a timeline from its description', async t => {
  const { page, openPlacement, received } = await scene(t, browser)
  const app = await ready(await openPlacement('CRM_DEAL_DETAIL_ACTIVITY', '/bare'))
  const box = sliderPage(page).getByRole('region', { name: 'Application' })
  const command = (name: string, params: unknown, key = 'k') => say(app, `${name}:${JSON.stringify(params)}:${key}`)
  const text = (value: string, more = {}) => ({ type: 'text', properties: { value, ...more } })
  const link = (label: string, action: object) => ({ type: 'link', properties: { text: label, action } })
  t.strictSame(await command('setLayout', {
    blocks: {
      hello: text('Hello <b>all</b>', { bold: true }),
      part: {
        type: 'section',
        properties: { blocks: { note: { type: 'withTitle', properties: { title: 'Note', block: text('inside') } } } }
      },
      lines: {
        type: 'list',
        properties: {
          blocks: {
            one: {
              type: 'lineOfBlocks',
              properties: { blocks: { a: link('Event', { type: 'layoutEvent', value: 'clicked' }) } }
            }
          }
        }
      },
      deal: link('Deal', { type: 'redirect', uri: '/crm/deal/details/8061/' }),
      own: link('More', { type: 'openRestApp', value: { id: 5 }, sliderParams: { width: 700 } }),
      script: link('Script', { type: 'redirect', value: 'javascript:window.harm=1' }),
      name: { type: 'input', properties: { title: 'Name', value: 'John', errorText: 'Too short' } },
      long: { type: 'textarea', properties: { title: 'Text', placeholder: 'Write' } },
      city: {
        type: 'select',
        properties: { title: 'City', values: { nyc: 'New York', la: 'Los Angeles' }, selectedValue: 'la' }
      },
      later: { ...text('Later'), visible: false },
      unknown: { type: 'constructor' }
    },
    primaryButton: { title: 'Save' },
    secondaryButton: { title: 'Cancel', state: 'disabled' }
  }), ['k:'])
  t.match(await box.innerText(), /Hello <b>all<\/b>[^]*Note inside[^]*Event[^]*Too short/)
  t.equal(await box.getByText('Later').count(), 0)
  t.equal(await box.getByLabel('City').inputValue(), 'la')
  t.equal(await box.getByRole('button', { name: 'Cancel' }).isDisabled(), true)

  for (const [name, id, key] of [['LayoutEvent', null, 'e'], ['ValueChange', null, 'v'], ['ValueChange', 'name', 'n'],
    ['PrimaryButtonClick', null, 'p'], ['EntityUpdate', null, 'u']] as const) {
    t.strictSame(await command(`bind${name}Callback`, id, key), [])
  }
  await box.getByRole('button', { name: 'Event' }).click()
  await box.getByLabel('City').selectOption('nyc')
  await box.getByLabel('Name').fill('Anna')
  await box.getByRole('button', { name: 'Save' }).click()
  await box.getByRole('button', { name: 'Script' }).click()
  t.strictSame(await heard(app), ['e:{"id":"a","value":"clicked"}', 'v:{"id":"city","value":"nyc"}',
    'v:{"id":"name","value":"Anna"}', 'n:{"id":"name","value":"Anna"}', 'p:'])
  t.equal(await box.evaluate(() => Reflect.get(window, 'harm')), undefined)

  await command('lock', [])
  t.equal(await box.getAttribute('inert'), '')
  await command('unlock', [])
  await command('setLayoutItemState', { id: 'later', visible: true, properties: { value: 'Now' } })
  await box.getByText('Now').waitFor()
  await command('setLayoutItemState', { id: 'nothing', visible: true })
  await command('setSecondaryButtonState', { title: 'Stop', state: 'normal' })
  t.equal(await box.getByRole('button', { name: 'Stop' }).isDisabled(), false)

  await box.getByRole('button', { name: 'More' }).click()
  await ready(appIn(page, 1))
  t.equal(JSON.parse(received.at(-1)?.body.PLACEMENT_OPTIONS ?? '').id, '5')
  await page.keyboard.press('Escape')
  await box.getByRole('button', { name: 'Deal', exact: true }).click()
  await sliderPage(page, 1).getByText('Furniture').first().waitFor()
  await page.keyboard.press('Escape')
  t.strictSame(await command('finish', []), ['k:'])
  t.equal(await box.count(), 0)
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

await t.test('frame placements: the console says why nothing answers', async t => {
  const { page, openPlacement } = await scene(t, browser)
  const lines: string[] = []
  page.on('console', line => { if (line.type() === 'info') lines.push(line.text()) })
  const app = await ready(await openPlacement('CRM_DEAL_LIST_TOOLBAR', '/bare'))
  for (const message of ['launch:{"token":"secret"}:k', 'setTitle:{"title":"x"}:k',
    'setUserOption:{"name":"a","value":1}:k']) {
    await say(app, message)
  }
  t.strictSame(lines, ['launch', 'setTitle'].map(name =>
    `The application has sent "${name}", which the placement CRM_DEAL_LIST_TOOLBAR does not take here. ` +
    'A portal does not answer.'))
})

await browser.close()
