import t from 'tap'
import type { Portal } from '../../../../sandbox/index.ts'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

/** Adds the custom field UF_CRM_1. */
const addField = (portal: Portal, kind: string) =>
  resultOf(portal, `crm.${kind}.userfield.add`, { fields: { USER_TYPE_ID: 'string', FIELD_NAME: '1' } })

await t.test('REST legacy: a lead is the same record as its item', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.installed = true
  for (const event of ['ONCRMLEADADD', 'ONCRMLEADUPDATE', 'ONCRMLEADDELETE']) {
    await resultOf(alpha, 'event.bind', { event, event_type: 'offline' })
  }
  const PHONE = [{ VALUE: '1', VALUE_TYPE: 'HOME' }]
  const fields = { TITLE: 'Chairs', NAME: 'Gleb', STATUS_ID: 'IN_PROCESS', PHONE }
  await addField(alpha, 'lead')
  t.equal(await resultOf(alpha, 'crm.lead.add', { fields }), 252)
  t.match(await resultOf(alpha, 'crm.item.get', { entityTypeId: 1, id: 252 }), {
    item: {
      title: 'Chairs', stageId: 'IN_PROCESS', fm: [{ id: 25201, typeId: 'PHONE', valueType: 'HOME', value: '1' }]
    }
  })
  await resultOf(alpha, 'crm.item.update', { entityTypeId: 1, id: 252, fields: { stageId: 'JUNK', ufCrm_1: 'Yes' } })
  t.match(await resultOf(alpha, 'crm.lead.get', { id: 252 }), {
    TITLE: 'Chairs',
    NAME: 'Gleb',
    STATUS_ID: 'JUNK',
    STATUS_SEMANTIC_ID: 'F',
    ADDRESS_CITY: null,
    UF_CRM_1: 'Yes',
    PHONE: [{ ID: '25201', VALUE_TYPE: 'HOME', VALUE: '1', TYPE_ID: 'PHONE' }]
  })
  const change = { UF_CRM_1: 'No', UF_CRM_2: 'nobody has added it', ADDRESS_CITY: 'Graz' }
  t.equal(await resultOf(alpha, 'crm.lead.update', { id: 252, fields: change }), true)
  t.match(await resultOf(alpha, 'crm.lead.get', { id: 252 }), { ...change, TITLE: 'Chairs', UF_CRM_2: undefined })
  t.equal(await resultOf(alpha, 'crm.lead.delete', { id: 252 }), true)
  t.match(await callRest(alpha, 'crm.item.get', { entityTypeId: 1, id: 252 }), { body: { error: 'NOT_FOUND' } })
  t.match(await resultOf(alpha, 'event.offline.list'),
    ['ADD', 'UPDATE', 'DELETE'].map(change => ({ EVENT_NAME: `ONCRMLEAD${change}` })))
})

await t.test('REST legacy: contact information is changed entry by entry', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const numbers = ['1', '2', '3', '4'].map(VALUE => ({ VALUE }))
  const id = await resultOf(alpha, 'crm.contact.add',
    { fields: { NAME: 'John', PHONE: numbers, WEB: [{ VALUE: 'a.example' }] } })
  const phones = async (PHONE: object) => {
    await resultOf(alpha, 'crm.contact.update', { id, fields: { PHONE } })
    const contact = Object(await resultOf(alpha, 'crm.contact.get', { id })) // a contact
    t.match(contact.WEB, [{ VALUE: 'a.example' }])
    return contact.PHONE?.map((phone: Record<string, string>) => `${phone.ID} ${phone.VALUE_TYPE} ${phone.VALUE}`)
  }
  t.strictSame(await phones([{ ID: 702, VALUE: '5', VALUE_TYPE: 'MOBILE' }]),
    ['701 WORK 1', '702 MOBILE 5', '703 WORK 3', '704 WORK 4'])
  t.strictSame(await phones([{ ID: 701, DELETE: 'Y', VALUE: '1' }, { ID: 703, VALUE: '' }, { ID: 704 }]),
    ['702 MOBILE 5'])
  t.strictSame(await phones([{ VALUE: '6', VALUE_TYPE: 'HOME' }]), ['702 MOBILE 5', '706 HOME 6'])
})

await t.test('REST legacy: a company has names of its own for some fields', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const fields = { COMPANY_TYPE: 'PARTNER', CONTACT_ID: [6], STATUS_ID: 1 }
  await resultOf(alpha, 'crm.company.update', { id: 3, fields })
  t.match(await resultOf(alpha, 'crm.item.get', { entityTypeId: 4, id: 3 }),
    { item: { typeId: 'PARTNER', contactIds: [6] } })
  t.match(await resultOf(alpha, 'crm.company.get', { id: 3 }), { COMPANY_TYPE: 'PARTNER', CONTACT_ID: undefined })
})

