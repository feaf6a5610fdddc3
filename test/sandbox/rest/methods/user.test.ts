import t from 'tap'
import { callRest, failureOf, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST user: user.get lists the people of the portal', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { body } = await callRest(alpha, 'user.get')
  t.match(body, { total: 4 })
  t.notOk('next' in body)
  t.strictSame((body.result as unknown[])[1], // user.get answers a list
    { ID: '2', ACTIVE: true, NAME: 'Emil', LAST_NAME: 'Novak', IS_ONLINE: 'Y', USER_TYPE: 'employee' })
})

await t.test('REST user: user.get filters, orders and pages', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rows: Array<[string, Record<string, unknown>, string[]]> = [
    ['by number', { filter: { ID: 2 } }, ['2']],
    ['by number, in the old way', { ID: 3 }, ['3']],
    ['by several numbers', { FILTER: { ID: [4, 1] } }, ['1', '4']],
    ['by state', { filter: { ACTIVE: true } }, ['1', '2', '3', '4']],
    ['in an order', { sort: 'LAST_NAME', order: 'DESC' }, ['3', '2', '4', '1']],
    ['backwards', { order: 'desc' }, ['4', '3', '2', '1']],
    ['beyond the end', { start: 50 }, []]
  ]
  for (const [name, params, expected] of rows) {
    // user.get answers a list of rows.
    t.strictSame((await resultOf(alpha, 'user.get', params) as Array<{ ID: string }>).map(({ ID }) => ID),
      expected, name)
  }
})

await t.test('REST user: people are shown to applications with the scope', async t => {
  const { portals: { alpha } } = await sandboxFor(t, { scope: ['crm'] })
  t.strictSame(await failureOf(alpha, 'user.get'), [401, 'insufficient_scope'])
})
