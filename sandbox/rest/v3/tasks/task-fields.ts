import { toFieldName } from '../../field-names.ts'
import { map, text } from '../../rest-method.ts'
import { FILES } from '../../tasks/attachments.ts'

/** How a field of a task is kept: as the methods before REST 3.0 have it. */
interface Kept {
  name: string
  /** To the value that REST 3.0 shows. */
  read: (value: unknown) => unknown
  /** Back from it; undefined for a value that the field does not have. */
  write: (value: unknown) => unknown
}

const number = (name: string, missing: number | null = null): Kept => ({
  name, read: value => Number(text(value)) || missing, write: value => value === null ? null : text(value)
})

const asItIs = (name: string): Kept => ({ name, read: value => value ?? null, write: value => value })

const flag = (name: string, missing: false | null = false): Kept => ({
  name,
  read: value => value === undefined ? missing : value === 'Y',
  write: value => value === true || value === 'Y' ? 'Y' : 'N'
})

const list = (name: string): Kept => ({ name, read: value => Object.values(map(value)), write: value => value })

/** A field with words for the values in which it is kept; the values themselves may be written as well. */
const words = (name: string, usual: string, values: Record<string, string>): Kept => ({
  name,
  read: value => values[text(value) || usual],
  write: value => Object.entries(values).find(entry => entry.includes(text(value)))?.[0]
})

const MARK = words('MARK', 'NONE', { NONE: 'none', N: 'negative', P: 'positive' })

/** The fields of a task that people write, by their names in REST 3.0. */
export const KEPT: Readonly<Record<string, Kept>> = {
  responsibleId: number('RESPONSIBLE_ID'),
  deadline: asItIs('DEADLINE'),
  needsControl: flag('TASK_CONTROL'),
  startPlan: asItIs('START_DATE_PLAN'),
  endPlan: asItIs('END_DATE_PLAN'),
  fileIds: { ...list(FILES), read: value => value ?? null },
  groupId: number('GROUP_ID'),
  stageId: number('STAGE_ID'),
  flowId: number('FLOW_ID'),
  priority: words('PRIORITY', '1', { 0: 'low', 1: 'average', 2: 'high' }),
  status: words('STATUS', '2',
    { 2: 'pending', 3: 'in_progress', 4: 'supposedly_completed', 5: 'completed', 6: 'deferred' }),
  accomplices: list('ACCOMPLICES'),
  auditors: list('AUDITORS'),
  parentId: number('PARENT_ID'),
  estimatedTime: number('TIME_ESTIMATE', 0),
  replicate: flag('REPLICATE'),
  xmlId: asItIs('XML_ID'),
  mark: { ...MARK, write: value => value === 'none' ? null : MARK.write(value) },
  allowsChangeDeadline: flag('ALLOW_CHANGE_DEADLINE'),
  allowsTimeTracking: flag('ALLOW_TIME_TRACKING'),
  matchesWorkTime: flag('MATCH_WORK_TIME'),
  addInReport: flag('ADD_IN_REPORT', null),
  isMultitask: flag('MULTITASK'),
  crmItemIds: list('UF_CRM_TASK'),
  maxDeadlineChangeDate: asItIs('MAX_DEADLINE_CHANGE_DATE'),
  maxDeadlineChanges: number('MAX_DEADLINE_CHANGES'),
  dependsOn: list('DEPENDS_ON'),
  ...Object.fromEntries(['requireResult', 'matchesSubTasksTime', 'autocompleteSubTasks', 'allowsChangeDatePlan',
    'requireDeadlineChangeReason'].map(name => [name, flag(toFieldName(name))]))
}
