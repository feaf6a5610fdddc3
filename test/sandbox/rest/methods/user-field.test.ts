import t from 'tap'
import type { Portal } from '../../../../sandbox/index.ts'
import { callRest, failureOf, resultOf, sandboxFor } from '../../helper.ts'

const add = (portal: Portal, fields: object, kind = 'deal') =>
  resultOf(portal, `crm.${kind}.userfield.add`, { fields: { USER_TYPE_ID: 'string', ...fields } })

await t.test('REST custom fields: a field of each item is added, described, written, found and removed', async t => {
  const rows = [['lead', 1, 251], ['deal', 2, 8061], ['contact', 3, 5], ['company', 4, 3]] as const
  for (const [kind, entityTypeId, id] of rows) {
    const { portals: { alpha } } = await sandboxFor(t)
    const LABEL = 'Supplier'
    const number = await add(alpha, { FIELD_NAME: 'uf_supplier', LABEL, MANDATORY: 'Y', SHOW_FILTER: 'Y' }, kind)
    const described = { type: 'string', isRequired: true, isMultiple: false, isDynamic: true, listLabel: 'Supplier' }
    t.match(await resultOf(alpha, `crm.${kind}.fields`),
      { UF_CRM_SUPPLIER: { ...described, title: 'UF_CRM_SUPPLIER', settings: { ROWS: 1 } } }, kind)
    t.match(await resultOf(alpha, 'crm.item.fields', { entityTypeId }),
      { fields: { ufCrmSupplier: { ...described, title: 'Supplier', upperName: 'UF_CRM_SUPPLIER' } } })
    t.match(await resultOf(alpha, `crm.${kind}.get`, { id }), { UF_CRM_SUPPLIER: null })
    t.match(await resultOf(alpha, 'crm.item.get', { entityTypeId, id }), { item: { ufCrmSupplier: null } })
    const found = async (filter: object) => await callRest(alpha, `crm.${kind}.list`, { filter })
    t.match((await found({ UF_CRM_SUPPLIER: 'Rossi' })).body, { total: 0 }, 'nobody has written it')
    await resultOf(alpha, `crm.${kind}.update`, { id, fields: { UF_CRM_SUPPLIER: 'Rossi' } })
    t.match(await resultOf(alpha, `crm.${kind}.list`, { filter: { UF_CRM_SUPPLIER: 'Rossi' } }),
      [{ ID: String(id), UF_CRM_SUPPLIER: 'Rossi' }])
    await resultOf(alpha, 'crm.item.update', { entityTypeId, id, fields: { ufCrmSupplier: 'Novak' } })
    t.match(await resultOf(alpha, 'crm.item.list', { entityTypeId, filter: { ufCrmSupplier: 'Novak' } }),
      { items: [{ id, ufCrmSupplier: 'Novak' }] })
    t.match(await resultOf(alpha, `crm.${kind}.userfield.list`, { filter: { FIELD_NAME: 'UF_CRM_SUPPLIER' } }),
      [{ ID: String(number), ENTITY_ID: `CRM_${kind.toUpperCase()}`, MANDATORY: 'Y', LIST_COLUMN_LABEL: undefined }])
    for (const name of ['ufCrmSupplier', 'UF_CRM_SUPPLIER']) {
      for (const useOriginalUfNames of ['Y', 'N']) {
        const params = { entityTypeId, filter: { [name]: 'Novak' }, order: { [name]: 'ASC' }, select: [name] }
        const shown = useOriginalUfNames === 'Y' ? 'UF_CRM_SUPPLIER' : 'ufCrmSupplier'
        t.strictSame(await resultOf(alpha, 'crm.item.list', { ...params, useOriginalUfNames }),
          { items: [{ [shown]: 'Novak' }] }, `${name} ${useOriginalUfNames}`)
      }
    }
    t.equal(await resultOf(alpha, `crm.${kind}.userfield.delete`, { id: number }), true)
    await resultOf(alpha, `crm.${kind}.update`, { id, fields: { UF_CRM_SUPPLIER: 'Rossi' } })
    t.match(await resultOf(alpha, `crm.${kind}.get`, { id }), { UF_CRM_SUPPLIER: undefined })
    t.match(await resultOf(alpha, `crm.${kind}.fields`), { UF_CRM_SUPPLIER: undefined })
  }
})

