import type { Entry } from '../../content.ts'
import type { Portal } from '../../portal.ts'
import { rename, toCamelCase } from '../field-names.ts'
import { map } from '../rest-method.ts'
import { pickFields } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'

function person (portal: Portal, id: number) {
  const user = portal.user(id)
  return user && {
    id: String(id),
    name: `${user.name} ${user.lastName}`,
    link: `/company/personal/user/${id}/`,
    icon: '',
    workPosition: ''
  }
}

/** People by their numbers, as a task lists those who watch or help. */
const peopleBy = (portal: Portal, ids: unknown): Row =>
  Object.fromEntries(Object.values(map(ids)).map(id => [String(id), person(portal, Number(id))]))

/** What a task has when nobody has said it. */
const DEFAULTS: Row = {
  STATUS: '2',
  PRIORITY: '1',
  MARK: null,
  MULTITASK: 'N',
  NOT_VIEWED: 'N',
  REPLICATE: 'N',
  STAGE_ID: '0',
  PARENT_ID: null,
  GROUP_ID: '0',
  DEADLINE: null,
  START_DATE_PLAN: null,
  END_DATE_PLAN: null,
  DATE_START: null,
  CLOSED_BY: '0',
  CLOSED_DATE: null,
  ALLOW_CHANGE_DEADLINE: 'N',
  ALLOW_TIME_TRACKING: 'N',
  TASK_CONTROL: 'N',
  ADD_IN_REPORT: 'N',
  TIME_ESTIMATE: '0',
  FAVORITE: 'N',
  AUDITORS: [],
  ACCOMPLICES: []
}

/** A task as tasks.task.get shows it; `select` are the fields that were asked for. */
export function taskOf (portal: Portal, entry: Entry, select?: unknown): Row {
  const kept = Object.entries(entry.fields).map(([name, value]) =>
    [name, typeof value === 'number' ? String(value) : value])
  const row: Row = {
    ...DEFAULTS,
    CHANGED_BY: String(entry.authorId),
    CHANGED_DATE: isoTime(entry.at),
    ACTIVITY_DATE: isoTime(entry.at),
    COMMENTS_COUNT: String(portal.content.list('task-comment', String(entry.id)).length),
    ...Object.fromEntries(kept),
    // What the portal says itself, whatever was written under these names.
    ID: String(entry.id),
    TITLE: entry.title,
    DESCRIPTION: entry.text,
    CREATED_BY: String(entry.authorId),
    CREATED_DATE: isoTime(entry.at)
  }
  const picked = pickFields(row, select)
  return {
    ...rename(picked, toCamelCase),
    descriptionInBbcode: 'Y',
    creator: person(portal, entry.authorId),
    responsible: person(portal, Number(entry.fields.RESPONSIBLE_ID)),
    ...('ACCOMPLICES' in picked && { accomplicesData: peopleBy(portal, row.ACCOMPLICES) }),
    ...('AUDITORS' in picked && { auditorsData: peopleBy(portal, row.AUDITORS) })
  }
}
