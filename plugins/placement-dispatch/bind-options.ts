// OPTIONS of placement.bind. A portal drops what it does not know without a word, and refuses a wrong value only when
// the application is installed.
// Source: Bitrix24 REST docs, api-reference/widgets, the page of each placement.
import { matchesPattern } from '../../src/schemas/placement-code.ts'

type BindOptions = Readonly<Record<string, string | number>>

/** What a value has to look like, as text, and in words. */
interface Rule { form: RegExp, must: string }
interface Family { codes: readonly string[], options?: Readonly<Record<string, Rule>>, required?: readonly string[] }

const oneOf = (...values: string[]): Rule =>
  ({ form: new RegExp(`^(?:${values.join('|')})$`), must: `be one of ${values.join(', ')}` })
const text: Rule = { form: /./s, must: 'be a text' }
const ids: Rule = { form: /^\d+(?:,\d+)*$/, must: 'be numbers with commas between them' }
const percent: Rule = { form: /^\d+$/, must: 'be a whole number' }
const yesNo = oneOf('Y', 'N')
const contexts = ['ALL', 'USER', 'CHAT', 'LINES', 'CRM']
const someContexts = `(?:${contexts.join('|')})`

const access = { extranet: yesNo, role: oneOf('USER', 'ADMIN') }
const chat = {
  ...access,
  context: {
    form: new RegExp(`^${someContexts}(?:;${someContexts})*$`), must: `be some of ${contexts.join(', ')}, joined by ";"`
  }
}
const icon = { iconName: { form: /^[A-Za-z -]{1,50}$/, must: 'be the name of an icon, such as fa-cloud' } }
const color = oneOf('RED', 'GREEN', 'MINT', 'LIGHT_BLUE', 'DARK_BLUE', 'PURPLE', 'AQUA', 'PINK', 'LIME', 'BROWN',
  'AZURE', 'KHAKI', 'SAND', 'ORANGE', 'MARENGO', 'GRAY', 'GRAPHITE')

const families: readonly Family[] = [
  { codes: ['IM_NAVIGATION'], options: { ...icon, ...access }, required: ['iconName'] },
  { codes: ['IM_SIDEBAR'], options: { ...icon, ...chat, color }, required: ['iconName'] },
  {
    codes: ['IM_TEXTAREA'],
    options: { ...icon, ...chat, color, width: percent, height: percent },
    required: ['iconName']
  },
  { codes: ['IM_CONTEXT_MENU', 'IM_SMILES_SELECTOR', 'IMMOBILE_CONTEXT_MENU'], options: chat },
  {
    codes: ['CRM_*_DETAIL_ACTIVITY'],
    options: { useBuiltInInterface: yesNo, newUserNotificationTitle: text, newUserNotificationText: text }
  },
  { codes: ['CRM_BANK_DETAIL_AUTOCOMPLETE', 'CRM_REQUISITE_AUTOCOMPLETE'], options: { countries: ids } },
  { codes: ['TASK_VIEW_SIDEBAR', 'TASK_VIEW_TAB'], options: { groupId: ids } },
  {
    codes: ['PAGE_BACKGROUND_WORKER'],
    options: { errorHandlerUrl: { form: /^https?:\/\/\S+$/, must: 'be an address' } }
  },
  {
    codes: [
      'REST_APP_URI', 'DEFAULT', 'LEFT_MENU', 'CALENDAR_GRIDVIEW', 'CONTACT_CENTER', 'CALL_CARD',
      'TELEPHONY_ANALYTICS_MENU', 'USER_PROFILE_MENU', 'USER_PROFILE_TOOLBAR', 'SONET_GROUP_TOOLBAR',
      'SONET_GROUP_DETAIL_TAB', 'SONET_GROUP_ROBOT_DESIGNER_TOOLBAR', 'TASK_*_TOOLBAR', 'TASK_LIST_CONTEXT_MENU',
      'TASK_VIEW_TOP_PANEL', 'CRM_*_ACTIVITY_TIMELINE_MENU', 'CRM_*_DETAIL_TAB', 'CRM_*_DETAIL_TOOLBAR',
      'CRM_*_DOCUMENTGENERATOR_BUTTON', 'CRM_*_LIST_MENU', 'CRM_*_LIST_TOOLBAR', 'CRM_*_ROBOT_DESIGNER_TOOLBAR',
      'CRM_FUNNELS_TOOLBAR', 'CRM_*_FUNNELS_TOOLBAR', 'CRM_ANALYTICS_MENU', 'CRM_ANALYTICS_TOOLBAR',
      'CRM_DETAIL_SEARCH'
    ]
  }
]

/** What is wrong with the options of a placement, in words; undefined: nothing, or the placement is not known. */
export function faultOf (code: string, given: BindOptions): string | undefined {
  const family = families.find(({ codes }) => codes.some(known => matchesPattern(known, code)))
  if (family === undefined) return undefined
  const { options = {}, required = [] } = family
  const names = Object.keys(options)
  const foreign = Object.keys(given).find(name => !names.includes(name))
  const takes = names.length === 0 ? 'it takes none' : `it takes ${names.join(', ')}`
  if (foreign !== undefined) return `the portal knows no bindOptions.${foreign}: ${takes}`
  const missing = required.find(name => !(name in given))
  if (missing !== undefined) return `bindOptions.${missing} is missing: the portal requires it`
  const [wrong, rule] = Object.entries(options).find(([name, { form }]) =>
    name in given && !form.test(String(given[name]))) ?? []
  return rule && `bindOptions.${wrong} must ${rule.must}`
}
