// Commands and events that only the pages of some placements know.
import { chatText } from './chat-text.js'
import { clientSearch } from './client-search.js'
import { notify } from './dialogs.js'
import { timelineLayout } from './timeline-layout.js'

const done = (_params, reply) => reply()

/** Commands that the portal takes without anything to show for it here. */
const quiet = names => Object.fromEntries(names.map(name => [name, done]))

const open = path => window.top.portalSliders.open(path)

function reloadData (_params, reply) {
  notify('The data of the page were loaded again.')
  reply()
}

const families = [
  { placements: /^CRM_.+_(?:DETAIL_TAB|LIST_MENU)$/, commands: () => ({ reloadData }) },
  { placements: /^CRM_.+_DETAIL_ACTIVITY$/, commands: context => ({ reloadData, ...timelineLayout(context) }) },
  {
    placements: /^CALL_CARD$/,
    commands: ({ options }) => ({
      getStatus: (_params, reply) => reply(options),
      ...quiet(['disableAutoClose', 'enableAutoClose'])
    }),
    events: ['CallCard::EntityChanged', 'CallCard::BeforeClose', 'CallCard::CallStateChanged']
  },
  {
    placements: /^PAGE_BACKGROUND_WORKER$/,
    commands: () => quiet(['SetMute', 'SetHold', 'SetUiState', 'GetListUiStates', 'SetCardTitle', 'SetStatusText',
      'StartTimer', 'StopTimer', 'Close']
      .map(name => `CallCard${name}`))
  },
  {
    placements: /^CALENDAR_GRIDVIEW$/,
    commands: ({ act }) => ({
      getEvents: async (_params, reply) => reply(await act('calendarEvents')),
      viewEvent: ({ id }) => open(`/calendar/event/${Number.parseInt(id) || 0}/`),
      editEvent: ({ id }) => open(`/calendar/event/${Number.parseInt(id) || 0}/`),
      addEvent: () => open('/calendar/'),
      ...quiet(['deleteEvent'])
    }),
    events: ['refreshEntries', 'decreaseViewRangeDate', 'increaseViewRangeDate', 'adjustToDate'].map(name =>
      `Calendar.customView:${name}`)
  },
  {
    placements: /^USERFIELD_TYPE$/,
    commands ({ options }) {
      let value = options.VALUE ?? null
      return {
        getValue: (_params, reply) => reply(value),
        setValue (params, reply) {
          value = params
          reply(value)
        }
      }
    }
  },
  {
    placements: /^CRM_(?:DETAIL_SEARCH|REQUISITE_AUTOCOMPLETE|BANK_DETAIL_AUTOCOMPLETE)$/,
    commands: clientSearch,
    events: ['onCrmEntityIsNeedToCreate']
  },
  { placements: /^IM_/, commands: chatText },
  { placements: /^LANDING_BLOCK_/, commands: () => quiet(['refreshBlock']) },
  { placements: /^BIZPROC_ACTIVITY_PROPERTIES_DIALOG$/, commands: () => quiet(['setPropertyValue']) }
]

/**
 * What the page of one placement may ask for beyond the commands of all, and what it may be told. `options` are its
 * placement options, `sid` is its APP_SID; `act` asks the portal, `fire` tells the page.
 */
export function placementInterface (placement, context) {
  const family = families.find(({ placements }) => placements.test(placement))
  return { commands: family?.commands(context) ?? {}, events: family?.events ?? [] }
}
