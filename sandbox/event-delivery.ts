import type { LifecycleEventName } from './lifecycle-event.ts'
import type { Portal } from './portal.ts'
import { sendMessage } from './send-message.ts'

/** Milliseconds that whoever pressed a button on the portal waits for the application at most. */
const PATIENCE = 5000

/** Posts an event to an address of the application. Tells the status, undefined when nothing answered. */
export async function deliverTo (portal: Portal, name: LifecycleEventName, handler: string, body = portal.event(name).body): Promise<number | undefined> {
  const answer = await sendMessage(portal.state.wire, { name, memberId: portal.memberId, method: 'POST', sent: { url: handler, body } }, PATIENCE)
  return answer?.status
}

/** Posts a lifecycle event to every handler that event.bind stored. As from Bitrix24, what fails is not sent again. Entries of `overrides` replace its fields. */
export async function deliverEvent (portal: Portal, name: LifecycleEventName, overrides: Record<string, string> = {}): Promise<void> {
  const handlers = portal.events.filter(row => row.event === name).map(row => row.handler)
  const { body } = portal.event(name, overrides)
  await Promise.all(handlers.map(handler => deliverTo(portal, name, handler, body)))
}
