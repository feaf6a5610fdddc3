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
  const refusals = { start: '0', complete: '0', delegate: '0', pause: '1048582', defer: '1048582', approve: '1048582' }
  for (const [action, code] of Object.entries(refusals)) {
    t.strictSame(await failureOf(alpha, `tasks.task.${action}`, { taskId: 31, userId: 3 }), [400, code], action)
  }
  t.strictSame(await failureOf(alpha, 'tasks.task.renew', { taskId: 99 }), [400, '1048582'])
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