await t.test('REST custom fields: values have the type of their field', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[type: string, multiple: 'Y' | 'N', sent: unknown, legacy: unknown, item: unknown]> = [
    ['integer', 'N', '5', '5', 5],
    ['double', 'N', '2.5', '2.5', 2.5],
    ['boolean', 'N', 1, '1', 'Y'],
    ['boolean', 'Y', 'N', '0', 'N'],
    ['employee', 'N', '3', '3', 3],
    ['enumeration', 'Y', ['1', '2', ''], [1, 2], [1, 2]],
    ['date', 'N', '2026-12-01', '2026-12-01T00:00:00+00:00', '2026-12-01T00:00:00+00:00'],
    ['date', 'N', 'soon', 'soon', 'soon'],
    ['money', 'N', '10|EUR', '10|EUR', '10|EUR'],
    ['string', 'Y', 'one', ['one'], ['one']],
    ['string', 'Y', { 7: 'one', 9: 'two' }, ['one', 'two'], ['one', 'two']],
    ['string', 'N', '', null, null]
  ]
  for (const [index, [USER_TYPE_ID, MULTIPLE, sent, legacy, item]] of rows.entries()) {
    const name = `UF_CRM_A_B_${index}`
    await add(alpha, { FIELD_NAME: name, USER_TYPE_ID, MULTIPLE })
    await resultOf(alpha, 'crm.deal.update', { id: 8061, fields: { [name]: sent } })
    t.strictSame(Object(await resultOf(alpha, 'crm.deal.get', { id: 8061 }))[name], legacy, name) // a deal
    const { item: shown } = Object(await resultOf(alpha, 'crm.item.get',
      { entityTypeId: 2, id: 8061, useOriginalUfNames: 'Y' })) // an item
    t.strictSame(Object.values(Object(shown)).at(-2), item, `${name} of the item`)
  }
  t.match(await callRest(alpha, 'crm.deal.list', { filter: { UF_CRM_A_B_5: 2 } }), { body: { total: 1 } })
})

await t.test('REST custom fields: the application is told', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.installed = true
  const names = ['ADD', 'SETENUMVALUES', 'UPDATE', 'DELETE'].map(change => `ONCRMDEALUSERFIELD${change}`)
  for (const event of names) await resultOf(alpha, 'event.bind', { event, event_type: 'offline' })
  const id = await add(alpha, { FIELD_NAME: 'SIZE', USER_TYPE_ID: 'enumeration' })
  await resultOf(alpha, 'crm.deal.userfield.update', { id, fields: { SORT: 1 } })
  await resultOf(alpha, 'crm.deal.userfield.delete', { id })
  const EVENT_DATA = { FIELDS: { ID: String(id), ENTITY_ID: 'CRM_DEAL', FIELD_NAME: 'UF_CRM_SIZE' } }
  t.match(await resultOf(alpha, 'event.offline.list', { order: { ID: 'ASC' } }),
    names.map(EVENT_NAME => ({ EVENT_NAME, EVENT_DATA })))
})

await t.test('REST custom fields: wrong calls are refused with the documented texts', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const id = await add(alpha, { FIELD_NAME: 'TAKEN' }, 'contact')
  const field = { USER_TYPE_ID: 'string', FIELD_NAME: 'TAKEN' }
  const rows: Array<[method: string, params: object, code: string, text: string]> = [
    ['deal.userfield.add', {}, '', "Parameter 'fields' must be array."],
    ['deal.userfield.add', { fields: 'x' }, '', "Parameter 'fields' must be array."],
    ['deal.userfield.add', { fields: { FIELD_NAME: 'A' } }, '', "The 'USER_TYPE_ID' field is not found."],
    ['deal.userfield.add', { fields: { FIELD_NAME: ['A'] } }, '',
      "The 'USER_TYPE_ID' field is not found.\nThe 'FIELD_NAME' field is not found."],
    ['deal.userfield.add', { fields: { ...field, FIELD_NAME: 'A'.repeat(44) } }, 'ERROR_CORE',
      'Field name is too long (more than 50 characters).'],
    ['deal.userfield.add', { fields: { ...field, FIELD_NAME: 'Größe' } }, 'ERROR_CORE',
      'Field name contains invalid characters. Allowed characters are: A-Z, 0-9, and _.'],
    ['deal.userfield.add', { fields: { ...field, USER_TYPE_ID: 'toString' } }, 'ERROR_CORE',
      'Invalid custom type specified'],
    ['contact.userfield.add', { fields: field }, 'ERROR_CORE',
      'The field UF_CRM_TAKEN for the CRM_CONTACT object already exists.'],
    ['deal.userfield.list', { filter: 'x' }, '', "Parameter 'filter' must be array."],
    ['deal.userfield.list', { order: 'x' }, '', "Parameter 'order' must be array."],
    ['deal.userfield.get', {}, '', 'ID is not defined or invalid.'],
    ['deal.userfield.get', { id: -1 }, '', 'ID is not defined or invalid.'],
    ['deal.userfield.get', { id: 999 }, 'ERROR_NOT_FOUND', "The entity with ID '999' is not found"],
    ['deal.userfield.get', { id }, '', 'Access denied.'],
    ['deal.userfield.update', { id, fields: {} }, '', 'Access denied.'],
    ['deal.userfield.delete', { id }, '', 'Access denied.']
  ]
  for (const [method, params, error, text] of rows) {
    t.match(await callRest(alpha, `crm.${method}`, { ...params }),
      { status: 400, body: { error, error_description: text } }, `${method} ${JSON.stringify(params)}`)
  }
  const { employee } = alpha.users
  for (const [name, params] of [['add', { fields: field }], ['list', {}], ['update', { id }], ['delete', { id }]]) {
    t.match(await callRest(alpha, `crm.contact.userfield.${name}`, Object(params), employee),
      { status: 400, body: { error: '', error_description: 'Access denied.' } }, `${name} of an employee`)
  }
  t.match(await callRest(alpha, 'crm.contact.userfield.get', { id }, employee), { status: 200 })
})

