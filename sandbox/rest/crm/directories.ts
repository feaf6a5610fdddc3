import type { NewEntry } from '../../content.ts'
import type { Row } from '../select-rows.ts'
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

/** Whether the values of a directory are the stages of a pipeline. */
export const isPipeline = (directory: string): boolean => /STAGE|STATUS/.test(directory)

/** The values of a directory; every pipeline begins with those of the first one of its type. */
function valuesOf (directory: string): Value[] {
  const { [directory]: known } = DIRECTORIES
  const [, start = '', category = ''] = /^(DEAL|SMART_INVOICE|DYNAMIC_\d+)_STAGE_(\d+)$/.exec(directory) ?? []
  if (known || start === '') return known ?? []
  const like = Object.entries(DIRECTORIES).find(([name]) => name.startsWith(`${start}_STAGE_`))?.[1] ?? []
  return like.map(([id, ...value]) => [id.replace(/\d+(?=:)/, category), ...value])
}

/** What a stage says beside its name. The first one and the first of each end are there in every pipeline. */
function stageOf (values: Value[], [, name, semantics]: Value, index: number): Row {
  const isFirst = values.findIndex(value => value[2] === semantics) === index
  return {
    NAME_INIT: isFirst ? name : '',
    SYSTEM: isFirst ? 'Y' : 'N',
    COLOR: semantics === 'S' ? '#7BD500' : semantics === 'F' ? '#FF5752' : COLOURS[index % COLOURS.length]
  }
}

/** The values of a directory, as a portal keeps them. */
export const statusesOf = (directory: string): NewEntry[] => valuesOf(directory).map((value, index, values) => {
  const [STATUS_ID, title, semantics] = value
  return {
    kind: 'status',
    authorId: 1,
    parent: directory,
    title,
    fields: {
      STATUS_ID,
      NAME_INIT: title,
      SORT: String((index + 1) * 10),
      SYSTEM: 'Y',
      COLOR: '',
      CATEGORY_ID: /STAGE_(\d+)$/.exec(directory)?.[1] ?? null,
      SEMANTICS: semantics ?? null,
      ...(isPipeline(directory) && stageOf(values, value, index))
    }
  }
})

const category = (entityTypeId: number, id: number, fields: Row = {}): NewEntry => ({
  kind: 'category',
  authorId: 1,
  parent: String(entityTypeId),
  title: 'General',
  fields: { id, sort: 500, isDefault: 'Y', ...fields }
})

/** The directories that every portal has, and the pipelines of each type. */
export const directoryExamples: readonly NewEntry[] = [
  ...Object.keys(DIRECTORIES).flatMap(statusesOf),
  { ...category(2, 1, { sort: 200, isDefault: 'N', originId: '', originatorId: '' }), title: 'Repeat orders' },
  category(2, 0, { sort: 300 }),
  category(3, 0, { sort: 300 }),
  category(4, 0, { sort: 300 }),
  category(31, 2),
  category(SMART_PROCESS, 1)
]

/** The first stage of a directory. */
export const firstStage = (directory: string): string | null => valuesOf(directory)[0]?.[0] ?? null

/** P while an item is worked on, S at the stage that is a success, F at those that are none. */
export const semanticsOf = (directory: string, stage: unknown): 'P' | 'S' | 'F' =>
  valuesOf(directory).find(([id]) => id === stage)?.[2] ?? 'P'
