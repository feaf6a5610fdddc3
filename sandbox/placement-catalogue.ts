import type { PlacementRow } from './portal-records.ts'

/** What placement.bind takes for one of the OPTIONS. */
interface OptionRule {
  type: 'string' | 'integer'
  required?: true
  /** What the value looks like; any text without it. */
  pattern?: RegExp
  /** The code of the refusal when it does not. */
  error?: string
}

/** One family of placements that placement.bind of this portal knows. */
interface Family {
  codes: string[]
  /** The application needs all of these. */
  scopes: string[]
  /** The scope under which placement.list has them, when that is none of those. */
  listedUnder?: string
  /** How many handlers an application may bind; no limit without it. */
  maxCount?: number
  /** Whether a handler can be bound for one user (USER_ID). */
  userMode?: boolean
  /** OPTIONS of placement.bind that the page of the placement lists; what else is sent is dropped. */
  options?: Record<string, OptionRule>
  /** What the portal sends when it opens one, without URI. */
  example?: Record<string, unknown>
  /** The portal opens the handler by GET and passes nothing. */
  bareGet?: boolean
}

/** What the portal knows about one placement code. */
export type CatalogueEntry = Omit<Family, 'codes'> & { code: string }

const crm = (entities: string, place: string): string[] => entities.split(' ').map(entity => `CRM_${entity}_${place}`)
const CRM = ['placement', 'crm']
/** Scope `im` is for REST about the chat; to be bound these need `placement` only. */
const IM = { scopes: ['placement'], listedUnder: 'im' }
const TASK = ['placement', 'task']
const GROUP = ['placement', 'sonet_group']
/** 183 is the one smart process that exists on the portals. */
const ALL = 'LEAD DEAL CONTACT COMPANY QUOTE SMART_INVOICE DYNAMIC_183'

const string = { type: 'string' } as const
const integer = { type: 'integer' } as const
const part = '(?:ALL|USER|CHAT|LINES|CRM)'
const context: OptionRule =
  { type: 'string', pattern: new RegExp(`^${part}(?:;${part})*$`), error: 'INVALID_ERROR_CONTEXT' }
const extranet: OptionRule = { type: 'string', pattern: /^[YN]$/, error: 'INVALID_ERROR_EXTRANET' }
const role: OptionRule = { type: 'string', pattern: /^(?:USER|ADMIN)$/, error: 'INVALID_ERROR_ROLE' }
const iconName: OptionRule = { type: 'string', required: true, pattern: /^[A-Za-z -]{1,50}$/ }
const colors =
  'RED GREEN MINT LIGHT_BLUE DARK_BLUE PURPLE AQUA PINK LIME BROWN AZURE KHAKI SAND ORANGE MARENGO GRAY GRAPHITE'
const color: OptionRule = { type: 'string', pattern: new RegExp(`^(?:${colors.replaceAll(' ', '|')})$`) }
const size: OptionRule = { type: 'integer', pattern: /^\d+$/ }

