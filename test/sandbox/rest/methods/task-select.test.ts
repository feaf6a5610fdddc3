import t from 'tap'
import { callRest, failureOf, resultOf, sandboxFor } from '../../helper.ts'

/** The only task of a list, and the task of an answer. */
const tasksOf = (answer: unknown): object[] => [...Object(answer).tasks ?? [Object(answer).task]]

await t.test('REST task: custom fields and tags are shown to those who ask for them', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const fields = { TITLE: 'x', RESPONSIBLE_ID: 2, UF_CRM_TASK: ['D_7'], TAGS: ['a', 'b'], UNKNOWN: 1 }
  const added = await resultOf(alpha, 'tasks.task.add', { fields })
  const get = (params: object = {}) => resultOf(alpha, 'tasks.task.get', { taskId: 32, ...params })
  const list = (params: object = {}) => resultOf(alpha, 'tasks.task.list', { filter: { ID: 32 }, ...params })
  for (const answer of [added, await get(), await get({ select: [] }), await list(), await list({ select: ['*'] })]) {
    t.match(tasksOf(answer), [{ title: 'x', ufCrmTask: undefined, tags: undefined, unknown: undefined }])
  }
  t.match(await get({ select: ['*', 'UF_CRM_TASK'] }), { task: { title: 'x', ufCrmTask: ['D_7'], checklist: [] } })
  for (const answer of [await get({ select: ['TAGS'] }), await list({ select: ['TAGS'] })]) {
    t.match(tasksOf(answer), [{ id: '32', title: undefined, tags: { 1: { id: 1, title: 'a' }, 2: { title: 'b' } } }])
  }
})

await t.test('REST task: parameters of another type are refused, a list without a count has no total', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (const [method, params] of [
    ['get', { taskId: 31, select: '' }], ['list', { filter: 'x' }], ['list', { order: 'ID' }], ['add', { fields: 'x' }]
  ] as const) t.strictSame(await failureOf(alpha, `tasks.task.${method}`, params), [400, '100'], method)
  t.match(await callRest(alpha, 'tasks.task.get', { taskId: 31, select: '' }), {
    body: {
      error_description: 'Invalid value {} to match with parameter {select}. Should be value of type array. ' +
        '(internal error)'
    }
  })
  t.strictSame(await failureOf(alpha, 'tasks.task.add', { fields: {} }), [400, 'ERROR_CORE'], 'a title is missing')
  for (const [method, params] of [
    ['tasks.task.list', {}], ['crm.item.list', { entityTypeId: 2 }], ['crm.type.list', {}]
  ] as const) {
    t.match((await callRest(alpha, method, { ...params, start: -1 })).body, { total: undefined, next: undefined })
  }
})

await t.test('REST task: the checklists of a task are shown as items, and as a tree', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const add = (TITLE: string, fields: object = {}) =>
    resultOf(alpha, 'task.checklistitem.add', { TASKID: 31, FIELDS: { TITLE, ...fields } })
  await add('Before', { PARENT_ID: 0 })
  await add('Pack', { MEMBERS: { 2: { TYPE: 'A' } }, IS_COMPLETE: 'Y' })
  await add('Load')
  await add('Doors', { PARENT_ID: 3, IS_IMPORTANT: 'Y' })
  const action = { modify: true, remove: true, toggle: true, add: true, addAccomplice: true }
  const checklist = {
    1: { id: '1', title: 'Before', parentId: 0, isComplete: 'N', members: [], entityId: '31', action },
    2: { id: '2', parentId: '1', isComplete: 'Y', members: [{ id: '2', type: 'A', personalGender: 'M' }] },
    4: { id: '4', parentId: '3', isImportant: 'Y', toggledBy: null, toggledDate: null }
  }
  const list = { id: 1, entityId: 31, userId: 1, parentId: 0, sortIndex: 0, displaySortIndex: '', completedCount: 1 }
  const checkListTree = {
    nodeId: 0,
    fields: { id: null, sortIndex: null, completedCount: 0 },
    action: [],
    descendants: [{
      nodeId: 1,
      fields: list,
      action,
      descendants: [
        { nodeId: 2, fields: { id: 2, displaySortIndex: '1', isComplete: true, members: [{ name: 'Emil Novak' }] } },
        {
          nodeId: 3,
          fields: { id: 3, displaySortIndex: '2', isComplete: false },
          descendants: [{ nodeId: 4, fields: { id: 4, displaySortIndex: '2.1', isImportant: true }, descendants: [] }]
        }
      ]
    }]
  }
  for (const select of [undefined, ['ID', 'CHECKLIST']]) {
    t.match(await resultOf(alpha, 'tasks.task.get', { taskId: 31, ...(select && { select }) }),
      { task: { checklist, checkListTree, checkListCanAdd: true } })
  }
  t.match(await resultOf(alpha, 'tasks.task.get', { taskId: 31, select: ['ID'] }), { task: { checklist: undefined } })
})
