import t from 'tap'
import { resultOf, sandboxFor } from '../../helper.ts'

type Item = Record<string, unknown>

const [DEAL, COMPANY, DELIVERY] = [2, 4, 183]

await t.test('REST item: the fields of every type are those that its items have', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (const entityTypeId of [1, DEAL, 3, COMPANY, 7, 31, DELIVERY]) {
    // The answer to a new item.
    const { item } = await resultOf(alpha, 'crm.item.add', { entityTypeId, fields: {} }) as { item: Item }
    const { fields } = await resultOf(alpha, 'crm.item.fields', { entityTypeId }) as { fields: Item } // by their names
    for (const name of Object.keys(fields)) t.ok(name.startsWith('ufCrm') || name in item, `${entityTypeId}: ${name}`)
    const listed = Object.keys(fields)
    const rest = Object.keys(item).filter(name => !listed.includes(name))
    const isKnown = (name: string) => /^(entityTypeId|email|phone|is(Won|Lose|Work)$)/.test(name)
    t.notOk(rest.find(name => item[name] !== null && !isKnown(name)), `${entityTypeId}: ${rest}`)
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