const families: Family[] = [
  { codes: ['REST_APP_URI'], scopes: ['placement'], maxCount: 1, example: { docId: '42' } },
  {
    codes: ['PAGE_BACKGROUND_WORKER'],
    scopes: ['placement'],
    maxCount: 1,
    userMode: true,
    options: { errorHandlerUrl: string },
    example: { ID: 'PAGE_BACKGROUND_WORKER' }
  },
  { codes: ['LEFT_MENU'], scopes: ['placement'] },
  { codes: ['BI_ANALYTICS_MENU'], scopes: ['placement'], bareGet: true },
  {
    codes: crm('LEAD DEAL QUOTE SMART_INVOICE DYNAMIC_183', 'ACTIVITY_TIMELINE_MENU'),
    scopes: CRM,
    example: { ENTITY_ID: '8061', ASSOCIATED_ENTITY_ID: '8097', ASSOCIATED_ENTITY_TYPE_ID: '6' }
  },
  {
    codes: crm(`${ALL} ORDER`, 'DETAIL_ACTIVITY'),
    scopes: CRM,
    options: { useBuiltInInterface: string, newUserNotificationTitle: string, newUserNotificationText: string },
    example: { ID: '8061' }
  },
  { codes: crm(`${ALL} ORDER`, 'DETAIL_TAB'), scopes: CRM, example: { ID: '8061' } },
  { codes: crm('LEAD DEAL CONTACT COMPANY', 'DETAIL_TOOLBAR'), scopes: CRM, example: { ID: '8061' } },
  { codes: crm('QUOTE SMART_INVOICE DYNAMIC_183', 'DETAIL_TOOLBAR'), scopes: CRM, example: { ENTITY_ID: '8061' } },
  { codes: crm(ALL, 'DOCUMENTGENERATOR_BUTTON'), scopes: CRM, example: { ENTITY_ID: '5' } },
  { codes: crm(`${ALL} ACTIVITY`, 'LIST_MENU'), scopes: CRM, example: { ID: '8061' } },
  { codes: crm(`${ALL} ORDER`, 'LIST_TOOLBAR'), scopes: CRM },
  { codes: crm('LEAD DEAL SMART_INVOICE DYNAMIC_183', 'ROBOT_DESIGNER_TOOLBAR'), scopes: CRM },
  { codes: ['CRM_FUNNELS_TOOLBAR', ...crm('SMART_INVOICE DYNAMIC_183', 'FUNNELS_TOOLBAR')], scopes: CRM },
  { codes: ['CRM_ANALYTICS_MENU', 'CRM_ANALYTICS_TOOLBAR'], scopes: CRM },
  { codes: ['CRM_DETAIL_SEARCH'], scopes: CRM, example: { entityTypeName: 'COMPANY', searchQuery: 'Daisy' } },
  {
    codes: ['CRM_BANK_DETAIL_AUTOCOMPLETE'],
    scopes: CRM,
    options: { countries: string },
    example: { searchQuery: '044599999' }
  },
  {
    codes: ['CRM_REQUISITE_AUTOCOMPLETE'],
    scopes: CRM,
    options: { countries: string },
    example: { searchQuery: 'Daisy' }
  },
  {
    codes: ['IM_CONTEXT_MENU'],
    ...IM,
    options: { extranet, context, role },
    example: { messageId: '2431', dialogId: 'chat2' }
  },
  { codes: ['IM_NAVIGATION'], ...IM, options: { iconName, extranet, role } },
  {
    codes: ['IM_SIDEBAR'], ...IM, options: { iconName, extranet, context, role, color }, example: { dialogId: 'chat2' }
  },
  {
    codes: ['IM_TEXTAREA'],
    ...IM,
    options: { iconName, extranet, context, role, color, width: size, height: size },
    example: { dialogId: 'chat2' }
  },
  { codes: ['IM_SMILES_SELECTOR'], scopes: ['placement'], options: { extranet, context, role } },
  { codes: ['IMMOBILE_CONTEXT_MENU'], ...IM, options: { context, extranet, role }, example: { dialogId: 'chat1' } },
  {
    codes: ['CALENDAR_GRIDVIEW'],
    scopes: ['placement', 'calendar'],
    example: { viewRangeFrom: '2026-07-26', viewRangeTo: '2026-09-06' }
  },
  { codes: ['CONTACT_CENTER'], scopes: ['placement', 'contact_center'], example: { ID: '717' } },
  {
    codes: ['CALL_CARD'],
    scopes: ['placement', 'telephony'],
    example: {
      CALL_ID: 'externalCall.c3ee67f1a63f6e6117c230ab59cc49ea.1723556778',
      PHONE_NUMBER: '+4930123456',
      LINE_NUMBER: '+49 30 000-00-00',
      LINE_NAME: '+49 30 000-00-00',
      CRM_ENTITY_TYPE: 'COMPANY',
      CRM_ENTITY_ID: '17',
      CRM_ACTIVITY_ID: 'undefined',
      CRM_BINDINGS: [{ ENTITY_TYPE: 'DEAL', ENTITY_ID: '25' }, { ENTITY_TYPE: 'COMPANY', ENTITY_ID: '17' }],
      CALL_DIRECTION: 'incoming',
      CALL_STATE: 'connected',
      CALL_LIST_MODE: 'false'
    }
  },
  { codes: ['TELEPHONY_ANALYTICS_MENU'], scopes: ['placement', 'telephony'] },
  { codes: ['USER_PROFILE_MENU', 'USER_PROFILE_TOOLBAR'], scopes: ['placement', 'user'], example: { USER_ID: '1' } },
  {
    codes: ['SONET_GROUP_DETAIL_TAB', 'SONET_GROUP_ROBOT_DESIGNER_TOOLBAR'], scopes: GROUP, example: { GROUP_ID: '10' }
  },
  { codes: ['SONET_GROUP_TOOLBAR'], scopes: GROUP },
  { codes: ['TASK_USER_LIST_TOOLBAR'], scopes: TASK, example: { USER_ID: '1' } },
  { codes: ['TASK_GROUP_LIST_TOOLBAR'], scopes: TASK, example: { GROUP_ID: '11' } },
  // Or USER_ID, for the robots of a user's own tasks; never both.
  { codes: ['TASK_ROBOT_DESIGNER_TOOLBAR'], scopes: TASK, example: { GROUP_ID: '11' } },
  { codes: ['TASK_LIST_CONTEXT_MENU'], scopes: TASK, example: { ID: '31' } },
  {
    codes: ['TASK_VIEW_SIDEBAR', 'TASK_VIEW_TAB'], scopes: TASK, options: { groupId: string }, example: { taskId: '31' }
  },
  { codes: ['TASK_VIEW_TOP_PANEL'], scopes: TASK, example: { taskId: '31' } },
  { codes: ['HCMLINK_SALARY_VACATION'], scopes: ['humanresources.hcmlink'], options: { width: integer } }
]

