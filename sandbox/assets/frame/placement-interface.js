// Commands and events that only the pages of some placements know.
import { calendarEvents, calendarView } from './calendar-view.js'
import { callWorker, callWorkerEvents } from './call-worker.js'
import { chatText } from './chat-text.js'
import { clientSearch } from './client-search.js'
import { controls, notify } from './dialogs.js'
import { timelineLayout } from './timeline-layout.js'

function reloadData (_params, reply) {
  notify('The data of the page were loaded again.')
  reply()
}

/** The tab of a call card. Its commands answer with an empty list, those of other placements with nothing. */
function callTab ({ layout, options, fire }) {
  const tell = (name, data) => () => fire(`CallCard::${name}`, data)
  const { PHONE_NUMBER, CRM_ENTITY_TYPE, CRM_ENTITY_ID } = options
  controls(layout, 'The call', [
    ['Connected', tell('CallStateChanged', 'connected')],
    ['Ended', tell('CallStateChanged', 'idle')],
    ['Client found', tell('EntityChanged', { PHONE_NUMBER, CRM_ENTITY_TYPE, CRM_ENTITY_ID: Number(CRM_ENTITY_ID) })],
    ['Close', tell('BeforeClose')]
  ])
  const done = (_params, reply) => reply([])
  return { getStatus: (_params, reply) => reply(options), disableAutoClose: done, enableAutoClose: done }
}

/** A field of a user type holds what its page has set. */
function field ({ options }) {
  let value = options.VALUE ?? null
  return {
    getValue: (_params, reply) => reply(value),
    setValue (params, reply) {
      value = params
      reply(value)
    }
  }
}

/** A block of a site: without answer when the page has no such block. */
const landingBlock = ({ options }) => ({
  refreshBlock ({ id }, reply) {
    if (String(id) !== options.ID) return
    notify(`Block ${options.ID} was loaded again.`)
    reply()
  }
})

/** The settings of a robot. As on a portal, its command has no answer. */
const robot = ({ options }) => ({
  setPropertyValue (params) {
    const known = Object.entries(params).filter(([name]) => Object.hasOwn(options.properties ?? {}, name))
    if (known.length === 0) return
    notify(`The robot will keep ${known.map(([name, value]) => `${name}: ${[value].flat().join(', ')}`).join('; ')}.`)
  }
})

const families = [
  { placements: /^CRM_.+_(?:DETAIL_TAB|LIST_MENU)$/, commands: () => ({ reloadData }) },
  { placements: /^CRM_.+_DETAIL_ACTIVITY$/, commands: context => ({ reloadData, ...timelineLayout(context) }) },
  {
    placements: /^CALL_CARD$/,
    commands: callTab,
    events: ['CallCard::EntityChanged', 'CallCard::BeforeClose', 'CallCard::CallStateChanged']
  },
  { placements: /^PAGE_BACKGROUND_WORKER$/, commands: callWorker, events: callWorkerEvents },
  { placements: /^CALENDAR_GRIDVIEW$/, commands: calendarView, events: calendarEvents },
  { placements: /^USERFIELD_TYPE$/, commands: field },
  {
    placements: /^CRM_(?:DETAIL_SEARCH|REQUISITE_AUTOCOMPLETE|BANK_DETAIL_AUTOCOMPLETE)$/,
    commands: clientSearch,
    events: ['onCrmEntityIsNeedToCreate']
  },
  { placements: /^IM_/, commands: chatText },
  { placements: /^LANDING_BLOCK_/, commands: landingBlock },
  { placements: /^BIZPROC_ACTIVITY_PROPERTIES_DIALOG$/, commands: robot }
]

/**
 * What the page of one placement may ask for beyond the commands of all, and what it may be told. `options` are its
 * placement options, `sid` is its APP_SID, `layout` is the box around its frame; `act` asks the portal, `fire` tells
 * the page.
 */
export function placementInterface (placement, context) {
  const family = families.find(({ placements }) => placements.test(placement))
  return { commands: family?.commands(context) ?? {}, events: family?.events ?? [] }
}
