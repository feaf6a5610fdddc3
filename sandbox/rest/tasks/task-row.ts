import type { Entry } from '../../content.ts'
import type { Portal, SandboxUser } from '../../portal.ts'
import { rename, toCamelCase } from '../field-names.ts'
import { photoPath } from '../people/user-row.ts'
import { texts } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'
import { isoTime } from '../timing.ts'
import { checklists } from './checklist-tree.ts'
import { HISTORY } from './history.ts'
import { allowedActions, isFavorite, STARRED_BY } from './task-access.ts'
import { TASK_FIELDS } from './task-fields.ts'
import { VIEWED_BY, viewOf } from './task-view.ts'

function person (portal: Portal, id: number) {
  const user = portal.user(id)
  return user && {
    id: String(id),
    name: `${user.name} ${user.lastName}`,
    link: `/company/personal/user/${id}/`,
    icon: portal.url + photoPath(user),
    workPosition: ''
  }
}

/** People by their numbers, as a task lists those who watch or help. */
const peopleBy = (portal: Portal, ids: unknown): Row =>
  Object.fromEntries(texts(ids).map(id => [id, person(portal, Number(id))]))

const all = (names: string, value: unknown): Row => Object.fromEntries(names.split(' ').map(name => [name, value]))

/** The values of fields of a task that nobody has written. */
const DEFAULTS: Row = {
  ...all('MARK SPRINT_ID BACKLOG_ID PARENT_ID DEADLINE START_DATE_PLAN END_DATE_PLAN DATE_START CLOSED_DATE XML_ID ' +
    'STATUS_CHANGED_BY FORKED_BY_TEMPLATE_ID TIME_SPENT_IN_LOGS FORUM_TOPIC_ID FORUM_ID EXCHANGE_MODIFIED ' +
    'EXCHANGE_ID SORTING DURATION_FACT FLOW_ID DURATION_PLAN SERVICE_COMMENTS_COUNT', null),
  ...all('MULTITASK REPLICATE ALLOW_CHANGE_DEADLINE ALLOW_TIME_TRACKING TASK_CONTROL ADD_IN_REPORT ' +
    'MATCH_WORK_TIME SUBORDINATE IS_MUTED IS_PINNED IS_PINNED_IN_GROUP', 'N'),
  ...all('STAGE_ID GROUP_ID CLOSED_BY TIME_ESTIMATE', '0'),
  STATUS: '2',
  PRIORITY: '1',
  OUTLOOK_VERSION: '1',
  SITE_ID: 's1',
  DURATION_TYPE: 'days',
  NEW_COMMENTS_COUNT: 0
}

/** What the portal generates for a task. */
export const guidOf = ({ id }: Entry): string => `{00000000-0000-4000-8000-${String(id).padStart(12, '0')}}`

/** All fields of a task by the names under which they are kept, as `viewer` sees it. */
function allFields (portal: Portal, entry: Entry, viewer: SandboxUser): Row {
  const { [HISTORY]: _history, [STARRED_BY]: _starred, [VIEWED_BY]: _views, ...fields } = entry.fields
  const { META_STATUS: _status, ...view } = viewOf(entry, viewer.id)
  const createdDate = isoTime(entry.at)
  return {
    ...DEFAULTS,
    ...all('CHANGED_DATE STATUS_CHANGED_DATE ACTIVITY_DATE', createdDate),
    CHANGED_BY: String(entry.authorId),
    COMMENTS_COUNT: String(portal.content.list('task-comment', String(entry.id)).length),
    ...Object.fromEntries(Object.entries(fields).map(([name, value]) =>
      [name, typeof value === 'number' ? String(value) : value])),
    AUDITORS: texts(fields.AUDITORS),
    ACCOMPLICES: texts(fields.ACCOMPLICES),
    // What the portal says itself, whatever was written under these names.
    ID: String(entry.id),
    TITLE: entry.title,
    DESCRIPTION: entry.text,
    GUID: guidOf(entry),
    CREATED_BY: String(entry.authorId),
    CREATED_DATE: createdDate,
    ...view,
    FAVORITE: isFavorite(entry.fields, viewer.id) ? 'Y' : 'N'
  }
}

