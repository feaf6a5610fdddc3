import t from 'tap'
import { openBrowser } from '../chromium.ts'
import { appIn, heard, ready, say, scene, sliderPage } from './frame-scene.ts'

// What only the pages of some placements may ask for, and what people see of it.
const browser = await openBrowser()

await t.test('timeline layout: the portal draws what the application describes', async t => {
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

await browser.close()
