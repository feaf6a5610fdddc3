import { lifecycleEvent } from './lifecycle-event.ts'
import type { DataEventName } from './lifecycle-event.ts'
import type { SandboxUser } from './portal-records.ts'
import type { Portal } from './portal.ts'
import { sendMessage } from './send-message.ts'

/**
 * Tells every handler that event.bind stored that the CRM entity `id` was changed by `user`. Each handler gets a form of
 * its own. As from Bitrix24, what fails is not sent again.
 */
export async function deliverDataEvent (portal: Portal, name: DataEventName, id: number, user: SandboxUser): Promise<void> {
  const rows = portal.events.filter(row => row.event === name)
  await Promise.all(rows.map(row => sendMessage(portal.state.wire, {
    name,
    memberId: portal.memberId,
    method: 'POST',
    sent: lifecycleEvent(portal, name, { 'data[FIELDS][ID]': String(id) }, row, user)
  })))
}
