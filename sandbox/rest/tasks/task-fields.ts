import type { Row } from '../select-rows.ts'

const YES_NO = { Y: 'Yes', N: 'No' }

/** Each name with the type of the field and its default. Those with `-` have no title. */
const FIELDS = `PARENT_ID:integer:0 DESCRIPTION:string MULTITASK:flag:"N" -NOT_VIEWED:flag:"N" REPLICATE:flag:"N"
  GROUP_ID:integer:0 STAGE_ID:integer:0 SPRINT_ID:integer:0 BACKLOG_ID:integer:0 -CREATED_DATE:datetime
  -ACCOMPLICES:array -AUDITORS:array CHANGED_BY:integer CHANGED_DATE:datetime STATUS_CHANGED_BY:integer
  STATUS_CHANGED_DATE:datetime CLOSED_BY:integer:null CLOSED_DATE:datetime:null -ACTIVITY_DATE:datetime:null
  DATE_START:datetime:null DEADLINE:datetime:null START_DATE_PLAN:datetime:null END_DATE_PLAN:datetime:null
  GUID:string:null XML_ID:string:null COMMENTS_COUNT:integer:0 -SERVICE_COMMENTS_COUNT:integer:0
  -NEW_COMMENTS_COUNT:integer:0 -ALLOW_CHANGE_DEADLINE:flag:"N" -ALLOW_TIME_TRACKING:flag:"N" TASK_CONTROL:flag:"N"
  ADD_IN_REPORT:flag:"N" FORKED_BY_TEMPLATE_ID:flag:"N" TIME_ESTIMATE:integer TIME_SPENT_IN_LOGS:integer
  MATCH_WORK_TIME:integer FORUM_TOPIC_ID:integer FORUM_ID:integer SITE_ID:string SUBORDINATE:flag:null
  -FAVORITE:flag:null EXCHANGE_MODIFIED:datetime:null EXCHANGE_ID:integer:null OUTLOOK_VERSION:integer:null
  VIEWED_DATE:datetime SORTING:double DURATION_PLAN:integer DURATION_FACT:integer -CHECKLIST:array -IS_MUTED:flag:"N"
  -IS_PINNED:flag:"N" -IS_PINNED_IN_GROUP:flag:"N" FLOW_ID:integer:0 UF_CRM_TASK:crm UF_TASK_WEBDAV_FILES:disk_file
  -UF_MAIL_MESSAGE:mail_message`.split(/\s+/)

function describe (field: string): [name: string, Row] {
  const [, untitled, name = '', type, , usual] = /^(-?)(\w+):(\w+)(:(.+))?$/.exec(field) ?? []
  return [name, {
    title: untitled ? null : name.replaceAll('_', ' '),
    ...(type === 'flag' ? { type: 'enum', values: YES_NO } : { type }),
    ...(usual !== undefined && { default: JSON.parse(usual) })
  }]
}

const required = (title: string, type: string): Row => ({ title, type, required: true })

/** The fields of tasks as tasks.task.getfields describes them. */
export const TASK_FIELDS: Row = {
  ID: { title: 'ID', type: 'integer', primary: true },
  TITLE: required('Title', 'string'),
  CREATED_BY: required('Created by', 'integer'),
  RESPONSIBLE_ID: required('Assignee', 'integer'),
  MARK: { title: 'Rating', type: 'enum', values: { N: 'Negative', P: 'Positive' }, default: null },
  PRIORITY: {
    title: 'Priority',
    type: 'enum',
    // A Map keeps the order of its keys, so that its JSON is an object and no list.
    values: new Map([['2', 'High'], ['1', 'Medium'], ['0', 'Low']]),
    default: 1
  },
  STATUS: {
    title: 'Status',
    type: 'enum',
    values: { 2: 'Pending', 3: 'In progress', 4: 'Pending review', 5: 'Completed', 6: 'Deferred' },
    default: 2
  },
  DURATION_TYPE: {
    title: 'DURATION TYPE',
    type: 'enum',
    // `monts` is what portals say.
    values: ['secs', 'mins', 'hours', 'days', 'weeks', 'monts', 'years'],
    default: 'days'
  },
  ...Object.fromEntries(FIELDS.map(describe))
}
