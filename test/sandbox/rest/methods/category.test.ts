import t from 'tap'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST category: a new pipeline of deals has stages, and goes with them', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.strictSame(await resultOf(alpha, 'crm.category.add',
    { entityTypeId: 2, fields: { name: 'Export', sort: -5, isDefault: 'Y', originId: '7' } }), {
    category: { id: 3, name: 'Export', sort: 0, entityTypeId: 2, isDefault: 'N', originId: '7', originatorId: '' }
  })
  const stages = async () => resultOf(alpha, 'crm.status.list', { filter: { ENTITY_ID: 'DEAL_STAGE_3' } })
  t.match(await stages(), [{ STATUS_ID: 'C3:NEW', CATEGORY_ID: '3', SYSTEM: 'Y' }, { STATUS_ID: 'C3:PREPARATION' }])
  t.match(await resultOf(alpha, 'crm.item.add', { entityTypeId: 2, fields: { categoryId: 3 } }),
    { item: { stageId: 'C3:NEW', isNew: 'Y' } })
  t.match(await resultOf(alpha, 'crm.item.add', { entityTypeId: 2, fields: { categoryId: 3, stageId: 'C3:WON' } }),
    { item: { stageSemanticId: 'S', closed: 'Y' } })
  const remove = () => callRest(alpha, 'crm.category.delete', { entityTypeId: 2, id: 3 })
  t.match(await remove(),
    { status: 400, body: { error: '0', error_description: 'Deals related to the funnel Export found' } })
  for (const { id } of alpha.content.list('deal').filter(({ fields }) => fields.CATEGORY_ID === 3)) {
    await resultOf(alpha, 'crm.item.delete', { entityTypeId: 2, id })
  }
  t.match(await remove(), { status: 200, body: { result: null } })
  t.strictSame(await stages(), [])
  t.match(await callRest(alpha, 'crm.category.get', { entityTypeId: 2, id: 3 }),
    { status: 400, body: { error: 'NOT_FOUND', error_description: 'Element not found' } })
})

await t.test('REST category: a smart process has one default pipeline', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await resultOf(alpha, 'crm.category.add', { entityTypeId: 183, fields: { name: 'Abroad', isDefault: 'Y' } })
  t.match(await resultOf(alpha, 'crm.category.list', { entityTypeId: 183 }),
    { categories: [{ id: 1, isDefault: 'N' }, { id: 3, name: 'Abroad', sort: 500, isDefault: 'Y' }] })
  t.match(await resultOf(alpha, 'crm.category.update',
    { entityTypeId: 183, id: 1, fields: { isDefault: 'Y', sort: 'first' } }),
  { category: { name: 'General', isDefault: 'Y', sort: 0 } })
  t.match(await resultOf(alpha, 'crm.category.get', { entityTypeId: 183, id: 3 }), { category: { isDefault: 'N' } })
  const { fields } = await resultOf(alpha, 'crm.category.fields', { entityTypeId: 183 }) as { fields: object } // fields
  t.strictSame(Object.keys(fields), ['id', 'name', 'sort', 'entityTypeId', 'isDefault'])
  t.match(await resultOf(alpha, 'crm.status.list', { filter: { ENTITY_ID: 'DYNAMIC_183_STAGE_3' } }),
    [{ STATUS_ID: 'DT183_3:NEW' }])
  t.equal(await resultOf(alpha, 'crm.category.delete', { entityTypeId: 183, id: 3 }), null)
  await resultOf(alpha, 'crm.category.add', { entityTypeId: 3, fields: { name: 'Wholesale' } })
  t.equal(await resultOf(alpha, 'crm.category.delete', { entityTypeId: 3, id: 3 }), null)
})

await t.test('REST category: what a portal refuses', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await resultOf(alpha, 'crm.category.add', { entityTypeId: 183, fields: { name: 'Abroad' } })
  await resultOf(alpha, 'crm.item.add', { entityTypeId: 183, fields: { categoryId: 3 } })
  const rows: Array<[method: string, params: Record<string, unknown>, code: string, text: string]> = [
    ['add', { entityTypeId: 1 }, 'ENTITY_TYPE_NOT_SUPPORTED', 'Entity type `Lead` is not supported'],
    ['add', { entityTypeId: 2 }, '100', 'Could not find value for parameter {fields} (internal error)'],
    ['add', { entityTypeId: 2, fields: { name: ' ' } }, '0', "Field 'NAME' is required"],
    ['add', { entityTypeId: 3, fields: { name: 'A', isDefault: 'Y' } }, '0',
      'Default client category does not support updating default state'],
    ['update', { entityTypeId: 2, id: 9, fields: {} }, 'NOT_FOUND', 'Element not found'],
    ['delete', { entityTypeId: 2, id: 0 }, '0', 'Default deal category cannot be deleted'],
    ['delete', { entityTypeId: 183, id: 1 }, 'BX_ERROR', 'This funnel is the default funnel'],
    ['delete', { entityTypeId: 183, id: 3 }, 'BX_ERROR', 'Elements related to the funnel found']
  ]
  for (const [name, params, error, text] of rows) {
    t.match(await callRest(alpha, `crm.category.${name}`, params),
      { status: 400, body: { error, error_description: text } }, text)
  }
  for (const name of ['add', 'update', 'delete']) {
    t.match(await callRest(alpha, `crm.category.${name}`, { entityTypeId: 2, id: 1, fields: {} }, alpha.users.employee),
      { status: 400, body: { error: 'ACCESS_DENIED', error_description: 'Access denied' } }, name)
  }
})

await t.test('REST item: a stage that the pipeline does not have is not written', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const added: Array<[entityTypeId: number, fields: object, stageId: string]> = [
    [2, { stageId: 'NOPE' }, 'NEW'],
    [2, { STAGE_ID: 'C1:EXECUTING' }, 'NEW'],
    [2, { categoryId: 1, stageId: 'EXECUTING' }, 'C1:NEW'],
    [2, { categoryId: 1, stageId: 'C1:WON' }, 'C1:WON'],
    [1, { stageId: '' }, 'NEW'],
    [7, { stageId: 'WON' }, 'DRAFT'],
    [183, { stageId: 'NEW' }, 'DT183_1:NEW']
  ]
  for (const [entityTypeId, fields, stageId] of added) {
    t.match(await resultOf(alpha, 'crm.item.add', { entityTypeId, fields }), { item: { stageId } }, stageId)
  }
  const update = (fields: object) => resultOf(alpha, 'crm.item.update', { entityTypeId: 2, id: 8061, fields })
  t.match(await update({ stageId: 'EXECUTING' }), { item: { stageId: 'EXECUTING' } })
  t.match(await update({ stageId: 'NOPE', title: 'x' }),
    { item: { stageId: 'EXECUTING', title: 'x', previousStageId: 'NEW' } })
  t.match(await update({ stageId: 'PREPARATION', categoryId: 1 }), { item: { stageId: 'C1:NEW', categoryId: 1 } })
  await resultOf(alpha, 'crm.deal.update', { id: 8061, fields: { STAGE_ID: 'WON' } })
  t.match(await resultOf(alpha, 'crm.deal.get', { id: 8061 }), { STAGE_ID: 'C1:NEW' }, 'nor by the older methods')
})
