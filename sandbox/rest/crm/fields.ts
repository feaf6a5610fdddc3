/** A field that items of several types have. */
export interface ItemField {
  type: string
  title: string
  /** `read`: nobody can write it; `create`: only while the item is added; `answer`: not even listed. */
  access?: 'read' | 'create' | 'answer'
  isMultiple?: boolean
  isRequired?: boolean
  settings?: Record<string, unknown>
  isDeprecated?: boolean
  /** The directory of a crm_status. */
  statusType?: string
}

const read = (type: string, title: string): ItemField => ({ type, title, access: 'read' })
const answer = (type: string, title: string): ItemField => ({ type, title, access: 'answer' })
const write = (type: string, title: string): ItemField => ({ type, title })
const several = (type: string, title: string): ItemField => ({ type, title, isMultiple: true })
const status = (statusType: string, title: string): ItemField => ({ type: 'crm_status', title, statusType })

/** Old fields that are shown and have no values any more. */
export const EMPTY = {
  lead: 'dateCreateShort dateModifyShort isConvert productId shortName address login searchContent skype icq imol',
  deal: 'dateCreateShort dateModifyShort productId begindateShort closedateShort eventDate eventDateShort eventId ' +
    'eventDescription searchContent orderStage receivedAmount lostAmount hasProducts'
}

/** The standard fields of items by their names. Which of them a type has is told by the type. */
export const FIELDS: Readonly<Record<string, ItemField>> = {
  id: read('integer', 'ID'),
  title: write('string', 'Title'),
  xmlId: write('string', 'External code'),
  createdTime: read('datetime', 'Created on'),
  updatedTime: read('datetime', 'Modified on'),
  createdBy: read('user', 'Created by'),
  updatedBy: read('user', 'Modified by'),
  assignedById: write('user', 'Responsible person'),
  opened: { type: 'boolean', title: 'Available to everyone', isRequired: true },
  webformId: write('integer', 'Created by CRM form'),
  lastActivityBy: read('user', 'Last timeline activity by'),
  lastActivityTime: read('datetime', 'Last activity'),
  movedTime: read('datetime', 'Moved on'),
  movedBy: read('user', 'Moved by'),
  observers: several('user', 'Observers'),
  utmSource: write('string', 'UTM source'),
  utmMedium: write('string', 'UTM medium'),
  utmCampaign: write('string', 'UTM campaign'),
  utmContent: write('string', 'UTM content'),
  utmTerm: write('string', 'UTM term'),
  categoryId: write('crm_category', 'Pipeline'),
  stageId: { type: 'crm_status', title: 'Stage' },
  previousStageId: { type: 'crm_status', title: 'Previous stage', access: 'read' },
  stageSemanticId: read('string', 'Stage group'),
  closed: read('boolean', 'Closed'),
  isNew: read('boolean', 'New'),
  isReturnCustomer: read('boolean', 'Repeat customer'),
  isRepeatedApproach: read('boolean', 'Repeat inquiry'),
  isRecurring: write('boolean', 'Recurring'),
  isWon: answer('boolean', 'Won'),
  isLose: answer('boolean', 'Lost'),
  isWork: answer('boolean', 'In progress'),
  opportunity: write('double', 'Amount'),
  taxValue: write('double', 'Tax'),
  currencyId: write('crm_currency', 'Currency'),
  isManualOpportunity: write('boolean', 'Amount calculation mode'),
  probability: write('integer', 'Probability'),
  begindate: write('date', 'Start date'),
  closedate: write('date', 'End date'),
  actualDate: write('date', 'Valid until'),
  dateClosed: read('datetime', 'Closed on'),
  companyId: { type: 'crm_company', title: 'Company', settings: { parentEntityTypeId: 4 } },
  contactId: { type: 'crm_contact', title: 'Contact', isDeprecated: true },
  contactIds: several('crm_contact', 'Contacts'),
  companyIds: several('crm_company', 'Companies'),
  mycompanyId: {
    type: 'crm_company',
    title: 'Your company details',
    settings: { isMyCompany: true, parentEntityTypeId: 4, isEmbeddedEditorEnabled: true }
  },
  leadId: { type: 'crm_lead', title: 'Lead', settings: { parentEntityTypeId: 1 } },
  dealId: write('crm_deal', 'Deal'),
  quoteId: { type: 'crm_quote', title: 'Quote', settings: { parentEntityTypeId: 7 } },
  typeId: { type: 'crm_status', title: 'Type' },
  sourceId: status('SOURCE', 'Source'),
  sourceDescription: write('text', 'Source information'),
  statusDescription: write('text', 'Stage information'),
  additionalInfo: write('string', 'More information'),
  comments: write('text', 'Comment'),
  content: write('text', 'Content'),
  terms: write('text', 'Terms'),
  quoteNumber: write('string', 'Quote number'),
  accountNumber: write('string', 'Invoice number'),
  locationId: write('location', 'Location'),
  originId: write('string', 'Item ID in the external source'),
  originatorId: write('string', 'External source'),
  originVersion: write('string', 'Version of the original'),
  honorific: status('HONORIFIC', 'Salutation'),
  name: write('string', 'First name'),
  lastName: write('string', 'Last name'),
  secondName: write('string', 'Second name'),
  birthdate: write('date', 'Date of birth'),
  post: write('string', 'Position'),
  companyTitle: write('string', 'Company name'),
  export: write('boolean', 'Included in export'),
  industry: status('INDUSTRY', 'Industry'),
  employees: status('EMPLOYEES', 'Employees'),
  revenue: write('double', 'Annual revenue'),
  bankingDetails: { type: 'text', title: 'Banking details', isDeprecated: true },
  isMyCompany: { type: 'boolean', title: 'My company', access: 'create' },
  hasPhone: read('boolean', 'Has phone'),
  hasEmail: read('boolean', 'Has e-mail'),
  hasImol: read('boolean', 'Has open channel'),
  fm: several('crm_multifield', 'Contact information'),
  email: answer('string', 'E-mail'),
  emailHome: answer('string', 'E-mail, home'),
  emailWork: answer('string', 'E-mail, work'),
  emailMailing: answer('string', 'E-mail, newsletters'),
  phone: answer('string', 'Phone'),
  phoneMobile: answer('string', 'Phone, mobile'),
  phoneWork: answer('string', 'Phone, work'),
  phoneMailing: answer('string', 'Phone, newsletters'),
  ...Object.fromEntries(`${EMPTY.lead} ${EMPTY.deal}`.split(' ').map(name => [name, answer('string', name)]))
}
