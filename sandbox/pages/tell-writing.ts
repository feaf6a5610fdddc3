import type { Entry, EntryKind } from '../content.ts'
import type { DataEventName } from '../data-events.ts'
import { queueEvent } from '../event-delivery.ts'
import type { Portal, SandboxUser } from '../portal.ts'

/** The event of what somebody writes on a page, as of what an application adds. Posts and messages have none. */
const EVENTS: Partial<Record<EntryKind, DataEventName>> = {
  task: 'ONTASKADD',
  'task-comment': 'ONTASKCOMMENTADD',
  deal: 'ONCRMDEALADD',
  event: 'ONCALENDARENTRYADD'
}

/** Tells the application what `user` has written on a page of the portal. */
export function tellWriting (portal: Portal, { kind, id, parent }: Entry, user: SandboxUser): void {
  const name = EVENTS[kind]
  if (!name) return
  queueEvent(portal, name, id, user, kind === 'task-comment' ? { MESSAGE_ID: String(id), TASK_ID: parent } : {})
}
