import type { LifecycleEventName } from './lifecycle-event.ts'
import type { Portal } from './portal.ts'

/** Posts a form to an address of the application and puts it on the wire. Tells the status, undefined when nothing answered. */
export async function deliverTo (portal: Portal, name: LifecycleEventName, handler: string, body = portal.event(name).body): Promise<number | undefined> {
  const { wire } = portal.state
  const started = performance.now()
  const entry = wire.record({
    from: 'portal', to: 'application', memberId: portal.memberId, method: 'POST', path: new URL(handler).pathname, name, fields: body, sent: { url: handler, body }
  })
  try {
    const { status } = await fetch(handler, { method: 'POST', body: new URLSearchParams(body), redirect: 'manual', signal: AbortSignal.timeout(5000) })
    wire.complete(entry, { status, ms: Math.round(performance.now() - started) })
    return status
  } catch {
    wire.complete(entry, { outcome: 'not reachable', ms: Math.round(performance.now() - started) })
    return undefined
  }
}

/** Posts a lifecycle event to every handler that event.bind stored. As from Bitrix24, what fails is not sent again. Entries of `overrides` replace its fields. */
export async function deliverEvent (portal: Portal, name: LifecycleEventName, overrides: Record<string, string> = {}): Promise<void> {
  const handlers = portal.events.filter(row => row.event === name).map(row => row.handler)
  const { body } = portal.event(name, overrides)
  await Promise.all(handlers.map(handler => deliverTo(portal, name, handler, body)))
}
