import type { Row } from '../select-rows.ts'
import { translate } from './translate.ts'
import { SMART_PROCESS } from './types.ts'

type Value = [id: string, name: string, semantics?: 'S' | 'F']

const DEAL_STAGES: Value[] = [
  ['NEW', 'New'], ['PREPARATION', 'Preparing documents'], ['PREPAYMENT_INVOICE', 'Prepayment invoice'],
  ['EXECUTING', 'In progress'], ['FINAL_INVOICE', 'Final invoice'], ['WON', 'Deal won', 'S'],
  ['LOSE', 'Deal lost', 'F'], ['APOLOGY', 'Analyze failure', 'F']
]

const prefixed = (prefix: string, values: Value[]): Value[] =>
  values.map(([id, name, semantics]) => semantics ? [prefix + id, name, semantics] : [prefix + id, name])

/** The values of a field: each directory under its ENTITY_ID, the stages of each pipeline among them. */
const DIRECTORIES: Readonly<Record<string, Value[]>> = {
  DEAL_STAGE: DEAL_STAGES,
  DEAL_STAGE_1: prefixed('C1:', DEAL_STAGES),
  STATUS: [
    ['NEW', 'Unassigned'], ['IN_PROCESS', 'In progress'], ['PROCESSED', 'Processed'],
    ['CONVERTED', 'Good lead', 'S'], ['JUNK', 'Junk lead', 'F']
  ],
  QUOTE_STATUS: [
    ['DRAFT', 'New'], ['SENT', 'Sent to customer'], ['APPROVED', 'Accepted', 'S'], ['DECLAINED', 'Declined', 'F']
  ],
  SMART_INVOICE_STAGE_2: prefixed('DT31_2:', [
    ['N', 'New'], ['S', 'Sent to customer'], ['P', 'Paid', 'S'], ['D', 'Not paid', 'F']
  ]),
  [`DYNAMIC_${SMART_PROCESS}_STAGE_1`]: prefixed(`DT${SMART_PROCESS}_1:`, [
    ['NEW', 'Start'], ['PREPARATION', 'Packing'], ['CLIENT', 'On its way'], ['SUCCESS', 'Delivered', 'S'],
    ['FAIL', 'Failed', 'F']
  ]),
  SOURCE: [
    ['CALL', 'Call'], ['EMAIL', 'E-mail'], ['WEB', 'Website'], ['ADVERTISING', 'Advertising'],
    ['PARTNER', 'Existing client'], ['RECOMMENDATION', 'By recommendation'], ['TRADE_SHOW', 'Show or exhibition'],
    ['WEBFORM', 'CRM form'], ['CALLBACK', 'Callback'], ['OTHER', 'Other']
  ],
  DEAL_TYPE: [['SALE', 'Sales'], ['COMPLEX', 'Integrated sales'], ['GOODS', 'Goods'], ['SERVICES', 'Services']],
  CONTACT_TYPE: [['CLIENT', 'Clients'], ['SUPPLIER', 'Suppliers'], ['PARTNER', 'Partners'], ['OTHER', 'Other']],
  COMPANY_TYPE: [
    ['CUSTOMER', 'Client'], ['SUPPLIER', 'Supplier'], ['COMPETITOR', 'Competitor'], ['PARTNER', 'Partner'],
    ['OTHER', 'Other']
  ],
  INDUSTRY: [['IT', 'Information technology'], ['MANUFACTURING', 'Manufacturing'], ['DELIVERY', 'Delivery']],
  EMPLOYEES: [['EMPLOYEES_1', 'Less than 50'], ['EMPLOYEES_2', '50 - 250'], ['EMPLOYEES_3', '250 - 500']],
  HONORIFIC: [['HNR_EN_1', 'Mr.'], ['HNR_EN_2', 'Mrs.'], ['HNR_EN_3', 'Ms.']]
}

const COLOURS = ['#39A8EF', '#2FC6F6', '#55D0E0', '#47E4C2', '#FFA900']

/** What a stage says beside its name. The first one and the first of each end are there in every pipeline. */
function stageOf (values: Value[], [, name, semantics]: Value, index: number): Row {
  const isFirst = values.findIndex(value => value[2] === semantics) === index
  const COLOR = semantics === 'S' ? '#7BD500' : semantics === 'F' ? '#FF5752' : COLOURS[index % COLOURS.length]
  const meaning = semantics === 'S' ? 'success' : semantics !== 'F' ? 'process' : isFirst ? 'failure' : 'apology'
  return {
    NAME_INIT: isFirst ? name : '', SYSTEM: isFirst ? 'Y' : 'N', COLOR, EXTRA: { SEMANTICS: meaning, COLOR }
  }
}

const statuses: readonly Row[] = Object.entries(DIRECTORIES).flatMap(([directory, values]) =>
  values.map((value, index): Row => {
    const [STATUS_ID, NAME, semantics] = value
    return {
      ENTITY_ID: directory,
      STATUS_ID,
      NAME,
      NAME_INIT: NAME,
      SORT: String((index + 1) * 10),
      SYSTEM: 'Y',
      COLOR: '',
      CATEGORY_ID: /STAGE_(\d+)$/.exec(directory)?.[1] ?? null,
      SEMANTICS: semantics ?? null,
      ...(/STAGE|STATUS/.test(directory) && stageOf(values, value, index))
    }
  })).map((row, index) => ({ ID: String(index + 1), ...row }))

/** Rows of crm.status.list: every value of every directory, named as on a portal of that language. */
export const statusesIn = (lang: string): Row[] => statuses.map(row => ({
  ...row, NAME: translate(String(row.NAME), lang), NAME_INIT: translate(String(row.NAME_INIT), lang)
}))

/** The first stage of a directory. */
export const firstStage = (directory: string): string | null => DIRECTORIES[directory]?.[0]?.[0] ?? null

/** What people call a stage; its own name where the directory does not have it. */
export const stageName = (directory: string, stage: string, lang: string): string =>
  translate(DIRECTORIES[directory]?.find(([id]) => id === stage)?.[1] ?? stage, lang)

/** P while an item is worked on, S at the stage that is a success, F at those that are none. */
export const semanticsOf = (directory: string, stage: unknown): 'P' | 'S' | 'F' =>
  DIRECTORIES[directory]?.find(([id]) => id === stage)?.[2] ?? 'P'

const CATEGORIES: Readonly<Record<number, Row[]>> = {
  2: [
    { id: 1, name: 'Repeat orders', sort: 200, entityTypeId: 2, isDefault: 'N', originId: '', originatorId: '' },
    { id: 0, name: 'General', sort: 300, entityTypeId: 2, isDefault: 'Y' }
  ],
  3: [{ id: 0, name: 'General', sort: 300, entityTypeId: 3, isDefault: 'Y' }],
  4: [{ id: 0, name: 'General', sort: 300, entityTypeId: 4, isDefault: 'Y' }],
  31: [{ id: 2, name: 'General', sort: 500, entityTypeId: 31, isDefault: 'Y' }],
  [SMART_PROCESS]: [{ id: 1, name: 'General', sort: 500, entityTypeId: SMART_PROCESS, isDefault: 'Y' }]
}

/** Rows of crm.category.list: the pipelines of a type; undefined for a type without any. */
export const categoriesIn = (lang: string, type: number): Row[] | undefined =>
  CATEGORIES[type]?.map(row => ({ ...row, name: translate(String(row.name), lang) }))
