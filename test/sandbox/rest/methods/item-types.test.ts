import t from 'tap'
import type { Portal } from '../../../../sandbox/index.ts'
import { resultOf, sandboxFor } from '../../helper.ts'

type Item = Record<string, unknown>

const [LEAD, DEAL, CONTACT, COMPANY, QUOTE, INVOICE, DELIVERY] = [1, 2, 3, 4, 7, 31, 183]

const itemOf = async (portal: Portal, method: string, params: object): Promise<Item> => {
  const { item } = await resultOf(portal, `crm.item.${method}`, { ...params }) as { item: Item } // one item
  return item
}

await t.test('REST item: the examples of every type are linked', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[entityTypeId: number, id: number, expected: Item]> = [
    [LEAD, 250, {
      stageId: 'CONVERTED', stageSemanticId: 'S', name: 'Marta', contactIds: [5], companyId: 3, sourceId: 'WEB'
    }],
    [DEAL, 8061, {
      title: 'Furniture for an office in Berlin',
      stageId: 'NEW',
      stageSemanticId: 'P',
      isWork: 'Y',
      closed: 'N',
      categoryId: 0,
      opportunity: 12500,
      currencyId: 'EUR',
      contactId: 5,
      contactIds: [5],
      companyId: 3,
      leadId: 250,
      quoteId: 9,
      assignedById: 2,
      createdBy: 2,
      opened: 'Y',
      observers: [],
      parentId183: null,
      entityTypeId: DEAL
    }],
    [CONTACT, 5, {
      name: 'Marta',
      lastName: 'Lind',
      companyId: 3,
      companyIds: [3],
      hasPhone: 'Y',
      email: 'marta.lind@lind.example',
      phoneWork: '+49 30 901821',
      phoneMobile: '',
      fm: [
        { id: 501, valueType: 'WORK', value: '+49 30 901821', typeId: 'PHONE' },
        { id: 502, valueType: 'WORK', value: 'marta.lind@lind.example', typeId: 'EMAIL' }
      ]
    }],
    [CONTACT, 6, { hasPhone: 'N', hasEmail: 'N', fm: [], email: '' }],
    [COMPANY, 3, { title: 'Lind & Partners Berlin', contactIds: [5, 6], industry: 'MANUFACTURING' }],
    [QUOTE, 9, { stageId: 'SENT', closed: 'N', dealId: 8061, quoteNumber: '9' }],
    [INVOICE, 21, { stageId: 'DT31_2:S', categoryId: 2, parentId2: 8062, accountNumber: '21' }],
    [DELIVERY, 42, { stageId: 'DT183_1:CLIENT', categoryId: 1, parentId2: 8061, ufCrm5_1639669411830: 'Gate 3' }]
  ]
  for (const [entityTypeId, id, expected] of rows) {
    t.match(await itemOf(alpha, 'get', { entityTypeId, id }), { id, ...expected }, `${entityTypeId}: ${id}`)
  }
})

await t.test('REST item: an empty item of every type has the documented values', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[entityTypeId: number, expected: Item]> = [
    [LEAD, { id: 252, title: 'Lead #252', stageId: 'NEW', opportunity: 0, companyId: 0, contactId: 0, comments: null }],
    [DEAL, { id: 8063, title: 'Deal #8063', stageId: 'NEW', isNew: 'Y', isManualOpportunity: 'N', categoryId: 0 }],
    [CONTACT, { id: 7, name: null, lastName: 'Contact #7', companyIds: [], export: 'N' }],
    [COMPANY, { id: 4, title: 'Company #4', revenue: 0, isMyCompany: 'N' }],
    [QUOTE, { id: 10, title: 'Quote #10', stageId: 'DRAFT' }],
    [INVOICE, { id: 22, title: 'Invoice #22', stageId: 'DT31_2:N' }],
    [DELIVERY, { id: 43, title: 'Delivery #43', stageId: 'DT183_1:NEW', previousStageId: null }]
  ]
  for (const [entityTypeId, expected] of rows) {
    t.match(await itemOf(alpha, 'add', { entityTypeId, fields: {} }), expected, String(entityTypeId))
  }
})
