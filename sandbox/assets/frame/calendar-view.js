// A view of the calendar that the application draws: what it asks the calendar for, and what it is told.
import { controls } from './dialogs.js'

export const calendarEvents = ['refreshEntries', 'decreaseViewRangeDate', 'increaseViewRangeDate', 'adjustToDate']
  .map(name => `Calendar.customView:${name}`)

export function calendarView ({ layout, act, fire }) {
  const tell = (name, data = {}) => fire(`Calendar.customView:${name}`, data)
  controls(layout, 'The calendar', [
    ['Back', () => tell('decreaseViewRangeDate')],
    ['Forward', () => tell('increaseViewRangeDate')],
    ['Today', () => tell('adjustToDate', new Date().toISOString().slice(0, 10))]
  ])

  /** The event with this number or `uid`; undefined when the calendar has none. */
  const find = async ({ id, uid }) => (await act('calendarEvents'))
    .find(event => uid === undefined ? event.ID === String(id) : event.UID === uid)

  /** Opens the page of an event; the portal has the same one to look at it and to change it. */
  const openEvent = async (params, reply) => {
    const event = await find(params)
    if (event) window.top.portalSliders.open(`/calendar/event/${event.ID}/`)
    reply({ result: event !== undefined })
  }

  return {
    getEvents: async (params, reply) => reply(await act('calendarEvents', params)),
    viewEvent: openEvent,
    addEvent (_params, reply) {
      window.top.portalSliders.open('/calendar/')
      reply({ result: true })
    },
    editEvent: openEvent,
    async deleteEvent (params, reply) {
      const event = await find(params)
      if (event) await act('deleteCalendarEvent', { id: event.ID })
      // As on a portal, the answer is the same without such an event.
      reply()
      if (event) tell('refreshEntries')
    }
  }
}