/** What other methods than placement.bind register, with what the portal sends when it opens one. */
const others: ReadonlyArray<[code: string, example: Record<string, unknown>]> = [
  ['DEFAULT', { any: '1/' }],
  ['SETTING_CONNECTOR', {
    CONNECTOR: 'my_connector',
    LINE: '3',
    STATUS: false,
    ACTIVE_STATUS: true,
    CONNECTION_STATUS: false,
    REGISTER_STATUS: false,
    ERROR_STATUS: false
  }],
  ['USERFIELD_TYPE', {
    MODE: 'view',
    ENTITY_ID: 'CRM_DEAL',
    FIELD_NAME: 'UF_CRM_TEST_TYPE_1',
    ENTITY_VALUE_ID: '7303',
    VALUE: null,
    MULTIPLE: 'N',
    MANDATORY: 'N',
    XML_ID: null,
    ENTITY_DATA: { entityTypeId: 2, entityId: '7303', module: 'crm' }
  }],
  ['LANDING_BLOCK_43.4.cover_with_price_text_button_bgimg',
    { ID: '996', CODE: '43.4.cover_with_price_text_button_bgimg', LID: '30' }],
  ['LANDING_SETTINGS', { SITE_ID: '30', LID: '30' }],
  ['BIZPROC_ACTIVITY_PROPERTIES_DIALOG', {
    code: 'robot',
    activity_name: 'A1',
    properties: { string: { NAME: 'Parameter 1', TYPE: 'string' } },
    current_values: { string: '' },
    document_type: ['crm', 'CCrmDocumentDeal', 'DEAL'],
    document_fields: [],
    template: []
  }]
]

/** Every placement that placement.bind of the sandbox portals accepts, by its code. */
export const catalogue: ReadonlyMap<string, CatalogueEntry> = new Map(families.flatMap(({ codes, ...rest }) =>
  codes.map(code => [code, { code, ...rest }])))

/** Every placement that a portal can open, bound or not, with the options that it sends. */
export const openable: ReadonlyMap<string, Record<string, unknown>> = new Map([
  ...[...catalogue.values()].map(({ code, example = {} }) => [code, example] as const),
  ...others
])

const entityTypes: Record<string, string> =
  { LEAD: '1', DEAL: '2', CONTACT: '3', COMPANY: '4', QUOTE: '7', ORDER: '14', SMART_INVOICE: '31', DYNAMIC_183: '183' }

/**
 * What the portal sends when it opens a code, or the handler that is bound there: some of it depends on the
 * registration.
 */
export function optionsSent (
  code: string, row?: Pick<PlacementRow, 'id' | 'options'>
): Record<string, unknown> | undefined {
  const example = openable.get(code)
  // Several tiles of one application are told apart by it.
  if (code === 'CONTACT_CENTER' && row) return { ...example, ID: String(row.id) }
  const [, entity] = /^CRM_(.+)_DETAIL_ACTIVITY$/.exec(code) ?? []
  return entity && row?.options.useBuiltInInterface === 'Y'
    ? { ...example, entityTypeId: entityTypes[entity], entityId: '8061', useBuiltInInterface: 'Y' }
    : example
}
