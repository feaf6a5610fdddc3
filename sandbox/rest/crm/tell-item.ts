import type { DataEventName } from '../../data-events.ts'
import { queueEvent } from '../../event-delivery.ts'
import type { Portal, SandboxUser } from '../../portal.ts'
import type { ItemType } from './types.ts'

/** The type of an item that has events of its own under its number as well, such as ONCRMDYNAMICITEMADD_183. */
const numbered = (id: number): 31 | 183 => id === 31 ? 31 : 183

/** Sends the events of an item that `user` has added, changed or removed. */
export function tellItem (
  portal: Portal, { id: typeId, name }: ItemType, change: 'ADD' | 'UPDATE' | 'DELETE', id: number, user: SandboxUser
): void {
  const event: DataEventName = `ONCRM${name}${change}`
  if (name !== 'DYNAMICITEM') return queueEvent(portal, event, id, user)
  const others = { ENTITY_TYPE_ID: String(typeId) }
  queueEvent(portal, event, id, user, others)
  queueEvent(portal, `ONCRMDYNAMICITEM${change}_${numbered(typeId)}`, id, user, others)
}
