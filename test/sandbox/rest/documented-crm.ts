import type { Portal } from '../../../sandbox/index.ts'
import { all, exampleOf, keep, type Row } from './documented.ts'

const leads = Object(exampleOf('crm.item.list').answer.result).items.map((lead: Record<string, unknown>) => keep({
  kind: 'lead',
  id: Number(lead.id),
  authorId: 1,
  title: String(lead.title),
  fields: {
    NAME: lead.name,
    LAST_NAME: lead.lastName,
    STAGE_ID: lead.stageId,
    SOURCE_ID: lead.sourceId,
    OPPORTUNITY: lead.opportunity,
    ASSIGNED_BY_ID: lead.assignedById,
    IS_MANUAL_OPPORTUNITY: 'Y'
  }
}))
const deals = [37, 38, 39, 40, 41, 42].map((id, index) => keep({
  kind: 'deal',
  id,
  authorId: 1,
  title: `[${'AABBCD'[index]}] Deal`,
  at: Date.parse('2024-09-02T18:37:18+02:00'),
  fields: {
    TYPE_ID: 'COMPLEX',
    CATEGORY_ID: 1,
    STAGE_ID: 'C1:NEW',
    OPPORTUNITY: 19_999 - index * 1000,
    ASSIGNED_BY_ID: 6,
    IS_MANUAL_OPPORTUNITY: 'Y'
  }
}))
const lead = (id: number) => keep({
  kind: 'lead',
  id,
  authorId: 1,
  fields: {
    STAGE_ID: 'CONVERTED',
    OPPORTUNITY: 15000,
    FM: ['PHONE', 'IM'].map(typeId => ({ id: 1, typeId, valueType: 'OTHER', value: '1' }))
  }
})
const EMAIL = 'special-for@example.com'
const contacts = [73, 74].map(id => keep({
  kind: 'contact',
  id,
  authorId: 1,
  fields: { NAME: 'Ivan', LAST_NAME: 'Petrov', FM: [{ id: 215, typeId: 'EMAIL', valueType: 'WORK', value: EMAIL }] }
}))
const quote = keep({
  kind: 'quote',
  id: 43,
  authorId: 1,
  fields: { STAGE_ID: 'SENT', OPPORTUNITY: 150000, COMPANY_ID: 3, QUOTE_NUMBER: '43' }
})
const OF_QUOTES = ['TITLE', 'OPPORTUNITY', 'ASSIGNED_BY_ID']
const pipeline = (id: number) => ({ content }: Portal): void => {
  content.add({ kind: 'category', authorId: 1, parent: '2', title: 'Old', fields: { id, sort: 500, isDefault: 'N' } })
}
const { FILTER } = exampleOf('crm.deal.list').params

export const crmRows: Row[] = [
  { name: 'crm.item.get' },
  { name: 'crm.item.list', seed: all(...leads), own: [] },
  {
    name: 'crm.item.update',
    params: { id: 8061 },
    differs: ['.result.item.previousStageId: not documented', '.result.item.mycompanyId: not documented']
  },
  {
    name: 'crm.item.add',
    seed: pipeline(9),
    differs: ['.result.item.previousStageId: not documented', '.result.item.mycompanyId: not documented']
  },
  { name: 'crm.item.delete', params: { entityTypeId: 183, id: 42 }, own: [] },
  { name: 'crm.item.fields', params: { entityTypeId: 183 }, differs: ['.result.fields.contacts: missing'] },
  { name: 'crm.type.list', params: { filter: {} } },
  { name: 'crm.type.get', params: { id: 5 } },
  { name: 'crm.type.getbyentitytypeid', params: { entityTypeId: 183 } },
  { name: 'crm.category.list' },
  { name: 'crm.category.get', own: ['name'] },
  { name: 'crm.category.fields', own: [] },
  { name: 'crm.category.add', params: { entityTypeId: 183 }, own: ['id', 'entityTypeId'] },
  { name: 'crm.category.update', params: { entityTypeId: 183, id: 1 }, own: ['id', 'entityTypeId'] },
  { name: 'crm.category.delete', seed: pipeline(5), own: [] },
  { name: 'crm.status.list', own: ['ID', 'NAME', 'NAME_INIT'] },
  { name: 'crm.status.get', params: { id: 35 } },
  { name: 'crm.status.fields', own: [] },
  { name: 'crm.status.add' },
  { name: 'crm.status.update', params: { id: 35 }, own: [] },
  { name: 'crm.status.delete', params: { id: 35 }, own: [] },
  { name: 'crm.status.entity.items', own: [] },
  { name: 'crm.lead.add' },
  { name: 'crm.lead.get', seed: lead(123) },
  { name: 'crm.lead.list', seed: all(...Array.from({ length: 101 }, (_lead, index) => lead(9000 + index))) },
  { name: 'crm.lead.update', seed: lead(1608), own: [] },
  { name: 'crm.lead.delete', seed: lead(123), own: [] },
  { name: 'crm.lead.fields' },
  { name: 'crm.deal.add' },
  { name: 'crm.deal.get', params: { ID: 8061 } },
  // The translated titles of the example do not end with the letter that it asks for.
  { name: 'crm.deal.list', seed: all(...deals), params: { FILTER: { ...Object(FILTER), '=%TITLE': '[%' } } },
  { name: 'crm.deal.update', seed: keep({ kind: 'deal', id: 123, authorId: 1 }), own: [] },
  { name: 'crm.deal.delete', seed: keep({ kind: 'deal', id: 123, authorId: 1 }), own: [] },
  { name: 'crm.deal.fields' },
  { name: 'crm.contact.add' },
  // crm.contact.fields documents it.
  { name: 'crm.contact.get', params: { ID: 5 }, differs: ['.result.ADDRESS_COUNTRY_CODE: not documented'] },
  // Nobody in the example has both names with the letter that it asks for.
  { name: 'crm.contact.list', seed: all(...contacts), params: { FILTER: { '@ASSIGNED_BY_ID': [1, 6], EMAIL } } },
  { name: 'crm.contact.update', seed: keep({ kind: 'contact', id: 43, authorId: 1 }), own: [] },
  { name: 'crm.contact.delete', seed: keep({ kind: 'contact', id: 123, authorId: 1 }), own: [] },
  {
    name: 'crm.contact.fields',
    differs: ['.result.COMPANY_ID.isDeprecated: missing', '.result.COMPANY_ID.settings: not documented']
  },
  { name: 'crm.company.add' },
  { name: 'crm.company.get', seed: keep({ kind: 'company', id: 12, authorId: 1 }) },
  { name: 'crm.company.list' },
  { name: 'crm.company.update', seed: keep({ kind: 'company', id: 43, authorId: 1 }), own: [] },
  { name: 'crm.company.delete', seed: keep({ kind: 'company', id: 123, authorId: 1 }), own: [] },
  { name: 'crm.company.fields', differs: ['.result.BANKING_DETAILS.isDeprecated: not documented'] },
  { name: 'crm.quote.add' },
  { name: 'crm.quote.get', seed: quote },
  { name: 'crm.quote.list', seed: quote, params: { filter: { '=STATUS_ID': 'SENT' } }, own: OF_QUOTES },
  { name: 'crm.quote.update', seed: quote, own: [] },
  { name: 'crm.quote.delete', seed: quote, own: [] },
  { name: 'crm.quote.fields' }
]
