import t from 'tap'
import { failureOf, resultOf, sandboxFor } from '../../helper.ts'

const HANDLER = 'https://a.example/field'
const type = { USER_TYPE_ID: 'Amount', HANDLER, TITLE: 'Amount', DESCRIPTION: 'A number', OPTIONS: { height: '60' } }

await t.test('REST userfieldtype: a type is registered, opened, changed and removed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const list = () => resultOf(alpha, 'userfieldtype.list')
  t.equal(await resultOf(alpha, 'userfieldtype.add', type), true)
  t.equal(await resultOf(alpha, 'userfieldtype.add', { USER_TYPE_ID: 'plain', HANDLER: `${HANDLER}2` }), true)
  const amount = { USER_TYPE_ID: 'amount', HANDLER, TITLE: 'Amount', DESCRIPTION: 'A number' }
  const plain = { USER_TYPE_ID: 'plain', HANDLER: `${HANDLER}2`, TITLE: 'plain', DESCRIPTION: '' }
  t.strictSame(await list(), [amount, plain])
  t.match(alpha.placements, [{ options: { height: 60 } }, { options: {} }])
  alpha.installed = true
  t.match(alpha.placementCall('USERFIELD_TYPE').url, `${HANDLER}?DOMAIN=`)

  t.strictSame(await resultOf(alpha, 'placement.get'), [], 'it is no placement that somebody has bound')
  t.strictSame(await resultOf(alpha, 'placement.unbind', { PLACEMENT: 'USERFIELD_TYPE' }), { count: 0 })
  t.equal(await resultOf(alpha, 'userfieldtype.update', { USER_TYPE_ID: 'AMOUNT', TITLE: 'Sum', OPTIONS: {} }), true)
  t.match(alpha.placements, [{ handler: HANDLER, title: 'Sum', description: 'A number', options: {} }, {}])
  t.equal(await resultOf(alpha, 'userfieldtype.update', { USER_TYPE_ID: 'amount', HANDLER: `${HANDLER}3` }), true)
  t.match(await list(), [{ HANDLER: `${HANDLER}3`, TITLE: 'Sum' }, {}])
  t.equal(await resultOf(alpha, 'userfieldtype.delete', { USER_TYPE_ID: 'amount' }), true)
  t.match(await list(), [{ USER_TYPE_ID: 'plain' }])
})

await t.test('REST userfieldtype: a custom field of such a type is added', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const field = { fields: { USER_TYPE_ID: 'amount', FIELD_NAME: 'SUM' } }
  t.strictSame(await failureOf(alpha, 'crm.deal.userfield.add', field), [400, 'ERROR_CORE'])
  await resultOf(alpha, 'userfieldtype.add', type)
  const types = await resultOf(alpha, 'crm.userfield.types') as object[] // a list
  t.match(types.at(-1), { ID: 'amount', title: 'Amount' })
  const id = await resultOf(alpha, 'crm.deal.userfield.add', field)
  const name = `rest_${alpha.state.application.id}_amount`
  t.match(await resultOf(alpha, 'crm.deal.userfield.get', { id }), { USER_TYPE_ID: name, SETTINGS: [] })
  t.equal(await resultOf(alpha, 'crm.deal.update', { id: 8061, fields: { UF_CRM_SUM: '12 EUR' } }), true)
  t.match(await resultOf(alpha, 'crm.deal.get', { id: 8061 }), { UF_CRM_SUM: '12 EUR' })
})

await t.test('REST userfieldtype: what a portal refuses', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await resultOf(alpha, 'userfieldtype.add', type)
  await resultOf(alpha, 'userfieldtype.add', { USER_TYPE_ID: 'plain', HANDLER: `${HANDLER}2` })
  const rows: Array<[name: string, params: Record<string, unknown>, answer: unknown[]]> = [
    ['add', { HANDLER }, [400, 'ERROR_ARGUMENT', 'USER_TYPE_ID']],
    ['add', { USER_TYPE_ID: 'x' }, [400, 'ERROR_ARGUMENT', 'HANDLER']],
    ['add', { USER_TYPE_ID: 'x', HANDLER: 'ftp://a.example' }, [400, 'ERROR_UNSUPPORTED_PROTOCOL']],
    ['add', { USER_TYPE_ID: 'x', HANDLER }, [400, 'ERROR_CORE']],
    ['add', { USER_TYPE_ID: 'amount', HANDLER: `${HANDLER}9` }, [400, 'ERROR_CORE']],
    ['update', { USER_TYPE_ID: 'plain', HANDLER }, [400, 'ERROR_CORE']],
    ['update', { USER_TYPE_ID: 'x' }, [400, 'ERROR_NOT_FOUND']],
    ['delete', { USER_TYPE_ID: 'x' }, [400, 'ERROR_NOT_FOUND']]
  ]
  for (const [name, params, answer] of rows) {
    t.strictSame(await failureOf(alpha, `userfieldtype.${name}`, params), answer, `${name} ${JSON.stringify(params)}`)
  }
  for (const name of ['add', 'list', 'update', 'delete']) {
    t.strictSame(await failureOf(alpha, `userfieldtype.${name}`, type, alpha.users.employee), [403, 'ACCESS_DENIED'])
  }
})
