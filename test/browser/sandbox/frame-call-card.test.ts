import t from 'tap'
import { openBrowser } from '../chromium.ts'
import { heard, ready, say, scene, sliderPage } from './frame-scene.ts'

// The card of a call, which a telephony application handles from the hidden frame PAGE_BACKGROUND_WORKER.
const browser = await openBrowser()

const STATES = ['incoming', 'transferIncoming', 'outgoing', 'connectingIncoming', 'connectingOutgoing', 'connected',
  'transferring', 'transferFailed', 'transferConnected', 'error', 'moneyError', 'redial']

await t.test('frame call card: the application handles the card', async t => {
  const { page, openPlacement } = await scene(t, browser)
  const app = await ready(await openPlacement('PAGE_BACKGROUND_WORKER', '/bare'))
  const portal = sliderPage(page)
  const card = portal.getByRole('region', { name: 'Call card' })
  const call = async (name: string, params: object = {}) => {
    const [answer] = await say(app, `CallCard${name}:${JSON.stringify(params)}:k`)
    return answer === undefined ? undefined : JSON.parse(String(answer).slice(2))
  }
  const commands = ['SetMute', 'SetHold', 'SetUiState', 'SetCardTitle', 'SetStatusText', 'Close', 'StartTimer',
    'StopTimer']
  for (const name of commands) {
    t.strictSame(await call(name), [{ result: 'error', errorCode: 'Call card is undefined' }], name)
  }
  t.strictSame(await call('GetListUiStates'), STATES)

  await portal.getByRole('button', { name: 'Raise the call card' }).click()
  t.strictSame(await call('SetCardTitle', { title: 'Marta <b>Lind</b>' }), [])
  t.strictSame(await call('SetStatusText', { statusText: 'rings' }), [])
  t.equal(await card.getByRole('heading').textContent(), 'Marta <b>Lind</b>')
  t.equal(await card.getByRole('status').textContent(), 'rings')
  t.strictSame(await call('SetUiState', { uiState: 'asleep' }), [{ result: 'error', errorCode: 'Invalid ui state' }])
  t.strictSame(await call('SetUiState', { uiState: 'connected', disableAutoStartTimer: true }), [])
  t.equal(await card.getByText('00:00').count(), 0)
  for (const [name, field] of [['Mute', 'muted'], ['Hold', 'held']] as const) {
    for (const value of [true, false]) {
      t.strictSame(await call(`Set${name}`, { [field]: value }), [])
      t.equal(await card.getByRole('button', { name }).getAttribute('aria-pressed'), String(value))
    }
  }
  t.equal(await call('StartTimer'), undefined, 'no answer')
  await card.getByText(/^\d\d:\d[1-9]$/).waitFor()
  t.equal(await call('StopTimer'), undefined, 'no answer')
  const stopped = String(await card.getByText(/^\d\d:\d\d$/).textContent())
  t.strictSame(await call('SetUiState', { uiState: 'connected' }), [])
  await card.getByText(stopped).waitFor({ state: 'detached' })
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/call-card.png` })
  t.strictSame(await call('Close'), [])
  t.equal(await card.count(), 0)
  t.match(await call('Close'), [{ result: 'error' }])
})

await t.test('frame call card: the application hears of every click', async t => {
  const { page, openPlacement } = await scene(t, browser)
  const app = await ready(await openPlacement('PAGE_BACKGROUND_WORKER', '/bare'))
  const portal = sliderPage(page)
  const card = portal.getByRole('region', { name: 'Call card' })
  const [interfaces] = await say(app, 'getInterface:k')
  const { event: events } = JSON.parse(String(interfaces).slice(2))
  t.equal(events.length, 17)
  for (const event of events) {
    await say(app, `placementBindEvent:${JSON.stringify({ event })}:${event.replace('BackgroundCallCard::', '')}`)
  }
  const heardNow = async () => (await heard(app)).map(String)
  const click = async (name: string) => {
    await card.getByRole('button', { name, exact: true }).click()
    return await heardNow()
  }
  const pick = async (name: string, choice: string) => {
    await card.getByRole('button', { name, exact: true }).click()
    await portal.getByRole('dialog').getByLabel(choice).check()
    await portal.getByRole('dialog').getByRole('button', { name: 'Select' }).click()
    return await heardNow()
  }
  const setState = (uiState: string) => say(app, `CallCardSetUiState:${JSON.stringify({ uiState })}:`)

  await portal.getByRole('button', { name: 'Raise the call card' }).click()
  const [initialized = ''] = await heardNow()
  t.match(JSON.parse(initialized.slice('initialized:'.length)), {
    CALL_ID: /^externalCall\./,
    PHONE_NUMBER: '+4930901821',
    CRM_ENTITY_TYPE: 'CONTACT',
    CRM_ENTITY_ID: 5,
    CRM_BINDINGS: [{ ENTITY_TYPE: 'DEAL', ENTITY_ID: 8061 }],
    CALL_DIRECTION: 'incoming',
    CALL_STATE: 'idle',
    CALL_LIST_MODE: false
  })
  const clicks: Array<[state: string, button: string, event: string]> = [
    ['incoming', 'Answer', 'answerButtonClick:'], ['transferIncoming', 'Skip', 'skipButtonClick:'],
    ['outgoing', 'Call', 'makeCallButtonClick:'], ['connectingIncoming', 'Hang up', 'hangupButtonClick:'],
    ['connected', 'Hold', 'holdButtonClick:true'], ['connected', 'Hold', 'holdButtonClick:false'],
    ['connected', 'Mute', 'muteButtonClick:true'],
    ['transferring', 'Complete the transfer', 'completeTransferButtonClick:'],
    ['transferFailed', 'Return to the call', 'cancelTransferButtonClick:'],
    ['moneyError', 'Notify the administrator', 'notifyAdminButtonClick:']
  ]
  for (const [state, button, event] of clicks) {
    await setState(state)
    t.strictSame(await click(button), [event], `${state}: ${button}`)
  }
  await setState('connected')
  t.strictSame(await pick('Transfer', 'Omar'), ['transferButtonClick:{"phoneNumber":"+4930901821","target":"4"}'])
  t.strictSame(await pick('Dial pad', '#'), ['dialpadButtonClick:"#"'])
  t.strictSame(await pick('Rate the call', '5'), ['qualityMeterClick:"5"'])
  for (const name of ['Transfer', 'Dial pad', 'Rate the call']) {
    await card.getByRole('button', { name, exact: true }).click()
    await portal.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  }
  t.strictSame(await heardNow(), [], 'nothing was chosen')
  await card.getByLabel('Comment', { exact: true }).fill('Calls back')
  t.strictSame(await click('Save the comment'), ['addCommentButtonClick:"Calls back"'])
  await setState('redial')
  t.match(await click('Next client'), ['nextButtonClick:', /^entityChanged:\{.*"CRM_ENTITY_ID":6,/])
  await setState('error')
  t.strictSame(await click('Close'), ['closeButtonClick:'])
  t.equal(await card.count(), 0)
  await portal.getByRole('button', { name: 'Raise the call card' }).click()
  await portal.getByRole('button', { name: 'Raise the call card' }).click()
  t.equal(await card.count(), 1, 'one card at a time')
})

await browser.close()
