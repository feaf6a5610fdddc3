import t from 'tap'
import type { Portal } from '../../../../sandbox/index.ts'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

const add = (portal: Portal, fields: object, kind = 'deal') =>
  resultOf(portal, `crm.${kind}.userfield.add`, { fields: { USER_TYPE_ID: 'string', ...fields } })

await t.test('REST custom fields: a field is changed, its labels and settings one by one', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const id = await add(alpha, {
    FIELD_NAME: 'PLACE', LABEL: 'Place', LIST_COLUMN_LABEL: { de: 'Ort' }, HELP_MESSAGE: 'Where?', SETTINGS: { ROWS: 3 }
  })
  t.match(await resultOf(alpha, 'crm.deal.userfield.get', { id }), {
    FIELD_NAME: 'UF_CRM_PLACE',
    XML_ID: null,
    SORT: '100',
    EDIT_FORM_LABEL: { en: 'Place', vn: 'Place' },
    LIST_COLUMN_LABEL: { en: 'Place', de: 'Ort' },
    HELP_MESSAGE: { en: 'Where?', ja: 'Where?' },
    SETTINGS: { ROWS: 3, SIZE: 20 }
  })
  const fields = {
    XML_ID: 'place',
    SORT: 20,
    MULTIPLE: 'Y',
    SHOW_FILTER: 'S',
    SHOW_IN_LIST: 'x',
    EDIT_FORM_LABEL: { de: 'Stadt' },
    SETTINGS: { DEFAULT_VALUE: 'Graz', NOTHING: 1 },
    FIELD_NAME: 'OTHER'
  }
  t.equal(await resultOf(alpha, 'crm.deal.userfield.update', { id, fields }), true)
  t.match(await resultOf(alpha, 'crm.deal.userfield.get', { id }), {
    FIELD_NAME: 'UF_CRM_PLACE',
    XML_ID: 'place',
    SORT: '20',
    MULTIPLE: 'N',
    SHOW_FILTER: 'S',
    SHOW_IN_LIST: 'Y',
    EDIT_FORM_LABEL: { en: '', de: 'Stadt' },
    LIST_COLUMN_LABEL: { en: 'Place', de: 'Ort' },
    SETTINGS: { ROWS: 3, DEFAULT_VALUE: 'Graz', NOTHING: undefined }
  })
  const second = await add(alpha, { FIELD_NAME: 'FIRST', SORT: 10 })
  const list = async (params: object) => Object(await resultOf(alpha, 'crm.deal.userfield.list', { ...params })) // rows
  t.match(await list({ filter: { LANG: 'de' } }), [
    { ID: String(second), LIST_COLUMN_LABEL: null }, { ID: String(id), LIST_COLUMN_LABEL: 'Ort' }
  ])
  t.match(await list({ order: { ID: 'ASC' } }), [{ ID: String(id) }, { ID: String(second) }])
  t.strictSame(await resultOf(alpha, 'crm.contact.userfield.list'), [])
})

await t.test('REST custom fields: the values of a list are added, changed and removed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const LIST = [{ VALUE: 'b', SORT: 20, DEF: 'Y' }, { VALUE: 'a', SORT: 10, XML_ID: 'first', DEF: 'Y' }, { SORT: 1 }]
  const id = await add(alpha, { FIELD_NAME: 'SIZE', USER_TYPE_ID: 'enumeration', LIST, SETTINGS: { LIST_HEIGHT: 2 } })
  const field = async () => Object(await resultOf(alpha, 'crm.deal.userfield.get', { id })) // a field
  t.match(await field(), {
    SETTINGS: { DISPLAY: 'LIST', LIST_HEIGHT: 2 },
    LIST: [
      { ID: '2', SORT: '10', VALUE: 'a', DEF: 'N', XML_ID: 'first' },
      { ID: '1', SORT: '20', VALUE: 'b', DEF: 'Y', XML_ID: /^[\da-f]{32}$/ }
    ]
  })
  const update = (list: object) => callRest(alpha, 'crm.deal.userfield.update', { id, fields: { LIST: list } })
  t.match(await update([{ ID: 1, DEL: 'Y' }, { ID: '2', VALUE: 'c' }, { VALUE: 'd', SORT: 5 }]), { status: 200 })
  t.match(await field(), { LIST: [{ ID: '3', VALUE: 'd' }, { ID: '2', SORT: '10', VALUE: 'c', XML_ID: 'first' }] })
  t.match(await resultOf(alpha, 'crm.deal.fields'),
    { UF_CRM_SIZE: { items: [{ ID: '3', VALUE: 'd' }, { ID: '2', VALUE: 'c' }] } })
  t.match(await update([{ VALUE: 'e', XML_ID: 'first' }]), {
    status: 400,
    body: { error: 'ERROR_CORE', error_description: "List item with value XML_ID='first' already exists" }
  })
})

await t.test('REST custom fields: who names one kind of items to be linked means no other', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (const [SETTINGS, expected] of [[{}, { LEAD: 'Y', DEAL: 'N' }], [{ DEAL: 'Y' }, { LEAD: 'N', DEAL: 'Y' }]]) {
    const id = await add(alpha, { FIELD_NAME: `L_${JSON.stringify(SETTINGS).length}`, USER_TYPE_ID: 'crm', SETTINGS })
    t.match(await resultOf(alpha, 'crm.deal.userfield.get', { id }), { SETTINGS: expected })
  }
})

await t.test('REST custom fields: the settings of types are described', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const settings = (type: unknown) => callRest(alpha, 'crm.userfield.settings.fields', { type })
  for (const { ID } of Object(await resultOf(alpha, 'crm.userfield.types'))) {
    t.match(await settings(ID), { status: 200, body: { result: Object } }, ID)
  }
  t.match((await settings('crm')).body, { result: { LEAD: { type: 'char', title: 'Lead' } } })
  for (const type of ['constructor', 'url']) t.strictSame((await settings(type)).body.result, [], type)
  for (const type of ['', undefined, ['double']]) {
    t.match(await settings(type),
      { status: 400, body: { error: '', error_description: "Parameter 'type' is not specified or empty." } })
  }
})
