import type { NewEntry } from './content.ts'
import { exampleLink } from './example-links.ts'
import type { Portal } from './portal.ts'

const phone = (id: number, value: string) => ({ id, valueType: 'WORK', value, typeId: 'PHONE' })
const email = (id: number, value: string) => ({ id, valueType: 'WORK', value, typeId: 'EMAIL' })

/**
 * The customers of a portal and what is sold to them, linked as on a real one: the lead that became the deal 8061, its
 * contact and company, quote, invoice and delivery.
 */
export function crmExamples (portal: Portal, city: string): NewEntry[] {
  const { admin, employee, designer, accountant } = portal.users
  return [
    {
      kind: 'company',
      id: 3,
      authorId: admin.id,
      title: `Lind & Partners ${city}`,
      fields: {
        TYPE_ID: 'CUSTOMER',
        INDUSTRY: 'MANUFACTURING',
        EMPLOYEES: 'EMPLOYEES_1',
        CONTACT_IDS: [5, 6],
        FM: [phone(301, '+49 30 901820'), email(302, 'office@lind.example')]
      }
    },
    {
      kind: 'contact',
      id: 5,
      authorId: employee.id,
      fields: {
        NAME: 'Marta',
        LAST_NAME: 'Lind',
        POST: 'Office manager',
        TYPE_ID: 'CLIENT',
        SOURCE_ID: 'WEB',
        COMPANY_ID: 3,
        FM: [phone(501, '+49 30 901821'), email(502, 'marta.lind@lind.example')]
      }
    },
    {
      kind: 'contact',
      id: 6,
      authorId: accountant.id,
      fields: { NAME: 'Jonas', LAST_NAME: 'Weber', POST: 'Head teacher', TYPE_ID: 'CLIENT', COMPANY_ID: 3 }
    },
    {
      kind: 'lead',
      id: 250,
      authorId: designer.id,
      title: `Furniture for an office in ${city}`,
      fields: {
        NAME: 'Marta',
        LAST_NAME: 'Lind',
        COMPANY_TITLE: `Lind & Partners ${city}`,
        STAGE_ID: 'CONVERTED',
        SOURCE_ID: 'WEB',
        OPPORTUNITY: 12500,
        CONTACT_ID: 5,
        COMPANY_ID: 3
      }
    },
    {
      kind: 'lead',
      id: 251,
      authorId: employee.id,
      title: `A reading corner for the library of ${city}`,
      fields: { NAME: 'Ines', LAST_NAME: 'Costa', STAGE_ID: 'IN_PROCESS', SOURCE_ID: 'CALL', OPPORTUNITY: 5200 }
    },
    {
      kind: 'deal',
      id: 8061,
      authorId: employee.id,
      title: `Furniture for an office in ${city}`,
      text: `Delivered with ${exampleLink(portal, 'note', 'Delivery note 42')}.\nThe customer: https://example.com/`,
      fields: {
        OPPORTUNITY: 12500, CURRENCY_ID: 'EUR', STAGE_ID: 'NEW', CONTACT_ID: 5, COMPANY_ID: 3, LEAD_ID: 250, QUOTE_ID: 9
      }
    },
    {
      kind: 'deal',
      id: 8062,
      authorId: accountant.id,
      title: `Lamps for a school in ${city}`,
      text: `Delivered with ${exampleLink(portal, 'lastNote', 'Delivery note 44')}.`,
      fields: { OPPORTUNITY: 3400, CURRENCY_ID: 'EUR', STAGE_ID: 'EXECUTING', CONTACT_ID: 6 }
    },
    {
      kind: 'quote',
      id: 9,
      authorId: employee.id,
      title: 'Desks and chairs, oak',
      fields: {
        OPPORTUNITY: 12500,
        CURRENCY_ID: 'EUR',
        STAGE_ID: 'SENT',
        QUOTE_NUMBER: '9',
        DEAL_ID: 8061,
        CONTACT_ID: 5,
        COMPANY_ID: 3
      }
    },
    {
      kind: 'invoice',
      id: 21,
      authorId: accountant.id,
      title: 'Invoice #21',
      fields: {
        OPPORTUNITY: 3400,
        CURRENCY_ID: 'EUR',
        STAGE_ID: 'DT31_2:S',
        ACCOUNT_NUMBER: '21',
        PARENT_ID_2: 8062,
        CONTACT_ID: 6
      }
    },
    {
      kind: 'item',
      id: 42,
      authorId: designer.id,
      title: `Delivery 42 to ${city}`,
      fields: {
        OPPORTUNITY: 12500,
        CURRENCY_ID: 'EUR',
        STAGE_ID: 'DT183_1:CLIENT',
        PARENT_ID_2: 8061,
        CONTACT_ID: 5,
        COMPANY_ID: 3,
        UF_CRM_5_1639669411830: 'Gate 3'
      }
    }
  ]
}
