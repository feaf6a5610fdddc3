import type { Entry } from '../../content.ts'
import type { Portal } from '../../portal.ts'
import { rename, toCamelCase, toFieldName } from '../field-names.ts'
import { emailOf } from '../people/user-row.ts'
import { map, text } from '../rest-method.ts'
import { filterRows, orderRows } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'

/** The field of a task that keeps its changes: what was changed, when and by whom. */
export const HISTORY = 'HISTORY'

const asText = (value: unknown): string => Array.isArray(value) ? value.join() : text(value)

/** The task with its changes: the earlier ones, and those since `before`. */
export function withHistory (before: Entry, after: Entry, userId: number, at: number): Entry {
  const valuesOf = ({ authorId, title, text: DESCRIPTION, fields }: Entry): Row =>
    ({ ...fields, CREATED_BY: String(authorId), TITLE: title, DESCRIPTION })
  const [old, now] = [valuesOf(before), valuesOf(after)]
  const changes = Object.keys(now)
    .map(field => ({ field, from: asText(old[field]), to: asText(now[field]), userId, at }))
    .filter(({ from, to }) => from !== to)
  const kept: unknown[] = Object.values(map(before.fields[HISTORY]))
  return { ...after, fields: { ...after.fields, [HISTORY]: [...kept, ...changes] } }
}

function userOf (portal: Portal, id: unknown): Row {
  const user = portal.user(Number(id))
  return { id, name: user?.name, lastName: user?.lastName, secondName: '', login: user && emailOf(user) }
}

/** The history of a task as tasks.task.history.list shows it, the latest first unless there is an order. */
export function historyRows (portal: Portal, { id, authorId, at, fields }: Entry, params: Row): Row[] {
  const rows = [
    { field: 'NEW', from: null, to: null, userId: authorId, at },
    ...portal.content.list('task-comment', String(id)).map(comment =>
      ({ field: 'COMMENT', from: null, to: String(comment.id), userId: comment.authorId, at: comment.at })),
    ...Object.values(map(fields[HISTORY])).map(map)
  ].map(({ field, from, to, userId, at: moment }, index): Row => ({
    ID: id * 1000 + index,
    CREATED_DATE: isoTime(Number(moment)),
    FIELD: field,
    VALUE: { from, to },
    USER: userOf(portal, userId)
  }))
  const order = rename(map(params.ORDER ?? { createdDate: 'DESC', id: 'DESC' }), toFieldName)
  return orderRows(filterRows(rows, params.FILTER), order).map(row => rename(row, toCamelCase))
}
