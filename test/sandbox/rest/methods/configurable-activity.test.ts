import t from 'tap'
import { callRest, failureOf, resultOf, sandboxFor } from '../../helper.ts'

const owner = { ownerTypeId: 2, ownerId: 8061 }
const layout = { icon: { code: 'info' }, header: { title: 'A parcel' }, body: { blocks: { text: { type: 'text' } } } }
const deadline = '2026-12-01T10:00:00+00:00'

await t.test('REST configurable activities: one is added, changed in parts, read and removed', async t => {
  const { portals: { alpha }, wire } = await sandboxFor(t)
  alpha.installed = true
  for (const change of ['ADD', 'UPDATE']) {
    await resultOf(alpha, 'event.bind', { event: `ONCRMACTIVITY${change}`, event_type: 'offline' })
  }
  const sent = { deadline, completed: 'y', pingOffsets: ['15', 15, 60], badgeCode: 'CUSTOM', originId: 42 }
  const { activity: { id } } = Object(await resultOf(alpha, 'crm.activity.configurable.add',
    { ...owner, fields: sent, layout }, alpha.users.employee)) // an activity
  const read = () => resultOf(alpha, 'crm.activity.configurable.get', { id })
  const fields = {
    typeId: 'CONFIGURABLE',
    completed: true,
    deadline,
    pingOffsets: [15, 60],
    isIncomingChannel: false,
    responsibleId: 2,
    badgeCode: 'CUSTOM',
    originatorId: null,
    originId: '42'
  }
  t.strictSame(await read(), { activity: { id, ...owner, fields, layout } })
  t.match(await resultOf(alpha, 'crm.activity.get', { id }), {
    SUBJECT: 'A parcel', PROVIDER_ID: 'CONFIGURABLE_REST_APP', OWNER_ID: '8061', COMPLETED: 'Y', DEADLINE: deadline
  })

  const update = (params: object) => resultOf(alpha, 'crm.activity.configurable.update', { id, ...params })
  const changes = {
    deadline: 'soon',
    completed: false,
    pingOffsets: [],
    badgeCode: '',
    originatorId: 'post',
    responsibleId: '3',
    isIncomingChannel: 0
  }
  t.strictSame(await update({ fields: { ...changes, isIncomingChannel: null } }), { activity: { id } })
  const changed = {
    ...fields, completed: false, pingOffsets: [], badgeCode: '', originatorId: 'post', responsibleId: 3
  }
  t.strictSame(await read(), { activity: { id, ...owner, fields: changed, layout } })
  const other = { ...layout, header: { title: { en: 'Two parcels', de: 'Zwei Pakete' } } }
  await update({ layout: other, fields: { isIncomingChannel: 'true' } })
  t.strictSame(await read(),
    { activity: { id, ...owner, fields: { ...changed, isIncomingChannel: true }, layout: other } })
  t.match(await resultOf(alpha, 'crm.activity.get', { id }), { SUBJECT: 'Two parcels' })
  t.match(await resultOf(alpha, 'event.offline.list', { order: { ID: 'ASC' } }),
    ['ADD', 'UPDATE'].map(change =>
      ({ EVENT_NAME: `ONCRMACTIVITY${change}`, EVENT_DATA: { FIELDS: { ID: String(id) } } })))
  await resultOf(alpha, 'crm.activity.delete', { id })
  t.strictSame(await failureOf(alpha, 'crm.activity.configurable.get', { id }), [400, 'NOT_FOUND'])
  t.match(JSON.stringify(wire.entries), 'no badge is CUSTOM')
})

await t.test('REST configurable activities: refuses with the documented codes', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const entries = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, {}]))
  const { activity: { id } } = Object(await resultOf(alpha, 'crm.activity.configurable.add',
    { ...owner, fields: {}, layout: { ...layout, footer: { buttons: entries(2), menu: { items: entries(10) } } } }))
  const todo = await resultOf(alpha, 'crm.activity.todo.add', { ...owner, deadline })
  const fieldRows: Array<[fields: unknown, code: string]> = [
    ['none', '100'],
    [{ typeId: 'PARCEL' }, 'WRONG_FIELD_VALUE'],
    [{ completed: 'yes' }, 'WRONG_FIELD_VALUE'],
    [{ isIncomingChannel: ['Y'] }, 'WRONG_FIELD_VALUE'],
    [{ pingOffsets: 15 }, 'WRONG_FIELD_VALUE'],
    [{ pingOffsets: [-1] }, 'WRONG_FIELD_VALUE'],
    [{ responsibleId: 0 }, 'WRONG_FIELD_VALUE'],
    [{ isIncomingChannel: 'Y', deadline }, 'INCOMING_ACTIVITY_CAN_NOT_BE_WITH_DEADLINE']
  ]
  const layoutRows: Array<[layout: unknown, code: string]> = [
    ['none', '100'],
    [{ icon: layout.icon, header: layout.header }, 'FIELD_IS_REQUIRED'],
    [{ ...layout, icon: 'info' }, 'FIELD_IS_REQUIRED'],
    [{ ...layout, menu: {} }, 'FIELD_IS_REDUNDANT'],
    [{ ...layout, header: { tags: entries(3) } }, 'TOO_MANY_ITEMS'],
    [{ ...layout, body: { blocks: entries(21) } }, 'TOO_MANY_ITEMS'],
    [{ ...layout, footer: { buttons: entries(3) } }, 'TOO_MANY_ITEMS'],
    [{ ...layout, footer: { menu: { items: entries(11) } } }, 'TOO_MANY_ITEMS'],
    [{ ...layout, body: { blocks: { 'a b': {} } } }, 'KEY_CONTAIN_WRONG_SYMBOLS']
  ]
  for (const [fields, code] of fieldRows) {
    for (const [method, params] of [['add', { ...owner, layout }], ['update', { id }]] as const) {
      t.strictSame(await failureOf(alpha, `crm.activity.configurable.${method}`, { ...params, fields }), [400, code],
        `${method} ${JSON.stringify(fields)}`)
    }
  }
  for (const [sent, code] of layoutRows) {
    for (const [method, params] of [['add', { ...owner, fields: {} }], ['update', { id }]] as const) {
      t.strictSame(await failureOf(alpha, `crm.activity.configurable.${method}`, { ...params, layout: sent }),
        [400, code], `${method} ${JSON.stringify(sent)}`)
    }
  }
  const others: Array<[method: string, params: Record<string, unknown>, code: string]> = [
    ['add', { ownerTypeId: 2, fields: {}, layout }, '100'],
    ['add', { ...owner, layout }, '100'],
    ['add', { ...owner, fields: {} }, '100'],
    ['add', { ...owner, fields: {}, layout: {} }, 'ERROR_EMPTY_LAYOUT'],
    ['add', { ownerTypeId: 2, ownerId: 1, fields: {}, layout }, 'ACCESS_DENIED'],
    ['add', { ownerTypeId: 99, ownerId: 1, fields: {}, layout }, 'ACCESS_DENIED'],
    ['update', {}, '100'],
    ['update', { id: 0 }, 'NOT_FOUND'],
    ['get', {}, '100'],
    ['get', { id: Object(todo).id }, 'NOT_FOUND']
  ]
  for (const [method, params, code] of others) {
    t.strictSame(await failureOf(alpha, `crm.activity.configurable.${method}`, params), [400, code],
      `${method} ${JSON.stringify(params)}`)
  }
  t.match((await callRest(alpha, 'crm.activity.configurable.get', { id: 0 })).body, { error_description: 'Not found.' })
})