const isCustom = (name: string): boolean => name.startsWith('UF_')

/**
 * The fields that `select` asks for, always with the number. All of them are those that tasks.task.getfields describes;
 * custom fields among them when one is asked for.
 */
function selected (row: Row, select: unknown): Row {
  const names = texts(select)
  const isAll = names.length === 0 || names.includes('*')
  const isSelected = (name: string): boolean => {
    if (name === 'ID' || !isAll) return name === 'ID' || names.includes(name)
    return isCustom(name) ? names.some(isCustom) : Object.hasOwn(TASK_FIELDS, name)
  }
  return Object.fromEntries(Object.entries(row).filter(([name]) => isSelected(name)))
}

/** Tags by their numbers, for those who ask for them. */
const tagsOf = (row: Row, select: unknown): Row => texts(select).includes('TAGS')
  ? { tags: Object.fromEntries(texts(row.TAGS).map((title, index) => [index + 1, { id: index + 1, title }])) }
  : {}

/** A task as a list shows it to `viewer`; `select` are the fields that were asked for. */
export function listedTask (portal: Portal, entry: Entry, viewer: SandboxUser, select?: unknown): Row {
  const row = allFields(portal, entry, viewer)
  const picked = selected(row, select)
  return {
    ...rename(picked, toCamelCase),
    ...tagsOf(row, select),
    ...('DESCRIPTION' in picked && { descriptionInBbcode: 'Y' }),
    group: [],
    ...('CREATED_BY' in picked && { creator: person(portal, entry.authorId) }),
    ...('RESPONSIBLE_ID' in picked && { responsible: person(portal, Number(entry.fields.RESPONSIBLE_ID)) }),
    ...('ACCOMPLICES' in picked && { accomplicesData: peopleBy(portal, row.ACCOMPLICES) }),
    ...('AUDITORS' in picked && { auditorsData: peopleBy(portal, row.AUDITORS) }),
    ...('STATUS' in picked && { subStatus: viewOf(entry, viewer.id).META_STATUS })
  }
}

/** A task by the names that conditions and orders know: those of its fields, and some that no answer shows. */
export function searchedTask (portal: Portal, entry: Entry, viewer: SandboxUser): Row {
  const row = allFields(portal, entry, viewer)
  return {
    ...all('UF_CRM_TASK DEPENDS_ON', []),
    ...row,
    STATUS: viewOf(entry, viewer.id).META_STATUS,
    REAL_STATUS: row.STATUS,
    STATUS_COMPLETE: row.STATUS === '5' ? 'Y' : 'N',
    ACCOMPLICE: row.ACCOMPLICES,
    AUDITOR: row.AUDITORS,
    TAG: row.TAGS,
    ONLY_ROOT_TASKS: Number(row.PARENT_ID) > 0 ? 'N' : ['Y', 'N'],
    CREATED_BY_LAST_NAME: portal.user(entry.authorId)?.lastName,
    RESPONSIBLE_LAST_NAME: portal.user(Number(row.RESPONSIBLE_ID))?.lastName
  }
}

/** A task as tasks.task.get shows it to `viewer`. */
export function taskOf (portal: Portal, entry: Entry, viewer: SandboxUser, select?: unknown): Row {
  const { subStatus: _listed, ...task } = listedTask(portal, entry, viewer, select)
  const names = texts(select)
  const isAll = names.length === 0 || names.includes('*')
  return {
    ...task,
    ...(names.length > 0 && { favorite: isFavorite(entry.fields, viewer.id) ? 'Y' : 'N' }),
    ...(names.some(isCustom) && { ufMailMessage: null }),
    ...((isAll || names.includes('CHECKLIST')) && checklists(portal, entry, viewer)),
    action: rename(allowedActions(entry.fields, viewer.id), toCamelCase)
  }
}
