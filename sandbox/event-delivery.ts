import type { LifecycleEventName } from './lifecycle-event.ts'
import type { Portal } from './portal.ts'

/** Posts a lifecycle event to every handler that event.bind stored. As from Bitrix24, what fails is not sent again. */
export async function deliverEvent (portal: Portal, name: LifecycleEventName): Promise<void> {
  const handlers = portal.events.filter(row => row.event === name).map(row => row.handler)
  await Promise.allSettled(handlers.map(handler =>
    fetch(handler, { method: 'POST', body: new URLSearchParams(portal.event(name).body), signal: AbortSignal.timeout(5000) })))
}
