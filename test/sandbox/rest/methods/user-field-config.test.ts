import t from 'tap'
import type { Portal } from '../../../../sandbox/index.ts'
import { callRest, failureOf, resultOf, sandboxFor } from '../../helper.ts'

const call = (portal: Portal, action: string, params: object, user = portal.users.admin) =>
  resultOf(portal, `userfieldconfig.${action}`, { moduleId: 'crm', ...params }, user)

async function add (portal: Portal, field: object): Promise<Record<string, unknown>> {
  return Object(await call(portal, 'add', { field: { userTypeId: 'string', ...field } })).field
}

await t.test('REST userfieldconfig: smart processes and invoices have custom fields', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows = [[183, 42, 'CRM_5', 'ufCrm5GateNo'], [31, 21, 'CRM_SMART_INVOICE', 'ufCrmSmartInvoiceGateNo'],
    [2, 8061, 'CRM_DEAL', 'ufCrmDealGateNo']] as const
  for (const [entityTypeId, id, entityId, name] of rows) {
    const fieldName = `UF_${entityId}_GATE_NO`
    const field = await add(alpha, { entityId, fieldName, editFormLabel: 'Gate', xmlId: 7 })
    t.match(field, { entityId, fieldName, xmlId: '7', editFormLabel: { en: 'Gate', de: 'Gate' }, enum: undefined })
    t.match(await resultOf(alpha, 'crm.item.fields', { entityTypeId }),
      { fields: { [name]: { type: 'string', upperName: fieldName, formLabel: 'Gate' } } })
    for (const written of [name, fieldName]) {
      await resultOf(alpha, 'crm.item.update', { entityTypeId, id, fields: { [written]: `Gate of ${written}` } })
      t.match(await resultOf(alpha, 'crm.item.list', { entityTypeId, filter: { [written]: `Gate of ${written}` } }),
        { items: [{ id, [name]: `Gate of ${written}` }] })
    }
    t.equal(await call(alpha, 'delete', { id: field.id }), null)
    t.match(await resultOf(alpha, 'crm.item.get', { entityTypeId, id }), { item: { [name]: undefined } })
  }
})

await t.test('REST userfieldconfig: values of a list are added, changed and removed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const base = { entityId: 'CRM_LEAD', fieldName: 'UF_CRM_SIZE', userTypeId: 'enumeration', USER_TYPE_ID: 'string' }
  const { id, enum: values } = await add(alpha,
    { ...base, label: 'x', enum: [{ value: 'S' }, { value: 'L', def: 'Y' }] })
  t.match(values, [{ userFieldId: id, value: 'S', def: 'N' }, { value: 'L', def: 'Y' }])
  const [small, large] = Object.values(Object(values)).map(value => Object(value).id)
  const update = (field: object) => call(alpha, 'update', { id, field })
  t.match(await update({ enum: [{ id: small, del: 'Y' }], sort: 5 }), { field: { sort: '5', enum: [{}, {}] } })
  t.match(await update({ userTypeId: 'enumeration', enum: [{ id: small, del: 'Y' }, { id: large, value: 'XL' }] }),
    { field: { enum: [{ id: large, value: 'XL' }] } })
  t.match(await call(alpha, 'get', { id }, alpha.users.employee), { field: { editFormLabel: { en: null } } })
  t.match(await resultOf(alpha, 'crm.lead.userfield.get', { id }), { LIST: [{ VALUE: 'XL' }] })
})

