import t from 'tap'
import { sandboxFor } from '../../helper.ts'
import { failureV3, resultV3 } from './scene.ts'

const NAME = 'tasks.task.result'

await t.test('REST 3.0 results: the result of a task is kept as documented', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const item = {
    id: 1,
    taskId: 31,
    text: 'Task completed',
    authorId: 2,
    createdAt: /^\d{4}-/,
    updatedAt: null,
    status: 'open',
    fileIds: [],
    rights: { edit: true, remove: true },
    messageId: null
  }
  t.match(await resultV3(alpha, `${NAME}.add`, { fields: { taskId: 31, text: 'Task completed' } }), { item })
  t.match(await resultV3(alpha, 'tasks.task.get', { id: 31 }), { item: { containsResults: true } })
  t.match(await resultV3(alpha, `${NAME}.update`, { id: 1, fields: { text: 'Verified' } }),
    { item: { ...item, text: 'Verified', updatedAt: /^\d{4}-/ } })
  t.strictSame(await resultV3(alpha, `${NAME}.list`, {
    filter: [['taskId', 31]],
    select: ['id', 'text', 'author.name'],
    order: { createdAt: 'DESC' },
    pagination: { limit: 10 }
  }), { items: [{ id: 1, text: 'Verified', author: { name: 'Emil Novak' } }] })
  t.strictSame(await resultV3(alpha, `${NAME}.delete`, { id: 1 }), { result: true })
  t.strictSame(await resultV3(alpha, `${NAME}.list`, { filter: [['taskId', '=', 31]] }), { items: [] })
})

await t.test('REST 3.0 results: what is wrong is refused as documented', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const [REQUEST, DTO] = ['VALIDATION_REQUESTVALIDATION', 'VALIDATION_DTOVALIDATION']
  await resultV3(alpha, `${NAME}.add`, { fields: { taskId: 31, text: 'x' } })
  const rows: Array<[method: string, params: object, ...failure: unknown[]]> = [
    ['add', {}, 400, REQUEST, 'fields'],
    ['add', { fields: {} }, 400, DTO, 'taskId', 'text'],
    ['add', { fields: { taskId: '31', text: 'x' } }, 400, REQUEST, 'taskId'],
    ['add', { fields: { taskId: 99, text: 'x' } }, 400, REQUEST, 'taskId'],
    ['add', { fields: { taskId: 31, text: 'x', nothing: 1 } }, 400, 'UNKNOWNDTOPROPERTY'],
    ['update', { fields: { text: 'x' } }, 400, REQUEST, 'id'],
    ['update', { id: 1, fields: {} }, 400, DTO, 'text'],
    ['update', { id: 99, fields: { text: 'x' } }, 403, 'ACCESSDENIED'],
    ['delete', { id: 99 }, 403, 'ACCESSDENIED'],
    ['list', {}, 400, REQUEST, 'filter'],
    ['list', { filter: [['id', 1]] }, 400, 'VALIDATION_REQUESTFILTERVALIDATION', 'filter.taskId']
  ]
  for (const [method, params, ...failure] of rows) {
    t.strictSame(await failureV3(alpha, `${NAME}.${method}`, params), failure, `${method} ${JSON.stringify(params)}`)
  }
})
