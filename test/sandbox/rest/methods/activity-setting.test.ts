import t from 'tap'
import { ask, failureOf, resultOf, sandboxFor } from '../../helper.ts'

const badge = { code: 'missed', title: { en: 'Call', de: 'Anruf' }, value: { fr: 'Manqué' }, type: 'failure' }

await t.test('REST badges: texts are in the language of the caller, else in English, else in another one', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await resultOf(alpha, 'crm.activity.badge.add', badge)
  t.strictSame(await resultOf(alpha, 'crm.activity.badge.get', { code: 'missed' }),
    { badge: { code: 'missed', title: 'Call', value: 'Manqué', type: 'failure' } })
  const { accessToken: auth } = alpha.grant(alpha.users.admin, { lang: 'de' })
  t.match(await ask(`${alpha.url}/rest/crm.activity.badge.list?auth=${auth}`),
    { body: { result: { badges: [{ title: 'Anruf', value: 'Manqué' }] } } })
  await resultOf(alpha, 'crm.activity.badge.delete', { code: 'missed' })
  t.strictSame(await resultOf(alpha, 'crm.activity.badge.list'), { badges: [] })
})

await t.test('REST badges and types of activities: wrong calls are refused', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const fields = { TYPE_ID: 'PARCEL' }
  await resultOf(alpha, 'crm.activity.type.add', { fields })
  const rows: Array<[method: string, params: Record<string, unknown>, code: string]> = [
    ['badge.add', { ...badge, value: undefined }, 'REQUIRED_ARG_MISSING'],
    ['badge.add', { ...badge, code: '' }, 'REQUIRED_ARG_MISSING'],
    ['badge.get', { code: 'none' }, 'NOT_FOUND'],
    ['badge.delete', {}, 'NOT_FOUND'],
    ['type.add', { fields: { NAME: 'x' } }, 'INVALID_ARG_VALUE'],
    ['type.add', { fields }, 'INVALID_ARG_VALUE'],
    ['type.delete', { TYPE_ID: 'none' }, 'INVALID_ARG_VALUE']
  ]
  for (const [method, params, code] of rows) {
    t.strictSame(await failureOf(alpha, `crm.activity.${method}`, params), [400, code], `${method} ${code}`)
  }
  const { employee } = alpha.users
  for (const [method, params] of [['badge.add', badge], ['badge.delete', badge], ['type.add', { fields }],
    ['type.delete', fields]] as const) {
    t.strictSame(await failureOf(alpha, `crm.activity.${method}`, params, employee), [400, 'ACCESS_DENIED'], method)
  }
})

await t.test('REST types of activities: configurable activities have those that are for them', async t => {
  const { portals: { alpha }, wire } = await sandboxFor(t)
  await resultOf(alpha, 'crm.activity.badge.add', badge)
  const params = {
    ownerTypeId: 2,
    ownerId: 8061,
    fields: { typeId: 'PARCEL', badgeCode: 'missed' },
    layout: { icon: { code: 'info' }, header: { title: 'A parcel' }, body: { blocks: { text: { type: 'text' } } } }
  }
  const add = (IS_CONFIGURABLE_TYPE: string) =>
    resultOf(alpha, 'crm.activity.type.add', { fields: { TYPE_ID: 'PARCEL', NAME: 'Parcel', IS_CONFIGURABLE_TYPE } })
  await add('N')
  t.strictSame(await failureOf(alpha, 'crm.activity.configurable.add', params), [400, 'WRONG_FIELD_VALUE'])
  await resultOf(alpha, 'crm.activity.type.delete', { TYPE_ID: 'PARCEL' })
  await add('Y')
  const { activity: { id } } = Object(await resultOf(alpha, 'crm.activity.configurable.add', params))
  t.match(await resultOf(alpha, 'crm.activity.configurable.get', { id }),
    { activity: { fields: { typeId: 'PARCEL', badgeCode: 'missed' } } })
  t.notMatch(JSON.stringify(wire.entries), 'no badge is')
})
