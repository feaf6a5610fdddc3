import t from 'tap'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

const owner = { ownerTypeId: 2, ownerId: 8061 }

await t.test('REST todo: an activity is planned and changed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { id } = Object(await resultOf(alpha, 'crm.activity.todo.add',
    { ...owner, deadline: '2026-02-03T15:00:00+02:00', title: 'Call', colorId: 2, pingOffsets: [0, 15] }))
  const get = () => resultOf(alpha, 'crm.activity.get', { id })
  t.match(await get(), {
    OWNER_TYPE_ID: '2',
    OWNER_ID: '8061',
    PROVIDER_ID: 'CRM_TODO',
    SUBJECT: 'Call',
    DEADLINE: '2026-02-03T13:00:00+00:00',
    END_TIME: '2026-02-03T13:00:00+00:00',
    RESPONSIBLE_ID: '1',
    COMPLETED: 'N',
    SETTINGS: { COLOR: '2', PING_OFFSETS: [0, 15] }
  })
  const change = (name: string, params: object) =>
    resultOf(alpha, `crm.activity.todo.${name}`, { id, ...owner, ...params })
  await change('updateDeadline', { value: '2026-02-04T15:00:00Z' })
  await change('updateDescription', { value: 'About the desks' })
  await change('updateColor', { colorId: 7 })
  t.strictSame(await change('updateResponsibleUser', { responsibleId: 3 }), { id })
  t.match(await get(), {
    SUBJECT: 'Call',
    DESCRIPTION: 'About the desks',
    DEADLINE: '2026-02-04T15:00:00+00:00',
    RESPONSIBLE_ID: '3',
    SETTINGS: { COLOR: '7', PING_OFFSETS: [0, 15] }
  })
  await change('update', { deadline: '2026-02-05', title: 'Visit', responsibleId: 2, parentActivityId: 5 })
  t.match(await get(), {
    SUBJECT: 'Visit',
    DESCRIPTION: 'About the desks',
    RESPONSIBLE_ID: '2',
    ASSOCIATED_ENTITY_ID: '5',
    SETTINGS: { COLOR: '7' }
  })
})

await t.test('REST todo: what a portal refuses', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const deadline = '2026-02-03T15:00:00'
  const { id } = Object(await resultOf(alpha, 'crm.activity.todo.add', { ...owner, deadline }))
  const given = { id, ...owner, deadline, value: deadline, colorId: 1, responsibleId: 1 }
  const rows: Array<[name: string, params: Record<string, unknown>, code: string]> = [
    ['add', { ownerTypeId: undefined }, '100'],
    ['add', { deadline: undefined }, '100'],
    ['add', { deadline: 'soon' }, 'WRONG_DATETIME_FORMAT'],
    ['add', { ownerId: 1 }, 'OWNER_NOT_FOUND'],
    ['add', { ownerTypeId: 9 }, 'OWNER_NOT_FOUND'],
    ['update', { id: 99 }, 'NOT_FOUND'],
    ['update', { ownerId: 8062 }, 'NOT_FOUND'],
    ['updateDeadline', { value: undefined }, '100'],
    ['updateColor', { colorId: 8 }, 'CAN_NOT_UPDATE_WRONG_COLOR_TODO'],
    ['updateResponsibleUser', { responsibleId: 0 }, 'INVALID_ARG_VALUE']
  ]
  for (const [name, params, code] of rows) {
    t.match(await callRest(alpha, `crm.activity.todo.${name}`, { ...given, ...params }),
      { status: 400, body: { error: code } }, JSON.stringify([name, params]))
  }
  await resultOf(alpha, 'crm.activity.update', { id, fields: { COMPLETED: 'Y' } })
  for (const [name, code] of [
    ['update', 'CAN_NOT_UPDATE_COMPLETED_TODO'],
    ['updateDeadline', 'CAN_NOT_UPDATE_COMPLETED_TODO'],
    ['updateDescription', 'CAN_NOT_UPDATE_COMPLETED_TODO'],
    ['updateColor', 'CAN_NOT_UPDATE_COLOR_COMPLETED_TODO'],
    ['updateResponsibleUser', 'CAN_NOT_UPDATE_RESPONSIBLE_USER_COMPLETED_TODO']
  ] as const) {
    t.match(await callRest(alpha, `crm.activity.todo.${name}`, given), { status: 400, body: { error: code } }, name)
  }
})
