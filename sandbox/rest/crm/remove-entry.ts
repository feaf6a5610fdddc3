import type { Entry } from '../../content.ts'
import type { DataEventName } from '../../data-events.ts'
import { queueEvent } from '../../event-delivery.ts'
import type { RestCall } from '../rest-method.ts'

/** Removes what belongs to an item, and tells the application by this event. */
export function removeEntry ({ token: { portal, user } }: RestCall, entry: Entry, event: DataEventName): true {
  portal.content.remove(entry)
  queueEvent(portal, event, entry.id, user)
  return true
}
