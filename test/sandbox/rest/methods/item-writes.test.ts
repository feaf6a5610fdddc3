import t from 'tap'
import type { Portal } from '../../../../sandbox/index.ts'
import { fakeApplication } from '../../fake-application.ts'
import { callRest, failureOf, resultOf, sandboxFor } from '../../helper.ts'

type Item = Record<string, unknown>

const itemOf = async (portal: Portal, method: string, params: object): Promise<Item> => {
  const { item } = await resultOf(portal, `crm.item.${method}`, { ...params }) as { item: Item } // one item
  return item
}

await t.test('REST item: values are kept as the portal keeps them', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[entityTypeId: number, fields: Item, expected: Item]> = [
    [2, { opportunity: '150000', currencyId: 'USD' }, { opportunity: 150000, currencyId: 'USD' }],
    [2, { isRecurring: true, opened: 'no' }, { isRecurring: 'Y', opened: 'N' }],
    [2, { closedate: '2026-08-25T16:16:04+03:00' }, { closedate: '2026-08-25T13:16:04+00:00' }],
    [2, { closedate: '2026-08-25' }, { closedate: '2026-08-25T00:00:00+00:00' }],
    [2, { closedate: '', probability: null }, { closedate: null, probability: null }],
    [2, { assignedById: '3', observers: ['2', '4'] }, { assignedById: 3, observers: [2, 4] }],
    [2, { contactIds: [6, 5] }, { contactIds: [6, 5], contactId: 6 }],
    [2, { contactId: '5' }, { contactIds: [5], contactId: 5 }],
    [2, { contactId: 0 }, { contactIds: [], contactId: 0 }],
    [2, { comments: 'Call [B]her[/B]' }, { comments: 'Call [B]her[/B]' }],
    [2, { PARENT_ID_183: '42', UF_CRM_1720019876534: '321' }, { parentId183: 42, ufCrm_1720019876534: undefined }],
    [183, { UF_CRM_5_1639669411830: 'Gate 4' }, { ufCrm5_1639669411830: 'Gate 4' }],
    [183, { ufCrm5_1639669411830: 'Gate 5' }, { ufCrm5_1639669411830: 'Gate 5' }],
    [3, { name: 'Ada', companyId: 3 }, { name: 'Ada', lastName: null, companyId: 3, companyIds: [3] }],
    [4, { isMyCompany: 'Y' }, { isMyCompany: 'Y' }],
    [2, { createdBy: 4, isWon: 'Y', probably: 5 }, { createdBy: 1, isWon: 'N', probably: undefined }]
  ]
  for (const [entityTypeId, fields, expected] of rows) {
    t.match(await itemOf(alpha, 'add', { entityTypeId, fields }), expected, JSON.stringify(fields))
  }
})

await t.test('REST item: contact information is added to what there is', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const phone = { typeId: 'PHONE', valueType: 'WORK', value: '+79991234567' }
  t.match(await itemOf(alpha, 'add', { entityTypeId: 3, fields: { fm: { n0: phone } } }),
    { id: 7, phone: '+79991234567', fm: [{ id: 701, ...phone }] })
  const fm = [{ typeId: 'EMAIL', value: 'a@b' }]
  t.match(await itemOf(alpha, 'update', { entityTypeId: 3, id: 7, fields: { fm } }),
    { hasEmail: 'Y', email: 'a@b', fm: [{ id: 701 }, { id: 702, typeId: 'EMAIL', valueType: 'WORK', value: 'a@b' }] })
})

await t.test('REST item: contact information is changed and removed by its number', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const fmAfter = async (fm: object): Promise<unknown> =>
    (await itemOf(alpha, 'update', { entityTypeId: 3, id: 5, fields: { fm } })).fm
  const email = { id: 502, typeId: 'EMAIL', valueType: 'WORK', value: 'marta.lind@lind.example' }
  const phone = { id: 501, typeId: 'PHONE', valueType: 'WORK', value: '+79999999' }
  t.same(await fmAfter({ 501: { typeId: 'PHONE', valueType: 'WORK', value: '+79999999' } }), [phone, email])
  t.same(await fmAfter([{ id: 501, valueType: 'HOME' }]), [{ ...phone, valueType: 'HOME' }, email])
  t.same(await fmAfter([{ id: 501, value: '' }, { typeId: 'PHONE', value: '1' }]),
    [email, { ...phone, id: 503, value: '1' }])
})

await t.test('REST item: an update that changes nothing is not saved', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.installed = true
  await resultOf(alpha, 'event.bind', { event: 'ONCRMDEALUPDATE', event_type: 'offline' })
  const { title, updatedBy } = await itemOf(alpha, 'get', { entityTypeId: 2, id: 8061 })
  t.equal((await itemOf(alpha, 'update', { entityTypeId: 2, id: 8061, fields: { title } })).updatedBy, updatedBy)
  t.strictSame(await resultOf(alpha, 'event.offline.list'), [])
  t.equal((await itemOf(alpha, 'update', { entityTypeId: 2, id: 8061, fields: { title: 'New' } })).updatedBy, 1)
})

