import { eventData } from './data-events.ts'
import type { DataEventName } from './data-events.ts'
import { portalEvent } from './portal-event.ts'
import type { EventName } from './portal-event.ts'
import type { SandboxUser } from './portal-records.ts'
import type { Portal } from './portal.ts'
import { isoTime } from './rest/timing.ts'
import { sendMessage } from './send-message.ts'

/** Milliseconds that whoever pressed a button on the portal waits for the application at most. */
const PATIENCE = 5000

/** Posts an event to an address of the application. Tells the status, undefined when nothing answered. */
export async function deliverTo (
  portal: Portal, name: EventName, handler: string, body = portal.event(name).body
): Promise<number | undefined> {
  const answer = await sendMessage(portal.state.wire,
    { name, memberId: portal.memberId, method: 'POST', sent: { url: handler, body } }, PATIENCE)
  return answer?.status
}

/**
 * Posts an event to every handler that event.bind stored, to each a form of its own. `user` is who acted. As from
 * Bitrix24, what fails is not sent again. Entries of `overrides` replace fields of the forms. The forms are made at
 * once, so the application may be removed while they are on their way.
 */
export async function deliverEvent (
  portal: Portal, name: EventName, overrides: Record<string, string> = {}, user?: SandboxUser
): Promise<void> {
  const events = portal.events.filter(row => row.event === name).map(row =>
    portalEvent(portal, name, overrides, row, user))
  await Promise.all(events.map(({ url, body }) => deliverTo(portal, name, url, body)))
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
  portal.offline.keep(name, data, user, isoTime(Date.now()))
  setImmediate(deliverEvent, portal, name, data, user)
}
