import t from 'tap'
import { callRest, failureOf, resultOf, sandboxFor } from '../../helper.ts'

const HANDLER = 'https://a.example/placement'

await t.test('REST userfieldtype: a type is added, changed, listed and deleted', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const rating = { USER_TYPE_ID: 'Rating', HANDLER, OPTIONS: { height: '60' } }
  t.equal(await resultOf(alpha, 'userfieldtype.add', rating), true)
  t.equal(await resultOf(alpha, 'userfieldtype.add', {
    USER_TYPE_ID: 'map', HANDLER: `${HANDLER}?map`, LANG_ALL: { en: { TITLE: 'Map', DESCRIPTION: 'A place' } }
  }), true)
  const map = { USER_TYPE_ID: 'map', HANDLER: `${HANDLER}?map`, TITLE: 'Map', DESCRIPTION: 'A place' }
  t.match((await callRest(alpha, 'userfieldtype.list')).body, {
    result: [{ USER_TYPE_ID: 'rating', HANDLER, TITLE: 'rating', DESCRIPTION: '' }, map], total: 2
  })
  t.strictSame(alpha.placements.map(({ options }) => options), [{ height: 60 }, {}])

  const changes = { USER_TYPE_ID: 'RATING', TITLE: 'Stars', OPTIONS: { height: 0 } }
  t.equal(await resultOf(alpha, 'userfieldtype.update', changes), true)
  const more = { USER_TYPE_ID: 'rating', HANDLER, DESCRIPTION: 'One to five' }
  t.equal(await resultOf(alpha, 'userfieldtype.update', more), true)
  t.strictSame(await resultOf(alpha, 'userfieldtype.list'),
    [{ USER_TYPE_ID: 'rating', HANDLER, TITLE: 'Stars', DESCRIPTION: 'One to five' }, map])
  t.strictSame(alpha.placements[0]?.options, {})
  t.equal(await resultOf(alpha, 'userfieldtype.delete', { USER_TYPE_ID: 'rating' }), true)
  t.strictSame(await resultOf(alpha, 'userfieldtype.list'), [map])
})

await t.test('REST userfieldtype: the methods of placements leave a type alone', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await resultOf(alpha, 'userfieldtype.add', { USER_TYPE_ID: 'rating', HANDLER })
  t.strictSame(await resultOf(alpha, 'placement.get'), [])
  t.strictSame(await resultOf(alpha, 'placement.unbind', { PLACEMENT: 'USERFIELD_TYPE', HANDLER }), { count: 0 })
  t.equal((await resultOf(alpha, 'userfieldtype.list') as unknown[]).length, 1) // a list of types
})

await t.test('REST userfieldtype: calls of a type go to its address', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.installed = true
  await resultOf(alpha, 'userfieldtype.add', { USER_TYPE_ID: 'rating', HANDLER })
  t.match(alpha.placementCall('USERFIELD_TYPE').url, `${HANDLER}?`)
})

await t.test('REST userfieldtype: refuses with the documented codes', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await resultOf(alpha, 'userfieldtype.add', { USER_TYPE_ID: 'rating', HANDLER })
  await resultOf(alpha, 'userfieldtype.add', { USER_TYPE_ID: 'map', HANDLER: `${HANDLER}?map` })
  const rows: Array<[method: string, params: Record<string, unknown>, expected: unknown[]]> = [
    ['add', { HANDLER }, [400, 'ERROR_ARGUMENT', 'USER_TYPE_ID']],
    ['add', { USER_TYPE_ID: 'stars' }, [400, 'ERROR_ARGUMENT', 'HANDLER']],
    ['add', { USER_TYPE_ID: 'stars', HANDLER: 'handler' }, [400, 'ERROR_WRONG_HANDLER_URL']],
    ['add', { USER_TYPE_ID: 'stars', HANDLER }, [400, 'ERROR_CORE']],
    ['add', { USER_TYPE_ID: 'rating', HANDLER: `${HANDLER}?stars` }, [400, 'ERROR_CORE']],
    ['update', { TITLE: 'Stars' }, [400, 'ERROR_ARGUMENT', 'USER_TYPE_ID']],
    ['update', { USER_TYPE_ID: 'rating' }, [400, 'ERROR_ARGUMENT', 'HANDLER|TITLE|DESCRIPTION']],
    ['update', { USER_TYPE_ID: 'rating', HANDLER: `${HANDLER}?map` }, [400, 'ERROR_CORE']],
    ['update', { USER_TYPE_ID: 'stars', TITLE: 'Stars' }, [400, 'ERROR_NOT_FOUND']],
    ['delete', {}, [400, 'ERROR_ARGUMENT', 'USER_TYPE_ID']],
    ['delete', { USER_TYPE_ID: 'stars' }, [400, 'ERROR_NOT_FOUND']]
  ]
  for (const [method, params, expected] of rows) {
    const name = `${method} ${JSON.stringify(params)}`
    t.strictSame(await failureOf(alpha, `userfieldtype.${method}`, params), expected, name)
  }
  for (const method of ['add', 'update', 'list', 'delete']) {
    const params = { USER_TYPE_ID: 'rating', HANDLER }
    const failure = await failureOf(alpha, `userfieldtype.${method}`, params, alpha.users.employee)
    t.strictSame(failure, [403, 'ACCESS_DENIED'], method)
  }
})
