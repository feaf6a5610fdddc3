import { AsyncLocalStorage } from 'node:async_hooks'
import { eventData } from './data-events.ts'
import type { DataEventName } from './data-events.ts'
import { portalEvent } from './portal-event.ts'
import type { EventName } from './portal-event.ts'
import type { EventRow, SandboxUser } from './portal-records.ts'
import type { Portal } from './portal.ts'
import { isoTime } from './rest/timing.ts'
import { sendMessage } from './send-message.ts'

/** Milliseconds that whoever pressed a button on the portal waits for the application at most. */
const PATIENCE = 5000

/** The connector that the call which is answered at the moment has named: its changes do not wait for it. */
export const callConnector = new AsyncLocalStorage<string>()

/** Posts an event to an address of the application. Tells the status, undefined when nothing answered. */
export async function deliverTo (
  portal: Portal, name: EventName, handler: string, body = portal.event(name).body
): Promise<number | undefined> {
  const answer = await sendMessage(portal.state.wire,
    { name, memberId: portal.memberId, method: 'POST', sent: { url: handler, body } }, PATIENCE)
  return answer?.status
}

const handlersOf = ({ events }: Portal, name: EventName): EventRow[] => events.filter(({ event }) => event === name)

/**
 * Posts an event to every handler that event.bind stored, or to those in `rows`, to each a form of its own. `user` is
 * who acted. As from Bitrix24, what fails is not sent again. Entries of `overrides` replace fields of the forms. The
 * forms are made at once, so the application may be removed while they are on their way.
 */
export async function deliverEvent (
  portal: Portal, name: EventName, overrides: Record<string, string> = {}, user?: SandboxUser,
  rows = handlersOf(portal, name)
): Promise<void> {
  const events = rows.map(row => portalEvent(portal, name, overrides, row, user))
  await Promise.all(events.map(({ url, body }) => deliverTo(portal, name, url, body)))
}

/** Tells the handlers of ONOFFLINEEVENT that events wait, each no more often than it has asked for. */
async function tellOffline (portal: Portal, user: SandboxUser): Promise<void> {
  const { offline } = portal
  offline.isTelling = false
  await deliverEvent(portal, 'ONOFFLINEEVENT', {}, user,
    handlersOf(portal, 'ONOFFLINEEVENT').filter(row => offline.mayTell(row)))
}

/**
 * Tells an installed application later on that `user` has changed what has the number `id`: whoever did it does not
 * wait for the handlers, events go through a queue. `others` are further fields that the event carries.
 */
export function queueEvent (
  portal: Portal, name: DataEventName, id: number, user: SandboxUser, others: Record<string, string> = {}
): void {
  if (!portal.installed) return
  const data = eventData(name, id, others)
  const { offline } = portal
  const isKept = offline.keep(name, data, user, isoTime(Date.now()), callConnector.getStore())
  if (isKept && !offline.isTelling) {
    // Once for all that a call changes.
    offline.isTelling = true
    setImmediate(tellOffline, portal, user)
  }
  setImmediate(deliverEvent, portal, name, data, user)
}
