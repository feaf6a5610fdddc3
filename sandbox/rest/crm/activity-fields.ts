import type { Row } from '../select-rows.ts'
import { describeField, type Description } from './describe-field.ts'

const FIELDS: ReadonlyArray<[name: string, ...Description]> = [
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
  ['RESULT_STATUS', 'integer', 'RESULT_STATUS'],
  ['RESULT_STREAM', 'integer', 'RESULT_STREAM'],
  ['RESULT_SOURCE_ID', 'string', 'RESULT_SOURCE_ID'],
  ['PROVIDER_PARAMS', 'object', 'Provider Parameters'],
  ['PROVIDER_DATA', 'string', 'Provider Data'],
  ['RESULT_MARK', 'integer', 'RESULT_MARK'],
  ['RESULT_VALUE', 'double', 'RESULT_VALUE'],
  ['RESULT_SUM', 'double', 'RESULT_SUM'],
  ['RESULT_CURRENCY_ID', 'string', 'RESULT_CURRENCY_ID'],
  ['AUTOCOMPLETE_RULE', 'integer', 'Autocomplete'],
  ['BINDINGS', 'crm_activity_binding', 'Bindings', 'read'],
  ['COMMUNICATIONS', 'crm_activity_communication', 'Communication Channel', 'required'],
  ['FILES', 'diskfile', 'Files'],
  ['WEBDAV_ELEMENTS', 'diskfile', 'Added Files'],
  ['IS_INCOMING_CHANNEL', 'char', 'IS_INCOMING_CHANNEL', 'read']
]

const MULTIPLE = ['crm_activity_binding', 'crm_activity_communication', 'diskfile']

/** What crm.activity.fields answers. */
export const activityFields: Row = Object.fromEntries(FIELDS.map(([name, type, ...others]) => [name, {
  ...describeField(type, ...others),
  isMultiple: MULTIPLE.includes(type),
  ...(name === 'WEBDAV_ELEMENTS' && { isDeprecated: true })
}]))