await t.test('REST item: a change is noted', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const before = await itemOf(alpha, 'get', { entityTypeId: 2, id: 8061 })
  const after = await itemOf(alpha, 'update', { entityTypeId: 2, id: 8061, fields: { stageId: 'WON', title: 'Done' } })
  t.match(before, { updatedBy: 2, movedBy: 2, previousStageId: null })
  t.match(after, {
    title: 'Done',
    stageId: 'WON',
    stageSemanticId: 'S',
    isWon: 'Y',
    closed: 'Y',
    previousStageId: 'NEW',
    updatedBy: 1,
    movedBy: 1,
    createdBy: 2
  })
  t.not(after.updatedTime, before.updatedTime)
  t.match(await resultOf(alpha, 'crm.deal.get', { id: 8061 }), { TITLE: 'Done', STAGE_ID: 'WON', MODIFY_BY_ID: '1' })
  t.match(await itemOf(alpha, 'update', { entityTypeId: 4, id: 3, fields: { isMyCompany: 'Y' } }), { isMyCompany: 'N' },
    'only while it is added')
  const { body } = await callRest(alpha, 'crm.item.update', { entityTypeId: 2, id: 8061, fields: { id: 5 } })
  t.match(body, {
    error: '100', error_description: 'Setting value for Primary ID is not allowed, it is read-only field'
  })
})

await t.test('REST item: custom fields have the names that are asked for', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const params = { entityTypeId: 183, id: 42 }
  t.match(await itemOf(alpha, 'get', params), { ufCrm5_1639669411830: 'Gate 3' })
  t.match(await itemOf(alpha, 'get', { ...params, useOriginalUfNames: 'Y' }),
    { UF_CRM_5_1639669411830: 'Gate 3', ufCrm5_1639669411830: undefined, stageId: 'DT183_1:CLIENT' })
  const { items } = await resultOf(alpha, 'crm.item.list', {
    entityTypeId: 183,
    useOriginalUfNames: 'Y',
    filter: { '%UF_CRM_5_1639669411830': 'gate' },
    select: ['id', 'UF_CRM_5_1639669411830']
  }) as { items: Item[] } // items
  t.strictSame(items, [{ id: 42, UF_CRM_5_1639669411830: 'Gate 3' }])
})

await t.test('REST item: the events of a change are sent', async t => {
  const { url, received } = await fakeApplication(t)
  const { portals: { alpha }, wire } = await sandboxFor(t, { appUrl: url })
  alpha.installed = true
  const expected: Array<[event: string, id: string]> = [
    ['ONCRMLEADADD', '252'], ['ONCRMDEALUPDATE', '8061'], ['ONCRMDEALMOVETOCATEGORY', '8061'],
    ['ONCRMCONTACTDELETE', '6'], ['ONCRMDYNAMICITEMADD', '43'], ['ONCRMDYNAMICITEMADD_183', '43'],
    ['ONCRMDYNAMICITEMUPDATE_31', '21']
  ]
  alpha.events = expected.map(([event]) => ({ event, handler: `${url}/events`, authType: 0 }))
  const told = new Promise<void>(resolve => wire.subscribe(() => {
    if (wire.entries.filter(({ to, status }) => to === 'application' && status).length === expected.length) resolve()
  }))
  await resultOf(alpha, 'crm.item.add', { entityTypeId: 1, fields: {} })
  await resultOf(alpha, 'crm.item.update', { entityTypeId: 2, id: 8061, fields: { categoryId: 1 } })
  await resultOf(alpha, 'crm.item.delete', { entityTypeId: 3, id: 6 })
  await resultOf(alpha, 'crm.item.add', { entityTypeId: 183, fields: {} })
  await resultOf(alpha, 'crm.item.update', { entityTypeId: 31, id: 21, fields: { title: 'New' } })
  await told
  t.strictSame(received.map(({ body }) => [body.event, body['data[FIELDS][ID]']]).sort(), expected.sort())
  t.match(received.find(({ body }) => body.event === 'ONCRMDYNAMICITEMADD')?.body,
    { 'data[FIELDS][ENTITY_TYPE_ID]': '183' })
})

await t.test('REST item: values that a field cannot have are refused', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[entityTypeId: number, fields: object, code: string]> = [
    [2, { contactIds: 5 }, '100'],
    [2, { observers: '1' }, '100'],
    [2, { categoryId: 77 }, 'CRM_FIELD_ERROR_VALUE_NOT_VALID'],
    [4, { CATEGORY_ID: 1 }, 'CRM_FIELD_ERROR_VALUE_NOT_VALID'],
    [3, { fm: [{ typeId: 'FAX', valueType: 'WORK', value: '1' }] }, 'CRM_FIELD_ERROR_VALUE_NOT_VALID']
  ]
  for (const [entityTypeId, fields, code] of rows) {
    t.strictSame(await failureOf(alpha, 'crm.item.add', { entityTypeId, fields }), [400, code], JSON.stringify(fields))
  }
  t.match(await callRest(alpha, 'crm.item.update', { entityTypeId: 2, id: 8061, fields: { contactIds: 5 } }),
    { body: { error_description: 'Expected iterable value for multiple field, but got integer instead' } })
  // A lead has no pipeline, so this is a field like any other that it does not have.
  await resultOf(alpha, 'crm.item.add', { entityTypeId: 1, fields: { categoryId: 77 } })
})

await t.test('REST item: a deal begins anew in another pipeline', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const update = (fields: object) => resultOf(alpha, 'crm.item.update', { entityTypeId: 2, id: 8061, fields })
  await update({ stageId: 'WON' })
  t.match(await update({ categoryId: 1 }), { item: { categoryId: 1, stageId: 'C1:NEW', previousStageId: 'WON' } })
  t.match(await update({ categoryId: 0, stageId: 'EXECUTING' }), { item: { categoryId: 0, stageId: 'EXECUTING' } })
  t.match(await update({ categoryId: 0, title: 'x' }), { item: { stageId: 'EXECUTING' } })
})

await t.test('REST item: the number of an item that was removed does not come back', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const add = async () => Object(await resultOf(alpha, 'crm.item.add', { entityTypeId: 2, fields: {} })).item.id
  const id = await add()
  await resultOf(alpha, 'crm.item.delete', { entityTypeId: 2, id })
  t.equal(await add(), id + 1)
})
