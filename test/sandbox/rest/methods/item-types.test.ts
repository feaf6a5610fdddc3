import t from 'tap'
import type { Portal } from '../../../../sandbox/index.ts'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

type Item = Record<string, unknown>

const [LEAD, DEAL, CONTACT, COMPANY, QUOTE, INVOICE, DELIVERY] = [1, 2, 3, 4, 7, 31, 183]
const ALL = [LEAD, DEAL, CONTACT, COMPANY, QUOTE, INVOICE, DELIVERY]

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

await t.test('REST item: the fields of every type are those that its items have', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (const entityTypeId of ALL) {
    const item = await itemOf(alpha, 'add', { entityTypeId, fields: {} })
    const { fields } = await resultOf(alpha, 'crm.item.fields', { entityTypeId }) as { fields: Item } // by their names
    for (const name of Object.keys(fields)) t.ok(name.startsWith('ufCrm') || name in item, `${entityTypeId}: ${name}`)
    const listed = Object.keys(fields)
    const rest = Object.keys(item).filter(name => !listed.includes(name))
    t.notOk(rest.find(name => item[name] !== null && !/^(entityTypeId|email|phone|is(Won|Lose|Work)$)/.test(name)), `${entityTypeId}: ${rest}`)
  }
})

await t.test('REST item: a field is described as documented', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const plain = { isRequired: false, isReadOnly: false, isImmutable: false, isMultiple: false, isDynamic: false }
  const rows: Array<[name: string, expected: Item]> = [
    ['id', { type: 'integer', ...plain, isReadOnly: true, title: 'ID', upperName: 'ID' }],
    ['title', { type: 'string', ...plain, title: 'Title', upperName: 'TITLE' }],
    ['contactId', {
      type: 'crm_contact', ...plain, isDeprecated: true, title: 'Contact', upperName: 'CONTACT_ID'
    }],
    ['contactIds', { type: 'crm_contact', ...plain, isMultiple: true, title: 'Contacts', upperName: 'CONTACT_IDS' }],
    ['stageId', {
      type: 'crm_status', ...plain, statusType: 'DYNAMIC_183_STAGE_1', title: 'Stage', upperName: 'STAGE_ID'
    }],
    ['sourceId', { type: 'crm_status', ...plain, statusType: 'SOURCE', title: 'Source', upperName: 'SOURCE_ID' }],
    ['parentId2', {
      type: 'crm_entity',
      ...plain,
      title: 'Parent item',
      settings: { parentEntityTypeId: 2 },
      upperName: 'PARENT_ID_2'
    }],
    ['ufCrm5_1639669411830', {
      type: 'string',
      ...plain,
      isDynamic: true,
      title: 'UF_CRM_5_1639669411830',
      upperName: 'UF_CRM_5_1639669411830'
    }]
  ]
  const fieldsOf = async (params: Item): Promise<Item> =>
    (await resultOf(alpha, 'crm.item.fields', params) as { fields: Item }).fields // by their names
  const fields = await fieldsOf({ entityTypeId: DELIVERY })
  for (const [name, expected] of rows) t.strictSame(fields[name], expected, name)
  t.match(await fieldsOf({ entityTypeId: DELIVERY, useOriginalUfNames: 'Y' }), { UF_CRM_5_1639669411830: Object })
  t.match((await fieldsOf({ entityTypeId: DEAL })).typeId, { statusType: 'DEAL_TYPE' })
  t.match((await fieldsOf({ entityTypeId: COMPANY })).isMyCompany, { isImmutable: true })
})

await t.test('REST item: the documented list of leads is answered', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const leads: Array<[id: number, authorId: number, fields: Item]> = [
    [253, 1, { NAME: 'Anna', STAGE_ID: 'NEW', SOURCE_ID: 'WEB', OPPORTUNITY: 19000 }],
    [255, 1, { NAME: 'Ivan', LAST_NAME: 'Ivanov', STAGE_ID: 'NEW', SOURCE_ID: 'WEB', OPPORTUNITY: 19600 }],
    [254, 1, { LAST_NAME: 'Kotov', STAGE_ID: 'IN_PROCESS', SOURCE_ID: 'ADVERTISING', OPPORTUNITY: 19000 }],
    [256, 1, { STAGE_ID: 'NEW', SOURCE_ID: 'WEB', OPPORTUNITY: 19000 }],
    [257, 1, { NAME: 'Rich', STAGE_ID: 'NEW', SOURCE_ID: 'WEB', OPPORTUNITY: 20001 }],
    [258, 1, { NAME: 'Junk', STAGE_ID: 'JUNK', SOURCE_ID: 'WEB', OPPORTUNITY: 6000 }],
    [259, 2, { NAME: 'Other', STAGE_ID: 'NEW', SOURCE_ID: 'WEB', OPPORTUNITY: 6000 }]
  ]
  for (const [id, authorId, fields] of leads) alpha.content.add({ kind: 'lead', id, authorId, fields })
  const { body } = await callRest(alpha, 'crm.item.list', {
    entityTypeId: LEAD,
    select: ['id', 'title', 'lastName', 'name', 'stageId', 'sourceId', 'assignedById', 'opportunity',
      'isManualOpportunity'],
    filter: {
      0: { logic: 'OR', 0: { '!=name': '' }, 1: { '!=lastName': '' } },
      '@stageId': ['NEW', 'IN_PROCESS'],
      '@sourceId': ['WEB', 'ADVERTISING'],
      '@assignedById': [1, 6],
      '>=opportunity': 5000,
      '<=opportunity': 20000,
      isManualOpportunity: 'Y'
    },
    order: { lastName: 'ASC', name: 'ASC' }
  })
  t.strictSame(body.result, {
    items: [
      {
        id: 253,
        assignedById: 1,
        stageId: 'NEW',
        opportunity: 19000,
        isManualOpportunity: 'Y',
        sourceId: 'WEB',
        name: 'Anna',
        lastName: null,
        title: 'Lead #253'
      },
      {
        id: 255,
        assignedById: 1,
        stageId: 'NEW',
        opportunity: 19600,
        isManualOpportunity: 'Y',
        sourceId: 'WEB',
        name: 'Ivan',
        lastName: 'Ivanov',
        title: 'Lead #255'
      },
      {
        id: 254,
        assignedById: 1,
        stageId: 'IN_PROCESS',
        opportunity: 19000,
        isManualOpportunity: 'Y',
        sourceId: 'ADVERTISING',
        name: null,
        lastName: 'Kotov',
        title: 'Lead #254'
      }
    ]
  })
  t.match(body, { total: 3 })
})
