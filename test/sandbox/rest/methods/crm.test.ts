import t from 'tap'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST crm: stages of deals have names', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await resultOf(alpha, 'crm.status.list', { filter: { ENTITY_ID: 'DEAL_STAGE', STATUS_ID: 'EXECUTING' } }),
    [{ STATUS_ID: 'EXECUTING', NAME: 'In progress', SEMANTICS: null }])
  t.strictSame(await resultOf(alpha, 'crm.status.list', { filter: { ENTITY_ID: 'DEAL_STAGE_7' } }), [])
  t.match((await callRest(alpha, 'crm.status.list',
    { order: { SORT: 'DESC' }, filter: { ENTITY_ID: 'DEAL_STAGE' } })).body,
  { total: 8, result: [{ STATUS_ID: 'APOLOGY', SEMANTICS: 'F' }] })
})

await t.test('REST crm: the contact of a deal is read', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await resultOf(alpha, 'crm.deal.get', { id: 8061 }), { CONTACT_ID: '5' })
  t.match(await resultOf(alpha, 'crm.contact.get', { id: 5 }), {
    ID: '5',
    NAME: 'Marta',
    LAST_NAME: 'Lind',
    COMPANY_ID: '3',
    PHONE: [{ ID: '501', VALUE_TYPE: 'WORK', VALUE: '+49 30 901821', TYPE_ID: 'PHONE' }]
  })
  for (const [id, text] of [['7', 'Not found'], ['none', 'ID is not defined or invalid']]) {
    t.match(await callRest(alpha, 'crm.contact.get', { id }), { status: 400, body: { error_description: text } })
  }
})

await t.test('REST crm: the stages of every pipeline are in a directory', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[directory: string, stages: string[]]> = [
    ['STATUS', ['NEW', 'IN_PROCESS', 'PROCESSED', 'CONVERTED', 'JUNK']],
    ['QUOTE_STATUS', ['DRAFT', 'SENT', 'APPROVED', 'DECLAINED']],
    ['SMART_INVOICE_STAGE_2', ['DT31_2:N', 'DT31_2:S', 'DT31_2:P', 'DT31_2:D']],
    ['DYNAMIC_183_STAGE_1',
      ['DT183_1:NEW', 'DT183_1:PREPARATION', 'DT183_1:CLIENT', 'DT183_1:SUCCESS', 'DT183_1:FAIL']],
    ['COMPANY_TYPE', ['CUSTOMER', 'SUPPLIER', 'COMPETITOR', 'PARTNER', 'OTHER']]
  ]
  for (const [ENTITY_ID, stages] of rows) {
    const found = await resultOf(alpha, 'crm.status.list', { filter: { ENTITY_ID } }) as object[] // a list of values
    t.match(found, stages.map(STATUS_ID => ({ ENTITY_ID, STATUS_ID, NAME: /\w/ })), ENTITY_ID)
  }
  t.match(await resultOf(alpha, 'crm.status.list', { filter: { STATUS_ID: 'C1:NEW' } }),
    [{ ENTITY_ID: 'DEAL_STAGE_1', CATEGORY_ID: '1' }])
})

await t.test('REST crm: pipelines and smart processes are listed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match((await callRest(alpha, 'crm.category.list', { entityTypeId: 2 })).body, {
    result: {
      categories: [
        { id: 1, name: 'Repeat orders', sort: 200, entityTypeId: 2, isDefault: 'N', originId: '', originatorId: '' },
        { id: 0, name: 'General', sort: 300, entityTypeId: 2, isDefault: 'Y' }
      ]
    },
    total: 2
  })
  t.match(await callRest(alpha, 'crm.category.list', { entityTypeId: 1 }), {
    status: 400,
    body: { error: 'ENTITY_TYPE_NOT_SUPPORTED', error_description: 'Entity type `Lead` is not supported' }
  })
  t.match(await callRest(alpha, 'crm.category.list', { entityTypeId: 999 }),
    { status: 400, body: { error: 'NOT_FOUND' } })
  const types = (params: object) => callRest(alpha, 'crm.type.list', { ...params })
  const filter = { 0: { logic: 'OR', 0: { '%title': 'deliv' }, 1: { '%title': '0' } } }
  t.match((await types({ filter, order: { id: 'DESC' } })).body,
    { result: { types: [{ id: 5, title: 'Delivery', entityTypeId: 183, isStagesEnabled: 'Y' }] }, total: 1 })
  t.match((await types({ filter: { isBizProcEnabled: 'Y' } })).body, { result: { types: [] }, total: 0 })
  const type = { id: 5, entityTypeId: 183, relations: { child: [{ entityTypeId: 2 }] } }
  t.match(await resultOf(alpha, 'crm.type.get', { id: '5' }), { type })
  t.match(await resultOf(alpha, 'crm.type.getByEntityTypeId', { entityTypeId: 183 }), { type })
  for (const params of [{ id: 183 }, {}]) {
    t.match(await callRest(alpha, 'crm.type.get', params),
      { status: 400, body: { error: '0', error_description: 'SPA not found' } })
  }
})

await t.test('REST crm: a pipeline is read by its number', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.strictSame(await resultOf(alpha, 'crm.category.get', { entityTypeId: 2, id: 1 }), {
    category: {
      id: 1, name: 'Repeat orders', sort: 200, entityTypeId: 2, isDefault: 'N', originId: '', originatorId: ''
    }
  })
  t.match(await callRest(alpha, 'crm.category.get', { entityTypeId: 2, id: 9 }),
    { status: 400, body: { error: 'NOT_FOUND', error_description: 'Element not found' } })
  t.match(await callRest(alpha, 'crm.category.get', { entityTypeId: 1, id: 0 }),
    { status: 400, body: { error: 'ENTITY_TYPE_NOT_SUPPORTED' } })
})
