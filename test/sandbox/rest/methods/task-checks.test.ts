import t from 'tap'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST task: an update gives the task another author', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const update = (fields: object) => resultOf(alpha, 'tasks.task.update', { taskId: 31, fields })
  t.match(await update({ CREATED_BY: 3 }), { task: { createdBy: '3', creator: { id: '3', name: 'Sofia Rossi' } } })
  t.match(await update({ TITLE: 'New' }), { task: { createdBy: '3', title: 'New' } })
  t.match(await resultOf(alpha, 'tasks.task.history.list', { taskId: 31, filter: { FIELD: 'CREATED_BY' } }),
    { list: [{ field: 'CREATED_BY', value: { from: '1', to: '3' } }] })
  t.match(await resultOf(alpha, 'tasks.task.list', { filter: { CREATED_BY: 3 } }), { tasks: [{ id: '31' }] })
})

await t.test('REST task: fields that contradict the portal are refused', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const base = { TITLE: 'x', RESPONSIBLE_ID: 2 }
  const add = (fields: object) => callRest(alpha, 'tasks.task.add', { fields: { ...base, ...fields } })
  t.match(await add({ PARENT_ID: 31 }), { status: 200, body: { result: { task: { id: '32', parentId: '31' } } } })
  t.match(await add({ PARENT_ID: 32, END_DATE_PLAN: '2026-12-01T10:00:00Z' }), { status: 200 })
  const update = (taskId: number, fields: object) => callRest(alpha, 'tasks.task.update', { taskId, fields })
  const rows: Array<[answer: Promise<unknown>, text: RegExp]> = [
    [add({ CREATED_BY: 99 }), /^User specified in the "Created by" field/],
    [add({ STATUS: 9 }), /^Invalid status/],
    [add({ DEADLINE: '2026-13-45' }), /^Incorrect date\/time/],
    [add({ START_DATE_PLAN: 'soon' }), /^Incorrect date\/time/],
    [update(31, { END_DATE_PLAN: ['2026-12-01'] }), /^Incorrect date\/time/],
    [add({ PARENT_ID: 99 }), /^Task specified in the "Parent task" field not found/],
    [update(31, { CREATED_BY: 99 }), /"Created by"/],
    [update(31, { TITLE: ' ' }), /^Task title not specified/],
    [update(31, { PARENT_ID: 31 }), /^Cannot bind the node to itself/],
    [update(31, { PARENT_ID: 33 }), /^Creating cyclic links in tasks is prohibited/],
    [update(33, { START_DATE_PLAN: '2026-12-02T10:00:00Z' }), /end date is earlier than the start date/]
  ]
  for (const [answer, text] of rows) {
    t.match(await answer, { status: 400, body: { error: 'ERROR_CORE', error_description: text } }, String(text))
  }
  t.match(await update(31, { DEADLINE: '31.12.2026 18:00' }), { status: 200 }, 'the day may come first')
  t.match(await update(31, { DEADLINE: '' }), { status: 200 }, 'a date can be taken out')
  t.match(await update(32, { PARENT_ID: 0 }), { body: { result: { task: { parentId: '0' } } } }, 'it can be taken out')
})

await t.test('REST task: parents that go round in a circle end the search', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (const [id, PARENT_ID] of [[51, '52'], [52, '51']] as const) {
    alpha.content.add({ kind: 'task', id, authorId: 1, fields: { RESPONSIBLE_ID: '1', PARENT_ID } })
  }
  t.match(await resultOf(alpha, 'tasks.task.update', { taskId: 31, fields: { PARENT_ID: 51 } }),
    { task: { parentId: '51' } })
})

await t.test('REST task: people are listed by the texts of their numbers, however they were written', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await resultOf(alpha, 'tasks.task.update', { taskId: 31, fields: { AUDITORS: [3, '1'], ACCOMPLICES: [2] } })
  const { task } = Object(await resultOf(alpha, 'tasks.task.get', { taskId: 31, select: ['AUDITORS', 'ACCOMPLICES'] }))
  t.strictSame([task.auditors, task.accomplices, Object.keys(task.auditorsData)], [['3', '1'], ['2'], ['1', '3']])
})
