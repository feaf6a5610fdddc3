// Commands and events of PAGE_BACKGROUND_WORKER, the hidden frame from which an application handles calls.
import { raiseCard, STATES } from './call-card.js'
import { controls } from './dialogs.js'

export const callWorkerEvents = ['initialized', 'addCommentButtonClick', 'muteButtonClick', 'holdButtonClick',
  'closeButtonClick', 'transferButtonClick', 'cancelTransferButtonClick', 'completeTransferButtonClick',
  'hangupButtonClick', 'nextButtonClick', 'skipButtonClick', 'answerButtonClick', 'entityChanged', 'qualityMeterClick',
  'dialpadButtonClick', 'makeCallButtonClick', 'notifyAdminButtonClick'].map(name => `BackgroundCallCard::${name}`)

const failure = errorCode => [{ result: 'error', errorCode }]

/** On a portal telephony.externalcall.register raises the card; here a button above the frame does. */
export function callWorker ({ layout, act, fire }) {
  let card
  const tell = (name, data) => fire(`BackgroundCallCard::${name}`, data)
  controls(layout, 'The portal', [['Raise the call card', () => {
    card?.close()
    card = raiseCard({ layout, act, tell, closed: () => { card = undefined } })
  }]])

  const withCard = run => (params, reply) => {
    if (card) run(params, reply)
    else reply(failure('Call card is undefined'))
  }
  const change = run => withCard((params, reply) => {
    run(params)
    reply([])
  })
  return {
    CallCardGetListUiStates: (_params, reply) => reply(Object.keys(STATES)),
    CallCardSetMute: change(({ muted }) => card.press('mute', Boolean(muted))),
    CallCardSetHold: change(({ held }) => card.press('hold', Boolean(held))),
    CallCardSetUiState: withCard(({ uiState, disableAutoStartTimer }, reply) => {
      if (!Object.hasOwn(STATES, uiState)) return reply(failure('Invalid ui state'))
      card.setState(uiState)
      if (uiState === 'connected' && !disableAutoStartTimer) card.startTimer()
      reply([])
    }),
    CallCardSetCardTitle: change(({ title }) => { card.title.textContent = title }),
    CallCardSetStatusText: change(({ statusText }) => { card.status.textContent = statusText }),
    CallCardClose: change(() => card.close()),
    // As on a portal, these two answer only when they fail.
    CallCardStartTimer: withCard(() => card.startTimer()),
    CallCardStopTimer: withCard(() => card.stopTimer())
  }
}
