import t from 'tap'
import { resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST access: user.access knows the codes of who calls', async t => {
  const { portals: { alpha } } = await sandboxFor(t, { scope: ['department'] })
  const { admin, employee, designer } = alpha.users
  const rows: Array<[ACCESS: unknown, expected: boolean]> = [
    ['U2', true], ['U3', false], [['U3', 'U2'], true], ['G2', true], ['AU', true], ['CR', false], ['D2', true],
    ['D1', false], ['DR1', true], ['DR3', false], ['IU2', true], ['IU3', false], ['SG1_K', false], [[], false],
    [undefined, false]
  ]
  for (const [ACCESS, expected] of rows) {
    t.equal(await resultOf(alpha, 'user.access', { ACCESS }, employee), expected, JSON.stringify(ACCESS))
    t.equal(await resultOf(alpha, 'user.access', { ACCESS }, admin), true, 'an administrator has all of them')
  }
  await resultOf(alpha, 'department.update', { ID: 2, PARENT: 3 })
  await resultOf(alpha, 'department.update', { ID: 3, UF_HEAD: 3 })
  t.equal(await resultOf(alpha, 'user.access', { ACCESS: 'IU2' }, designer), true, 'a supervisor')
})

await t.test('REST access: access.name names codes', async t => {
  const { portals: { alpha } } = await sandboxFor(t, { scope: [] })
  t.strictSame(await resultOf(alpha, 'access.name', { ACCESS: ['U2', 'IU2', 'D2', 'DR1', 'CR', 'D99', 'U99', 'X'] }), {
    U2: { provider: 'User', name: 'Emil Novak', provider_id: 'user' },
    IU2: { provider: 'User', name: 'Emil Novak', provider_id: 'intranet' },
    D2: { provider: 'Department', name: 'Logistics', provider_id: 'intranet' },
    DR1: { provider: 'Department', name: 'Head office', provider_id: 'intranet' },
    CR: { provider: '', name: 'Author', provider_id: 'other' }
  })
  t.strictSame(await resultOf(alpha, 'access.name', { ACCESS: ['D99', '__proto__'] }), [])
  for (const ACCESS of [undefined, [], 'U1']) t.equal(await resultOf(alpha, 'access.name', { ACCESS }), false)
})
