import t from 'tap'
import { resultOf, sandboxFor } from '../../helper.ts'
import { callV3, failureV3, resultV3 } from './scene.ts'

const EXAMPLE = {
  title: 'Task Title', deadline: '2025-12-31T23:59:59+02:00', creatorId: 3, responsibleId: 1, crmItemIds: ['L_250']
}

await t.test('REST 3.0 tasks: a new task is known to the older methods', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await resultOf(alpha, 'placement.bind', { PLACEMENT: 'TASK_VIEW_TAB', HANDLER: 'https://a.example/' })
  t.match(await resultV3(alpha, 'tasks.task.add', { fields: EXAMPLE }),
    { item: { id: 32, containsPlacements: true, guid: /^\{[0-9a-f-]{36}\}$/, link: /\/user\/1\/.*\/32\/$/ } })
  t.match(await resultOf(alpha, 'tasks.task.get', { taskId: 32, select: ['*', 'UF_CRM_TASK'] }),
    { task: { title: 'Task Title', createdBy: '3', responsibleId: '1', ufCrmTask: ['L_250'], deadline: /^2025-12/ } })
})

await t.test('REST 3.0 tasks: a task is read with what it is related to', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const get = (select?: unknown) => resultV3(alpha, 'tasks.task.get', { id: 31, select })
  const person = { name: 'Emil Novak', email: 'emil.novak@company.example' }
  t.match(await get(['responsible.name', 'responsible.email']),
    { item: { id: 31, status: 'pending', responsible: person } })
  t.strictSame(await get(['id', 'title', 'responsible.name']),
    { item: { id: 31, title: alpha.content.find('task', 31)?.title, responsible: { name: person.name } } })
  t.strictSame(await get(['chat.id', 'chat.entityType', 'group.name', 'id']),
    { item: { id: 31, chat: { id: 100_031, entityType: 'TASKS_TASK' }, group: null } })
  t.match(await get(['creator', 'rights', 'created']), { item: { creator: { id: 1 }, created: /^\d{4}-/ } })
  t.strictSame(await get(['id', 'nothing']), { item: { id: 31 } }, 'what a task does not have is left out')
  const rows: Array<[params: object, ...failure: unknown[]]> = [
    [{}, 400, 'VALIDATION_REQUESTVALIDATION', 'id'],
    [{ id: '31' }, 400, 'VALIDATION_REQUESTVALIDATION', 'id'],
    [{ id: 2 }, 400, 'ENTITYNOTFOUND'],
    [{ id: 31, select: ['responsible.stageId'] }, 400, 'UNKNOWNDTOPROPERTY'],
    [{ id: 31, select: ['nothing.name'] }, 400, 'UNKNOWNDTOPROPERTY'],
    [{ id: 31, select: 'id' }, 400, 'INVALIDSELECT'],
    [{ id: 31, select: [1] }, 400, 'INVALIDSELECT']
  ]
  for (const [params, ...failure] of rows) {
    t.strictSame(await failureV3(alpha, 'tasks.task.get', params), failure, JSON.stringify(params))
  }
  t.match(await callV3(alpha, 'tasks.task.get', { id: 2 }),
    { body: { error: { message: 'Record with ID = `2` not found' } } })
})

await t.test('REST 3.0 tasks: a task is changed and removed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const fields = {
    title: 'New',
    description: '[b]today[/b]',
    status: 'completed',
    priority: '2',
    mark: 'positive',
    needsControl: true,
    isMultitask: 'Y',
    auditors: [3],
    accomplices: [],
    estimatedTime: 3600,
    parentId: null
  }
  t.strictSame(await resultV3(alpha, 'tasks.task.update', { id: 31, fields }), { result: true })
  const { item } = await resultV3(alpha, 'tasks.task.get', {
    id: 31, select: [...Object.keys(fields), 'auditors.name', 'closedById', 'closed', 'rights', 'changedBy.name']
  }) as { item: Record<string, unknown> } // it was found
  t.match(item, {
    ...fields,
    priority: 'high',
    isMultitask: true,
    auditors: [{ name: 'Sofia Rossi' }],
    closedById: 2,
    closed: /^\d{4}-/,
    changedBy: { name: 'Emil Novak' },
    rights: { complete: false, renew: true, start: false }
  })
  t.match(await resultOf(alpha, 'tasks.task.get', { taskId: 31 }), { task: { status: '5', mark: 'P', priority: '2' } })
  await resultV3(alpha, 'tasks.task.update', { id: 31, fields: { status: 'pending', mark: 'none' } })
  t.match(await resultV3(alpha, 'tasks.task.get', { id: 31 }), { item: { closed: null, mark: 'none', title: 'New' } })
  t.match(await resultV3(alpha, 'tasks.task.access.get', { id: 31 }), { read: true, complete: true, admin: false })
  t.strictSame(await resultV3(alpha, 'tasks.task.delete', { id: 31 }), { result: true })
  for (const [method, params] of [
    ['delete', { id: 31 }], ['update', { id: 31, fields: { title: 'x' } }], ['access.get', { id: 31 }]
  ] as const) {
    t.strictSame(await failureV3(alpha, `tasks.task.${method}`, params), [403, 'ACCESSDENIED'], method)
  }
})

