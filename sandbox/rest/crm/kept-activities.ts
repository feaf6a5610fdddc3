import type { Entry } from '../../content.ts'
import { queueEvent } from '../../event-delivery.ts'
import type { Token } from '../../tokens.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'

/** What is written of an activity. */
type Written = Pick<Entry, 'title' | 'text' | 'fields'>

const edited = ({ user }: Token): Row => ({ EDITOR_ID: user.id, LAST_UPDATED: isoTime(Date.now()) })

/** Keeps a new activity, and tells the application. */
export function addActivity (token: Token, { fields, ...texts }: Written): number {
  const { portal, user } = token
  const { id } = portal.content.add(
    { kind: 'activity', authorId: user.id, ...texts, fields: { ...fields, ...edited(token) } })
  queueEvent(portal, 'ONCRMACTIVITYADD', id, user)
  return id
}

/** Changes an activity, and tells the application. */
export function changeActivity (token: Token, entry: Entry, { fields, ...texts }: Partial<Written>): number {
  const { portal, user } = token
  portal.content.update({ ...entry, ...texts, fields: { ...entry.fields, ...fields, ...edited(token) } })
  queueEvent(portal, 'ONCRMACTIVITYUPDATE', entry.id, user)
  return entry.id
}
