import t from 'tap'
import type { Portal } from '../../../sandbox/index.ts'
import { callRest, resultOf, sandboxFor } from '../helper.ts'
import { differences, exampleOf } from './documented.ts'
import { callV3 } from './v3/scene.ts'

const task = (id: number, fields: object = {}) => (portal: Portal): void => {
  portal.content.add({
    kind: 'task', id, authorId: 1, title: 'Example task', fields: { RESPONSIBLE_ID: '2', AUDITORS: ['3'], ...fields }
  })
}

/** The tasks of most examples are favorites, and their time is tracked. */
const TRACKED = { STARRED_BY: [1], ALLOW_TIME_TRACKING: 'Y' }

type Row = [
  name: string, seed?: ((portal: Portal) => void) | undefined, params?: Record<string, unknown>, differs?: string[]
]

// Numbers of people are those of the sandbox.
const rows: Row[] = [
  ['tasks.task.add', undefined, { fields: { TITLE: 'Task title', CREATED_BY: 2, RESPONSIBLE_ID: 3 } },
    ['result.task.action.take: not documented', 'result.task.checkListTree.fields.nodeId: not documented',
      'result.task.sprintId: not documented', 'result.task.backlogId: not documented']],
  ['tasks.task.get', task(8017, { UF_CRM_TASK: ['C_5'], UF_TASK_WEBDAV_FILES: [1065], ...TRACKED })],
  ['tasks.task.update', task(11), { fields: { UF_CRM_TASK: ['L_4'], RESPONSIBLE_ID: 3 } },
    ['result.task.ufCrmTask: not documented']],
  ['tasks.task.list', task(434, { STATUS: '3', STARRED_BY: [1] }), {},
    ['result.tasks.sprintId: not documented', 'result.tasks.backlogId: not documented']],
  ['tasks.task.delete', task(8131)],
  ['tasks.task.start', task(8017, TRACKED)],
  ['tasks.task.renew', task(1, { STATUS: '5', ...TRACKED })],
  ['tasks.task.delegate', task(8017, TRACKED), { userId: 3 }],
  ['tasks.task.getaccess', task(8017), { users: [2, 3] }],
  ['tasks.task.getfields'],
  ['tasks.task.favorite.add', task(119)],
  ['tasks.task.favorite.remove', task(119, { STARRED_BY: [1] })],
  ['tasks.task.history.list', portal => {
    task(8137)(portal)
    portal.content.add({ kind: 'task-comment', authorId: 2, parent: '8137', text: 'Done' })
  }],
  ['v3.tasks.task.get', task(8017)],
  ['v3.tasks.task.list', task(3835)],
  ['v3.tasks.task.access.get', task(8017)],
  ['v3.tasks.task.field.get'],
  ['v3.tasks.task.chat.message.send', task(51)]
]

for (const [name, seed, params, differs = []] of rows) {
  await t.test(`REST: ${name} answers as documented`, async t => {
    const { portals: { alpha } } = await sandboxFor(t)
    const example = exampleOf(name)
    seed?.(alpha)
    const call = name.startsWith('v3.') ? callV3 : callRest
    const { status, body } = await call(alpha, example.method, { ...example.params, ...params })
    t.equal(status, 200)
    t.strictSame(differences(example.answer.result, body.result, 'result'), differs)
  })
}

await t.test('REST: what may be done with a task is what is documented for its state', async t => {
  for (const [name, seed, params] of rows) {
    const example = exampleOf(name)
    const documented = Object(Object(example.answer.result).task).action
    if (!documented) continue
    const { portals: { alpha } } = await sandboxFor(t)
    seed?.(alpha)
    const result = await resultOf(alpha, example.method, { ...example.params, ...params })
    const { take = false, ...actions } = Object(Object(result).task).action
    t.strictSame({ take, ...actions }, { take: false, ...documented }, name)
  }
})
