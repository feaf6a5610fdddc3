import type { Row } from '../select-rows.ts'
import { describeField, type Description } from './describe-field.ts'

/** The fields; those without a title are called by their names. */
const FIELDS: ReadonlyArray<[name: string, type: string, title?: string, access?: Description[2]]> = [
  ['ID', 'integer', 'ID', 'read'],
  ['OWNER_ID', 'integer', 'Owner ID', 'immutable'],
  ['OWNER_TYPE_ID', 'crm_enum_ownertype', 'Owner Type', 'immutable'],
  ['TYPE_ID', 'crm_enum_activitytype', 'Type', 'owner'],
  ['PROVIDER_ID', 'string', 'Provider ID'],
  ['PROVIDER_TYPE_ID', 'string', 'Provider Type'],
  ['PROVIDER_GROUP_ID', 'string', 'Connector Type'],
  ['ASSOCIATED_ENTITY_ID', 'integer', 'ID of the entity associated with the activity', 'read'],
  ['SUBJECT', 'string', 'Subject', 'required'],
  ['START_TIME', 'datetime', 'Start'],
  ['END_TIME', 'datetime', 'Deadline'],
  ['DEADLINE', 'datetime', 'Due Date'],
  ['COMPLETED', 'char', 'Completed'],
  ['STATUS', 'crm_enum_activitystatus', 'Status'],
  ['RESPONSIBLE_ID', 'user', 'Responsible', 'required'],
  ['PRIORITY', 'crm_enum_activitypriority', 'Priority'],
  ['NOTIFY_TYPE', 'crm_enum_activitynotifytype', 'Notification Type'],
  ['NOTIFY_VALUE', 'integer', 'Notification Parameter'],
  ['DESCRIPTION', 'string', 'Description'],
  ['DESCRIPTION_TYPE', 'crm_enum_contenttype', 'Description Type'],
  ['DIRECTION', 'crm_enum_activitydirection', 'Direction'],
  ['LOCATION', 'string', 'Location'],
  ['CREATED', 'datetime', 'Creation Date', 'read'],
  ['AUTHOR_ID', 'user', 'Created By', 'read'],
  ['LAST_UPDATED', 'datetime', 'Last Updated', 'read'],
  ['EDITOR_ID', 'user', 'Edited By', 'read'],
  ['SETTINGS', 'object', 'Settings'],
  ['ORIGIN_ID', 'string', 'External Code'],
  ['ORIGINATOR_ID', 'string', 'External Source'],
  ['RESULT_STATUS', 'integer'],
  ['RESULT_STREAM', 'integer'],
  ['RESULT_SOURCE_ID', 'string'],
  ['PROVIDER_PARAMS', 'object', 'Provider Parameters'],
  ['PROVIDER_DATA', 'string', 'Provider Data'],
  ['RESULT_MARK', 'integer'],
  ['RESULT_VALUE', 'double'],
  ['RESULT_SUM', 'double'],
  ['RESULT_CURRENCY_ID', 'string'],
  ['AUTOCOMPLETE_RULE', 'integer', 'Autocomplete'],
  ['BINDINGS', 'crm_activity_binding', 'Bindings', 'read'],
  ['COMMUNICATIONS', 'crm_activity_communication', 'Communication Channel', 'required'],
  ['FILES', 'diskfile', 'Files'],
  ['WEBDAV_ELEMENTS', 'diskfile', 'Added Files'],
  ['IS_INCOMING_CHANNEL', 'char', 'IS_INCOMING_CHANNEL', 'read']
]

const MULTIPLE = ['crm_activity_binding', 'crm_activity_communication', 'diskfile']

/** What crm.activity.fields answers. */
export const activityFields: Row = Object.fromEntries(FIELDS.map(([name, type, title = name, access]) => [name, {
  ...describeField(type, title, access),
  isMultiple: MULTIPLE.includes(type),
  ...(name === 'WEBDAV_ELEMENTS' && { isDeprecated: true })
}]))
