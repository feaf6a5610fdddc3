import { exampleOf, keep, type Row } from './documented.ts'

const deal = (id: number, fields = {}) => keep({ kind: 'deal', id, authorId: 1, fields })
const lead = (id: number, fields = {}) => keep({ kind: 'lead', id, authorId: 1, fields })
const company = (id: number, fields = {}) => keep({ kind: 'company', id, authorId: 1, fields })
const contact = (id: number, fields = {}) => keep({ kind: 'contact', id, authorId: 1, fields })

/** The values of each entry that stand under a name. */
const valuesOf = (method: string, name: string): unknown[] =>
  Object.values(Object(exampleOf(method).answer.result)).map(row => Object(row)[name])

const CONTACT_IDS = valuesOf('crm.deal.contact.items.get', 'CONTACT_ID')
const COMPANY_IDS = valuesOf('crm.contact.company.items.get', 'COMPANY_ID')

/** The customers of deals, and the companies of contacts. */
export const linkRows: Row[] = [
  { name: 'crm.deal.contact.items.get', seed: deal(1875, { CONTACT_IDS }), own: ['SORT'] },
  { name: 'crm.deal.contact.items.set', seed: deal(1875), own: [] },
  { name: 'crm.deal.contact.items.delete', seed: deal(1875, { CONTACT_IDS }), own: [] },
  { name: 'crm.contact.company.items.get', seed: contact(54, { COMPANY_IDS }), own: ['SORT'] },
  { name: 'crm.contact.company.items.set', seed: contact(82), own: [] },
  { name: 'crm.contact.company.items.delete', seed: contact(54, { COMPANY_IDS }), own: [] },
  { name: 'crm.lead.contact.add', seed: lead(1), own: [] },
  { name: 'crm.lead.contact.delete', seed: lead(1, { CONTACT_IDS: [1010] }), own: [] },
  { name: 'crm.lead.contact.fields', own: [] },
  { name: 'crm.deal.contact.add', seed: deal(1875), own: [] },
  { name: 'crm.deal.contact.delete', seed: deal(1875, { CONTACT_IDS }), own: [] },
  { name: 'crm.deal.contact.fields', own: [] },
  { name: 'crm.contact.company.add', seed: contact(54), own: [] },
  { name: 'crm.contact.company.delete', seed: contact(54, { COMPANY_IDS: [32] }), own: [] },
  { name: 'crm.contact.company.fields', own: [] },
  { name: 'crm.company.contact.add', seed: company(32), own: [] },
  { name: 'crm.company.contact.delete', seed: company(32, { CONTACT_IDS: [54] }), own: [] },
  { name: 'crm.company.contact.fields', own: [] }
]
