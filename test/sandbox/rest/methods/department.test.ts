import t from 'tap'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST department: department.get lists the departments', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match((await callRest(alpha, 'department.get', { PARENT: 1, sort: 'NAME', order: 'DESC' })).body, {
    total: 3,
    result: [
      { ID: '2', NAME: 'Logistics', SORT: 500, PARENT: '1' },
      { ID: '3', NAME: 'Design' },
      { ID: '4', NAME: 'Accounting' }
    ]
  })
  t.strictSame(await resultOf(alpha, 'department.get', { ID: 1 }),
    [{ ID: '1', NAME: 'Head office', SORT: 500, UF_HEAD: '1' }])
})

await t.test('REST department: a department is added, moved and removed', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const id = await resultOf(alpha, 'department.add', { NAME: 'Fleet', PARENT: 2 })
  t.equal(id, 5)
  await resultOf(alpha, 'department.add', { NAME: 'Garage', PARENT: id, SORT: 10 })
  t.equal(await resultOf(alpha, 'department.update', { ID: id, PARENT: 3, UF_HEAD: 4 }), true)
  t.strictSame(await resultOf(alpha, 'department.get', { ID: id }),
    [{ ID: '5', NAME: 'Fleet', SORT: 500, PARENT: '3', UF_HEAD: '4' }])
  t.equal(await resultOf(alpha, 'department.update', { ID: 1, NAME: 'Board' }), true)
  t.equal(await resultOf(alpha, 'department.delete', { ID: id }), true)
  t.strictSame(await resultOf(alpha, 'department.get', { NAME: 'Garage' }),
    [{ ID: '6', NAME: 'Garage', SORT: 10, PARENT: '3' }])
})

await t.test('REST department: changes are refused with the documented texts', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const top = 'There can only be one top-level department in the company structure'
  const rows: Array<[method: string, params: Record<string, unknown>, text: string]> = [
    ['add', { PARENT: 1 }, 'The department name is not provided.<br>'],
    ['add', { NAME: 'A' }, top],
    ['add', { NAME: 'A', PARENT: 99 }, top],
    ['update', { ID: 2, PARENT: 0 }, top],
    ['update', { ID: 1, PARENT: 2 }, top],
    ['update', { ID: 99 }, 'Department not found'],
    ['delete', {}, 'Department not found']
  ]
  for (const [method, params, text] of rows) {
    t.strictSame(await callRest(alpha, `department.${method}`, params),
      { status: 400, body: { error: 'ERROR_CORE', error_description: text } }, `${method} ${JSON.stringify(params)}`)
  }
  for (const method of ['add', 'update', 'delete']) {
    t.strictSame(await callRest(alpha, `department.${method}`, { ID: 1 }, alpha.users.employee),
      { status: 400, body: { error: 'ERROR_CORE', error_description: 'Access denied' } }, method)
  }
})