await t.test('REST 3.0 tasks: wrong fields are refused, each by its name', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const INVALID = 'VALIDATION_REQUESTVALIDATION'
  const added: Array<[fields: unknown, ...failure: unknown[]]> = [
    [undefined, INVALID, 'fields'],
    [{}, INVALID, 'title', 'creatorId', 'responsibleId'],
    [{ ...EXAMPLE, deadline: 'soon' }, INVALID, 'deadline'],
    [{ ...EXAMPLE, title: 7, needsControl: 1, auditors: 3, estimatedTime: '1' }, INVALID,
      'title', 'needsControl', 'auditors', 'estimatedTime'],
    [{ ...EXAMPLE, status: 'gone' }, INVALID, 'status'],
    [{ ...EXAMPLE, link: '/' }, INVALID, 'link'],
    [{ ...EXAMPLE, nothing: 1 }, 'UNKNOWNDTOPROPERTY'],
    [{ ...EXAMPLE, responsibleId: 99, creatorId: 98 }, INVALID, 'responsibleId', 'creatorId'],
    [{ ...EXAMPLE, parentId: 99 }, INVALID, 'parentId'],
    [{ ...EXAMPLE, startPlan: '2025-12-31T10:00:00+00:00', endPlan: '2025-12-30T10:00:00+00:00' }, INVALID, 'endPlan']
  ]
  for (const [fields, ...failure] of added) {
    t.strictSame(await failureV3(alpha, 'tasks.task.add', { fields }), [400, ...failure], JSON.stringify(fields))
  }
  const updated: Array<[fields: unknown, ...failure: unknown[]]> = [
    [undefined, INVALID, 'fields'],
    [EXAMPLE, INVALID, 'creatorId'],
    [{ parentId: 31 }, INVALID, 'parentId']
  ]
  for (const [fields, ...failure] of updated) {
    t.strictSame(await failureV3(alpha, 'tasks.task.update', { id: 31, fields }), [400, ...failure])
  }
  t.match(await callV3(alpha, 'tasks.task.update', { id: 31, fields: EXAMPLE }), {
    body: { error: { validation: [{ message: /^In DTO `TaskDto`, the `creatorId` field requires the `Editable`/ }] } }
  })
  t.equal(alpha.content.list('task').length, 1)
})

await t.test('REST 3.0 tasks: files of the drive are attached', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { ID } = await resultOf(alpha, 'disk.storage.uploadfile',
    { id: 1, data: { NAME: 'a.txt' }, fileContent: ['a.txt', 'YQ=='] }) as { ID: number } // it was kept
  const attach = { taskId: 31, fileIds: [ID] }
  t.strictSame(await resultV3(alpha, 'tasks.task.file.attach', attach), { result: true })
  t.match(await resultV3(alpha, 'tasks.task.get', { id: 31 }), { item: { fileIds: [1] } })
  t.match(await resultOf(alpha, 'disk.attachedObject.get', { id: 1 }), { OBJECT_ID: String(ID), ENTITY_ID: '31' })
  const rows: Array<[params: object, field: unknown]> = [
    [{}, 'taskId'], [{ taskId: 31 }, 'fileIds'], [{ taskId: 31, fileIds: [1065] }, undefined]
  ]
  for (const [params, field] of rows) {
    t.strictSame(await failureV3(alpha, 'tasks.task.file.attach', params), [400, 'VALIDATION_REQUESTVALIDATION', field])
  }
})

await t.test('REST 3.0 tasks: a field is described', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await resultV3(alpha, 'tasks.task.field.get', { name: 'id' }), {
    item: { name: 'id', type: 'int', validationRules: [], requiredGroups: null, editable: false, elementType: null }
  })
  t.strictSame(await failureV3(alpha, 'tasks.task.field.get'), [400, 'VALIDATION_REQUESTVALIDATION', 'name'])
  t.match(await callV3(alpha, 'tasks.task.field.get', { name: 'x' }),
    { status: 400, body: { error: { code: 'BITRIX_REST_V3_REALISATION_EXCEPTION_FIELDNOTFOUNDEXCEPTION' } } })
  t.strictSame(await failureV3(alpha, 'tasks.task.field.list', { select: ['x.y'] }), [400, 'UNKNOWNDTOPROPERTY'])
})