await t.test('REST userfield: a custom field has a type of the application', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const field = { fields: { USER_TYPE_ID: 'amount', FIELD_NAME: 'SUM' } }
  t.strictSame(await failureOf(alpha, 'crm.deal.userfield.add', field), [400, 'ERROR_CORE'])
  await resultOf(alpha, 'userfieldtype.add',
    { USER_TYPE_ID: 'amount', HANDLER: 'https://a.example/field', TITLE: 'Amount' })
  const types = await resultOf(alpha, 'crm.userfield.types') as object[] // a list
  t.match(types.at(-1), { ID: 'amount', title: 'Amount' })
  const id = await resultOf(alpha, 'crm.deal.userfield.add', field)
  const name = `rest_${alpha.state.application.id}_amount`
  t.match(await resultOf(alpha, 'crm.deal.userfield.get', { id }), { USER_TYPE_ID: name, SETTINGS: [] })
  t.equal(await resultOf(alpha, 'crm.deal.update', { id: 8061, fields: { UF_CRM_SUM: '12 EUR' } }), true)
  t.match(await resultOf(alpha, 'crm.deal.get', { id: 8061 }), { UF_CRM_SUM: '12 EUR' })
})

await t.test('REST custom fields: people have some as well', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const fields = { FIELD_NAME: 'UF_CRM_CAR', USER_TYPE_ID: 'string' }
  const id = await resultOf(alpha, 'user.userfield.add', { fields })
  t.match(await resultOf(alpha, 'user.userfield.list'), [{ ID: String(id), FIELD_NAME: 'UF_USR_CRM_CAR', SORT: '100' }])
  t.equal(await resultOf(alpha, 'user.userfield.update', { id, fields: { SORT: 5 } }), true)
  t.match(await resultOf(alpha, 'user.userfield.list', { filter: { ID: id } }), [{ SORT: '5' }])
  const rows: Array<[method: string, params: Record<string, unknown>, error: string, description: string]> = [
    ['add', { fields }, 'ERROR_CORE', 'The field UF_USR_CRM_CAR for the USER object already exists.'],
    ['add', { fields: { FIELD_NAME: 'A' } }, '', "The 'USER_TYPE_ID' field is not found."],
    ['update', { id: 99, fields }, '', 'Access denied.'],
    ['delete', { id: await add(alpha, { FIELD_NAME: 'A' }) }, '', 'Access denied.'],
    ['delete', {}, '', 'ID is not defined or invalid.']
  ]
  for (const [method, params, error, description] of rows) {
    t.strictSame(await callRest(alpha, `user.userfield.${method}`, params),
      { status: 400, body: { error, error_description: description } }, `${method} ${JSON.stringify(params)}`)
  }
  t.strictSame(await failureOf(alpha, 'user.userfield.list', {}, alpha.users.employee), [400, ''])
  t.equal(await resultOf(alpha, 'user.userfield.delete', { id }), true)
  t.strictSame(await resultOf(alpha, 'user.userfield.list'), [])
  alpha.scope = ['user', 'crm']
  t.strictSame(await failureOf(alpha, 'user.userfield.list'), [401, 'insufficient_scope'])
})