await t.test('REST userfieldconfig: fields are listed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await resultOf(alpha, 'user.userfield.add', { fields: { USER_TYPE_ID: 'string', FIELD_NAME: 'CAR' } })
  await add(alpha, { entityId: 'CRM_5', fieldName: 'UF_CRM_5_B', sort: 200, editFormLabel: { de: 'Tor' } })
  await add(alpha, { entityId: 'CRM_DEAL', fieldName: 'UF_CRM_A' })
  const { body } = await callRest(alpha, 'userfieldconfig.list', { moduleId: 'crm' })
  t.match(body, { total: 2, result: { fields: [{ fieldName: 'UF_CRM_A' }, { fieldName: 'UF_CRM_5_B' }] } })
  t.notMatch(body, { result: { fields: [{ editFormLabel: {} }] } }, 'without texts, as no language is named')
  t.strictSame(await call(alpha, 'list',
    { filter: { entityId: 'CRM_5' }, select: { 0: 'fieldName', 1: 'editFormLabel', language: 'de' } }),
  { fields: [{ fieldName: 'UF_CRM_5_B', editFormLabel: { de: 'Tor' } }] })
  t.match(await call(alpha, 'list', { filter: { '!entityId': 'CRM_5' }, select: { language: 'en' } }),
    { fields: [{ languageId: { en: 'en' }, editFormLabel: null }] })
  await resultOf(alpha, 'userfieldtype.add',
    { USER_TYPE_ID: 'amount', HANDLER: 'https://a.example/f', TITLE: 'Amount' })
  const userTypeId = `rest_${alpha.state.application.id}_amount`
  t.match(await call(alpha, 'getTypes', {}), { types: { [userTypeId]: { userTypeId, description: 'Amount' } } })
})

await t.test('REST userfieldconfig: the application is told', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.installed = true
  const names = ['ADD', 'UPDATE', 'DELETE'].map(change => `ONCRMTYPEUSERFIELD${change}`)
  for (const event of names) await resultOf(alpha, 'event.bind', { event, event_type: 'offline' })
  const { id } = await add(alpha, { entityId: 'CRM_5', fieldName: 'UF_CRM_5_A' })
  await call(alpha, 'update', { id })
  await call(alpha, 'delete', { id })
  const EVENT_DATA = { FIELDS: { ID: id, ENTITY_ID: 'CRM_5', FIELD_NAME: 'UF_CRM_5_A' } }
  t.match(await resultOf(alpha, 'event.offline.list', { order: { ID: 'ASC' } }),
    names.map(EVENT_NAME => ({ EVENT_NAME, EVENT_DATA })))
})

await t.test('REST userfieldconfig: wrong calls are refused with the documented texts', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const fields = { USER_TYPE_ID: 'string', FIELD_NAME: 'CAR' }
  const ofPeople = await resultOf(alpha, 'user.userfield.add', { fields })
  const base = { entityId: 'CRM_5', fieldName: 'UF_CRM_5_A', userTypeId: 'string' }
  const { id } = await add(alpha, base)
  const rows: Array<[action: string, params: object, text: string]> = [
    ['list', { moduleId: 'sale' }, 'No settings for UserFieldAccess'],
    ['add', { field: { ...base, fieldName: 'UF_CRM_A' } }, 'You cannot create custom fields'],
    ['add', { field: { ...base, entityId: 'CRM_183' } }, 'You cannot create custom fields'],
    ['add', { field: { ...base, fieldName: '' } }, "The 'FIELD_NAME' field is not found."],
    ['add', { field: base }, 'The field UF_CRM_5_A for the CRM_5 object already exists.'],
    ['get', { id: ofPeople }, 'You do not have permission to view user field settings'],
    ['update', { id: 999 }, 'You cannot change the settings of the user field'],
    ['delete', { id: ofPeople }, 'You cannot delete the user field']
  ]
  for (const [action, params, text] of rows) {
    t.match(await callRest(alpha, `userfieldconfig.${action}`, { moduleId: 'crm', ...params }),
      { status: 400, body: { error: '', error_description: text } }, `${action} ${JSON.stringify(params)}`)
  }
  const { employee } = alpha.users
  for (const [action, params] of [['add', { field: { ...base, fieldName: 'UF_CRM_5_B' } }], ['update', { id }],
    ['delete', { id }]] as const) {
    t.strictSame(await failureOf(alpha, `userfieldconfig.${action}`, { moduleId: 'crm', ...params }, employee),
      [400, ''])
  }
  t.strictSame(await failureOf(alpha, 'userfieldconfig.get', { moduleId: 'crm' }), [400, '100'])
  t.strictSame(await failureOf(alpha, 'userfieldconfig.list'), [400, '100'])
  alpha.scope = ['userfieldconfig']
  t.match(await callRest(alpha, 'userfieldconfig.getTypes', { moduleId: 'crm' }),
    { body: { error: '', error_description: 'The current method required more scopes. (crm)' } })
  alpha.scope = ['crm']
  t.strictSame(await failureOf(alpha, 'userfieldconfig.list', { moduleId: 'crm' }), [401, 'insufficient_scope'])
})
