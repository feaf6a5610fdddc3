import type { EntryKind } from '../../content.ts'
import type { Portal } from '../../portal.ts'
import { missingError, RestError } from '../rest-error.ts'
import { text } from '../rest-method.ts'
import type { RestCall } from '../rest-method.ts'
import { EMPTY } from './fields.ts'

/** The smart process of the sandbox. */
export const SMART_PROCESS = 183
/** Its number among the smart processes of the portal. */
export const SMART_PROCESS_ID = 5

/** A type of CRM items: what crm.item.* calls entityTypeId, and what it means. */
export interface ItemType {
  id: number
  kind: EntryKind
  /** As in the events of the type, such as ONCRMDEALADD; DYNAMICITEM for types without events of their own. */
  name: 'LEAD' | 'DEAL' | 'CONTACT' | 'COMPANY' | 'QUOTE' | 'DYNAMICITEM'
  /** Before the number in the title of an item that has none. */
  title: string
  /** The pipeline of items for which none is given. Undefined for types without pipelines. */
  category?: number
  /** The directory of the stages of a pipeline. Undefined for types without stages. */
  stages?: (category: number) => string
  /** The directory of `typeId`. */
  kinds?: string
  fields: readonly string[]
}

const words = (...texts: string[]): string[] => texts.flatMap(part => part.split(' '))

const COMMON =
  'id createdTime updatedTime createdBy updatedBy assignedById opened webformId lastActivityBy lastActivityTime'
const UTM = 'utmSource utmMedium utmCampaign utmContent utmTerm'
const STAGES = 'stageId movedTime movedBy'
const AMOUNT = 'opportunity currencyId isManualOpportunity'
const CLIENT = 'companyId contactId contactIds'
const SOURCE = 'sourceId sourceDescription'
const ORIGIN = 'originId originatorId'
const PERSON = 'honorific name lastName secondName birthdate post'
const REACHED = 'hasPhone hasEmail hasImol fm email emailHome emailWork emailMailing phone phoneMobile phoneWork ' +
  'phoneMailing'

/** Every type of items. */
export const TYPES: readonly ItemType[] = [
  {
    id: 1,
    kind: 'lead',
    name: 'LEAD',
    title: 'Lead',
    stages: () => 'STATUS',
    fields: words(COMMON, UTM, STAGES, AMOUNT, CLIENT, SOURCE, ORIGIN, PERSON, REACHED, 'title stageSemanticId',
      'companyTitle comments dateClosed isReturnCustomer statusDescription observers', EMPTY.lead)
  },
  {
    id: 2,
    kind: 'deal',
    name: 'DEAL',
    title: 'Deal',
    category: 0,
    stages: category => category === 0 ? 'DEAL_STAGE' : `DEAL_STAGE_${category}`,
    kinds: 'DEAL_TYPE',
    fields: words(COMMON, UTM, STAGES, AMOUNT, CLIENT, SOURCE, ORIGIN, 'title categoryId previousStageId',
      'stageSemanticId closed isNew isReturnCustomer isRepeatedApproach isRecurring isWon isLose isWork probability',
      'begindate closedate mycompanyId leadId quoteId typeId additionalInfo comments locationId taxValue observers',
      `parentId${SMART_PROCESS}`, EMPTY.deal)
  },
  {
    id: 3,
    kind: 'contact',
    name: 'CONTACT',
    title: 'Contact',
    category: 0,
    kinds: 'CONTACT_TYPE',
    fields: words(COMMON, UTM, SOURCE, ORIGIN, PERSON, REACHED, 'categoryId companyId companyIds comments export',
      'leadId originVersion typeId observers')
  },
  {
    id: 4,
    kind: 'company',
    name: 'COMPANY',
    title: 'Company',
    category: 0,
    kinds: 'COMPANY_TYPE',
    fields: words(COMMON, UTM, ORIGIN, REACHED, 'title categoryId contactIds comments currencyId industry employees',
      'revenue bankingDetails isMyCompany leadId originVersion typeId observers')
  },
  {
    id: 7,
    kind: 'quote',
    name: 'QUOTE',
    title: 'Quote',
    stages: () => 'QUOTE_STATUS',
    fields: words(COMMON, UTM, 'stageId', AMOUNT, CLIENT, 'title closed taxValue begindate closedate actualDate',
      'mycompanyId leadId dealId comments content terms quoteNumber locationId')
  },
  {
    id: 31,
    kind: 'invoice',
    name: 'DYNAMICITEM',
    title: 'Invoice',
    category: 2,
    stages: category => `SMART_INVOICE_STAGE_${category}`,
    fields: words(COMMON, STAGES, AMOUNT, CLIENT, SOURCE, 'title xmlId categoryId previousStageId taxValue begindate',
      'closedate mycompanyId comments accountNumber isRecurring locationId observers parentId2')
  },
  {
    id: SMART_PROCESS,
    kind: 'item',
    name: 'DYNAMICITEM',
    title: 'Delivery',
    category: 1,
    stages: category => `DYNAMIC_${SMART_PROCESS}_STAGE_${category}`,
    fields: words(COMMON, STAGES, AMOUNT, CLIENT, SOURCE, 'title xmlId categoryId previousStageId taxValue begindate',
      'closedate mycompanyId observers parentId2')
  }
]

/** The type with this number, such as 2 for deals. */
export const typeById = (id: number): ItemType | undefined => TYPES.find(type => type.id === id)

/** The type of the items that are kept as this kind of entries. */
export function typeOf (kind: EntryKind): ItemType {
  const type = TYPES.find(type => type.kind === kind)
  if (!type) throw new TypeError(`${kind} is no type of CRM items`)
  return type
}

/** The type with this name in any case, such as `deal`; `dynamic_183` and `dynamic_31` for those without one. */
export function typeByName (name: string): ItemType | undefined {
  const wanted = name.toUpperCase()
  const [, id] = /^DYNAMIC_(\d+)$/.exec(wanted) ?? []
  if (id !== undefined) return typeById(Number(id))
  return TYPES.find(type => type.name === wanted && type.name !== 'DYNAMICITEM')
}

/**
 * The type that the parameter entityTypeId asks for.
 *
 * @throws RestError when it is missing, or no such type exists
 */
export function itemType ({ params }: RestCall): ItemType {
  const id = text(params.ENTITYTYPEID)
  if (!id) throw missingError('entityTypeId')
  if (id === '5') throw new RestError('ENTITY_TYPE_NOT_SUPPORTED', 'Entity type `Invoice` is not supported')
  const type = typeById(Number(id))
  if (!type) throw new RestError('NOT_FOUND', 'SPA not found')
  return type
}

/** Whether the portal has an item of this type with this number. */
export const hasItem = (portal: Portal, type: ItemType, id: unknown): boolean =>
  portal.content.find(type.kind, Number(text(id))) !== undefined
