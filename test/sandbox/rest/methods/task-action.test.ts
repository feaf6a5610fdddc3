import t from 'tap'
import type { SandboxUser } from '../../../../sandbox/index.ts'
import { failureOf, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST task: a task goes through its states', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { admin, employee } = alpha.users
  await resultOf(alpha, 'tasks.task.update', { taskId: 31, fields: { TASK_CONTROL: 'Y' } })
  const steps: Array<[action: string, status: string, user?: SandboxUser]> = [
    ['start', '3'], ['pause', '2'], ['defer', '6'], ['renew', '2'], ['complete', '4', employee], ['disapprove', '2'],
    ['complete', '4', employee], ['approve', '5'], ['renew', '2'], ['complete', '5', admin]
  ]
  for (const [action, status, user = employee] of steps) {
    t.match(await resultOf(alpha, `tasks.task.${action}`, { taskId: 31 }, user), { task: { id: '31', status } }, action)
  }
  t.match(await resultOf(alpha, 'tasks.task.get', { taskId: 31 }), { task: { closedBy: '1', closedDate: /^\d{4}-/ } })
  for (const action of ['start', 'pause', 'defer', 'approve', 'complete', 'delegate']) {
    t.strictSame(await failureOf(alpha, `tasks.task.${action}`, { taskId: 31, userId: 3 }), [400, '0'], action)
  }
  t.strictSame(await failureOf(alpha, 'tasks.task.renew', { taskId: 99 }), [400, '0'])
  t.match(await resultOf(alpha, 'tasks.task.renew', { taskId: 31 }), { task: { closedDate: null, closedBy: '0' } })
})

await t.test('REST task: a task is delegated', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await resultOf(alpha, 'tasks.task.delegate', { taskId: 31, userId: 3 }),
    { task: { responsibleId: '3', responsible: { name: 'Sofia Rossi' }, changedBy: '1' } })
  t.strictSame(await failureOf(alpha, 'tasks.task.delegate', { taskId: 31 }), [400, '100'])
  t.strictSame(await failureOf(alpha, 'tasks.task.delegate', { userId: 3 }), [400, '100'])
  t.strictSame(await failureOf(alpha, 'tasks.task.delegate', { taskId: 31, userId: 99 }), [400, '0'])
})

await t.test('REST task: getaccess tells what may be done', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const access = (params: Record<string, unknown>) => resultOf(alpha, 'tasks.task.getaccess', params)
  t.match(await access({ taskId: 31, users: [1, 99] }), {
    allowedActions: {
      1: {
        COMPLETE: true,
        APPROVE: false,
        START: true,
        PAUSE: false,
        DELEGATE: true,
        ACCEPT: false,
        'CHECKLIST.REORDER': true,
        'EDIT.ORIGINATOR': false,
        ADD_FAVORITE: true
      },
      99: { COMPLETE: false, EDIT: false }
    }
  })
  t.equal(await resultOf(alpha, 'tasks.task.favorite.add', { taskId: 31 }), true)
  t.match(await access({ taskId: 31 }), { allowedActions: { 1: { 'FAVORITE.ADD': false, 'FAVORITE.DELETE': true } } })
  t.match(await resultOf(alpha, 'tasks.task.get', { taskId: 31 }), { task: { favorite: 'Y' } })
  t.equal(await resultOf(alpha, 'tasks.task.favorite.remove', { taskId: 31 }), true)
  t.match(await access({ taskId: 31 }), { allowedActions: { 1: { 'FAVORITE.ADD': true } } })
  t.strictSame(await access({ taskId: 99 }), { allowedActions: [] })
  t.strictSame(await failureOf(alpha, 'tasks.task.getaccess', { taskId: 31, users: '1' }), [400, '100'])
  t.strictSame(await failureOf(alpha, 'tasks.task.getaccess', { taskId: 'x' }), [400, '0'])
  t.strictSame(await failureOf(alpha, 'tasks.task.favorite.add', { taskId: 99 }), [400, '1'])
})
