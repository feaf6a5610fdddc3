import t from 'tap'
import type { SandboxUser } from '../../../../sandbox/index.ts'
import { failureOf, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST task: each has favorites of his or her own', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { admin, employee } = alpha.users
  const favorite = (user: SandboxUser = admin) =>
    resultOf(alpha, 'tasks.task.get', { taskId: 31, select: ['FAVORITE'] }, user)
  const starred = { task: { favorite: 'Y', action: { 'favorite.add': false, 'favorite.delete': true } } }
  const plain = { task: { favorite: 'N', action: { 'favorite.add': true, 'favorite.delete': false } } }
  t.match([await favorite(), await favorite(employee)], [plain, plain])
  t.equal(await resultOf(alpha, 'tasks.task.favorite.add', { taskId: 31 }), true)
  t.equal(await resultOf(alpha, 'tasks.task.favorite.add', { taskId: 31 }), false, 'it is one already')
  t.match([await favorite(), await favorite(employee)], [starred, plain])
  const filter = { '::SUBFILTER-PARAMS': { FAVORITE: 'Y' } }
  t.match(await resultOf(alpha, 'tasks.task.list', { filter }), { tasks: [{ id: '31' }] })
  t.strictSame(await resultOf(alpha, 'tasks.task.list', { filter }, employee), { tasks: [] })
  t.equal(await resultOf(alpha, 'tasks.task.favorite.remove', { taskId: 31 }), true)
  t.match(await favorite(), plain)
  t.equal(await resultOf(alpha, 'tasks.task.favorite.remove', { taskId: 99 }), false)
})

await t.test('REST task: the state says what may be done', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const access = async (params: object = {}) =>
    resultOf(alpha, 'tasks.task.getaccess', { taskId: 31, ...params })
  t.match(await access(), { allowedActions: { 1: { START: true, PAUSE: false, EDIT: true, ACCEPT: false } } })
  await resultOf(alpha, 'tasks.task.start', { taskId: 31 })
  t.match(await access({ users: [2, 99] }),
    { allowedActions: { 2: { START: false, PAUSE: true, EDIT: true }, 99: { PAUSE: false, EDIT: false } } })
  t.strictSame(await access({ taskId: 99 }), { allowedActions: [] })
  t.strictSame(await failureOf(alpha, 'tasks.task.getaccess', { taskId: 31, users: 2 }), [400, '100'])
  t.strictSame(await failureOf(alpha, 'tasks.task.getaccess', { users: [2] }), [400, '100'])
})

await t.test('REST task: the history says what was changed by whom', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { employee } = alpha.users
  await resultOf(alpha, 'tasks.task.update', { taskId: 31, fields: { TITLE: 'New', AUDITORS: [3], PRIORITY: 1 } })
  await resultOf(alpha, 'tasks.task.start', { taskId: 31 }, employee)
  await resultOf(alpha, 'tasks.task.update', { taskId: 31, fields: { TITLE: 'New' } })
  const history = async (params: object = {}) => {
    const { list } = await resultOf(alpha, 'tasks.task.history.list', { taskId: 31, ...params }) as
      { list: Array<{ field: string, value: object, user: { name: string } }> } // the changes
    return list.map(({ field, value, user }) => [field, value, user.name])
  }
  t.strictSame(await history({ filter: { FIELD: ['AUDITORS', 'STATUS', 'PRIORITY'] }, order: { id: 'ASC' } }), [
    ['AUDITORS', { from: '', to: '3' }, 'Anna'],
    ['PRIORITY', { from: '', to: '1' }, 'Anna'],
    ['STATUS', { from: '', to: '3' }, 'Emil']
  ])
  const all = await history()
  t.equal(all.filter(([field]) => field === 'TITLE').length, 1, 'what stays the same is no change')
  t.match(all.at(-1), ['NEW', { from: null, to: null }])
  t.strictSame(await history({ taskId: 99 }), [])
  t.notOk('history' in Object(Object(await resultOf(alpha, 'tasks.task.get', { taskId: 31 })).task))
})