await t.test('REST legacy: addresses are kept, found, and no field of the item', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const ADDRESS = { ADDRESS: 'Main Street 1', ADDRESS_CITY: 'Graz', ADDRESS_LOC_ADDR_ID: 7 }
  for (const kind of ['lead', 'contact', 'company']) {
    const id = await resultOf(alpha, `crm.${kind}.add`, { fields: ADDRESS })
    t.match(await resultOf(alpha, `crm.${kind}.get`, { id }), { ...ADDRESS, ADDRESS_LOC_ADDR_ID: '7', ADDRESS_2: null })
    t.match(await resultOf(alpha, `crm.${kind}.list`, { filter: { ADDRESS_CITY: 'Graz' } }), [{ ID: String(id) }])
    await resultOf(alpha, `crm.${kind}.update`, { id, fields: { ADDRESS: '', ADDRESS_CITY: ['x'], ADDRESS_2: 'B' } })
    t.match(await resultOf(alpha, `crm.${kind}.get`, { id }),
      { ADDRESS: null, ADDRESS_CITY: null, ADDRESS_2: 'B', ADDRESS_LOC_ADDR_ID: '7' }, kind)
  }
  await resultOf(alpha, 'crm.company.update', { id: 3, fields: { REG_ADDRESS_CITY: 'Linz' } })
  t.match(await resultOf(alpha, 'crm.company.get', { id: 3 }), { REG_ADDRESS_CITY: 'Linz', ADDRESS_CITY: null })
  await resultOf(alpha, 'crm.item.update', { entityTypeId: 4, id: 3, fields: { ADDRESS_CITY: 'Wels' } })
  t.match(await resultOf(alpha, 'crm.company.get', { id: 3 }), { ADDRESS_CITY: null })
})

await t.test('REST legacy: what nobody can write stays', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const fields = { CATEGORY_ID: 1, LEAD_ID: 251, DATE_CREATE: '2001-01-01', CREATED_BY_ID: 3, PARENT_ID_183: 42 }
  await resultOf(alpha, 'crm.deal.update', { id: 8061, fields })
  t.match(await resultOf(alpha, 'crm.deal.get', { id: 8061 }),
    { CATEGORY_ID: '0', LEAD_ID: '250', CREATED_BY_ID: '2', DATE_CREATE: /^20[2-9]/, PARENT_ID_183: '42' })
  await resultOf(alpha, 'crm.deal.add', { fields })
  t.match(await resultOf(alpha, 'crm.deal.get', { id: 8063 }), { CATEGORY_ID: '1', LEAD_ID: null })
})

await t.test('REST legacy: a list shows the fields that it was asked for', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await addField(alpha, 'contact')
  await resultOf(alpha, 'crm.contact.update', { id: 5, fields: { UF_CRM_1: 'Yes' } })
  const first = async (params: object) => Object(await resultOf(alpha, 'crm.contact.list', { ...params }))[0] // a list
  const all = await first({})
  t.match(all, { ID: '5', NAME: 'Marta', UF_CRM_1: 'Yes', PHONE: undefined })
  t.strictSame(await first({ select: ['*', 'UF_*'] }), all)
  t.match(await first({ select: ['*'] }), { NAME: 'Marta', UF_CRM_1: undefined })
  t.strictSame(await first({ select: ['UF_*'] }), { UF_CRM_1: 'Yes' })
  t.strictSame(await first({ select: ['NAME', 'EMAIL'] }), {
    ID: '5',
    NAME: 'Marta',
    EMAIL: [{ ID: '502', VALUE_TYPE: 'WORK', VALUE: 'marta.lind@lind.example', TYPE_ID: 'EMAIL' }]
  })
  t.match(await resultOf(alpha, 'crm.contact.list', { filter: { PHONE: '+49 30 901821' } }), [{ ID: '5' }])
  t.strictSame(await resultOf(alpha, 'crm.contact.list', { filter: { PHONE: '901821' } }), [])
})

await t.test('REST legacy: fields are described', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await addField(alpha, 'contact')
  await resultOf(alpha, 'crm.contact.update', { id: 5, fields: { UF_CRM_1: 'Yes' } })
  t.match(await resultOf(alpha, 'crm.contact.fields'), {
    ID: { type: 'integer', isReadOnly: true, isDynamic: false },
    TYPE_ID: { type: 'crm_status', statusType: 'CONTACT_TYPE' },
    OPENED: { type: 'char', isRequired: false },
    COMMENTS: { type: 'string' },
    PHOTO: { type: 'file', isDynamic: false },
    LEAD_ID: { isReadOnly: true, settings: { parentEntityTypeId: 1 } },
    COMPANY_IDS: { isMultiple: true },
    EMAIL: { type: 'crm_multifield', isMultiple: true, isDynamic: false },
    UF_CRM_1: { type: 'string', isDynamic: true, title: 'UF_CRM_1' },
    FACE_ID: undefined
  })
  t.match(await resultOf(alpha, 'crm.deal.fields'), {
    CATEGORY_ID: { isImmutable: true },
    PARENT_ID_183: { type: 'crm_entity', settings: { parentEntityTypeId: 183 } },
    PHONE: undefined
  })
})
