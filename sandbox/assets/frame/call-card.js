// The card of a call, which a telephony application handles from its hidden frame.
import { choose, element } from './dialogs.js'

/** The states of the card, each with the buttons that it shows then. */
export const STATES = {
  incoming: ['answer', 'skip'],
  transferIncoming: ['answer', 'skip'],
  outgoing: ['makeCall', 'next'],
  connectingIncoming: ['hangup'],
  connectingOutgoing: ['hangup'],
  connected: ['hangup', 'hold', 'mute', 'transfer', 'dialpad', 'qualityMeter'],
  transferring: ['completeTransfer', 'cancelTransfer'],
  transferFailed: ['cancelTransfer'],
  transferConnected: ['hangup'],
  error: ['close'],
  moneyError: ['notifyAdmin', 'close'],
  redial: ['makeCall', 'next']
}

const LABELS = {
  answer: 'Answer',
  skip: 'Skip',
  makeCall: 'Call',
  next: 'Next client',
  hangup: 'Hang up',
  hold: 'Hold',
  mute: 'Mute',
  transfer: 'Transfer',
  dialpad: 'Dial pad',
  qualityMeter: 'Rate the call',
  completeTransfer: 'Complete the transfer',
  cancelTransfer: 'Return to the call',
  notifyAdmin: 'Notify the administrator',
  close: 'Close'
}

/** Clients of the examples, as in a list of people to call. */
const CLIENTS = [
  { CRM_ENTITY_TYPE: 'CONTACT', CRM_ENTITY_ID: 5, PHONE_NUMBER: '+4930901821' },
  { CRM_ENTITY_TYPE: 'CONTACT', CRM_ENTITY_ID: 6, PHONE_NUMBER: '+4930901822' }
]

const optionsOf = texts => texts.map(text => ({ id: text, name: text }))

/** Seconds as 01:05. */
const clock = seconds => [seconds / 60, seconds % 60].map(part => String(Math.trunc(part)).padStart(2, '0')).join(':')

/** Shows a card; `tell` reports what people do with it, `closed` that it is gone. */
export function raiseCard ({ layout, act, tell, closed }) {
  let client = CLIENTS[0]
  let timer
  const pressed = { hold: false, mute: false }
  const title = element('h2', { textContent: `Call with ${client.PHONE_NUMBER}` })
  const status = element('p', { role: 'status' })
  const duration = element('p', { className: 'call-duration' })
  const buttons = element('div', { className: 'choice-buttons' })
  const comment = element('input', { ariaLabel: 'Comment', placeholder: 'Comment', autocomplete: 'off' })
  const save = element('button', { type: 'button', textContent: 'Save the comment' })
  save.onclick = () => tell('addCommentButtonClick', comment.value)
  const box = element('section', { className: 'call-card', ariaLabel: 'Call card' },
    [title, status, duration, buttons, element('div', { className: 'call-comment' }, [comment, save])])

  function stopTimer () {
    clearInterval(timer)
    timer = undefined
  }

  const card = {
    title,
    status,
    stopTimer,
    startTimer () {
      stopTimer()
      const start = Date.now()
      duration.textContent = clock(0)
      timer = setInterval(() => { duration.textContent = clock((Date.now() - start) / 1000) }, 1000)
    },
    press (name, isPressed) {
      pressed[name] = isPressed
      buttons.querySelector(`[data-name="${name}"]`)?.setAttribute('aria-pressed', isPressed)
    },
    setState (state) {
      buttons.replaceChildren(...STATES[state].map(name => {
        const button = element('button', { type: 'button', textContent: LABELS[name], onclick: () => click(name) })
        button.dataset.name = name
        if (name in pressed) button.ariaPressed = String(pressed[name])
        return button
      }))
      if (state !== 'connected') stopTimer()
    },
    close () {
      stopTimer()
      box.remove()
      closed()
    }
  }

  /** What a click tells beyond that it happened; undefined for nothing, null when nothing was chosen. */
  const dataOf = {
    hold: () => !pressed.hold,
    mute: () => !pressed.mute,
    async transfer () {
      const [target] = await choose('Transfer the call to', await act('employees')) ?? []
      return target ? { phoneNumber: client.PHONE_NUMBER, target: target.id } : null
    },
    dialpad: async () => (await choose('Dial pad', optionsOf([...'1234567890*#'])))?.[0]?.id ?? null,
    qualityMeter: async () => (await choose('Quality of the call', optionsOf([...'54321'])))?.[0]?.id ?? null
  }

  async function click (name) {
    const data = await dataOf[name]?.()
    if (data === null) return
    if (name in pressed) card.press(name, data)
    tell(name === 'qualityMeter' ? 'qualityMeterClick' : `${name}ButtonClick`, data)
    if (name === 'close') card.close()
    if (name !== 'next') return
    client = CLIENTS[(CLIENTS.indexOf(client) + 1) % CLIENTS.length]
    card.setState('outgoing')
    status.textContent = ''
    tell('entityChanged', client)
  }

  layout.before(box)
  card.setState('incoming')
  tell('initialized', {
    CALL_ID: `externalCall.${crypto.getRandomValues(new Uint32Array(1))[0].toString(16)}`,
    ...client,
    LINE_NUMBER: 'reg151083',
    LINE_NAME: '',
    CRM_BINDINGS: [{ ENTITY_TYPE: 'DEAL', ENTITY_ID: 8061 }],
    CALL_DIRECTION: 'incoming',
    CALL_STATE: 'idle',
    CALL_LIST_MODE: false
  })
  return card
}
