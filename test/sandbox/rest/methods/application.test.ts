import { readFileSync } from 'node:fs'
import t from 'tap'
import { callRest, failureOf, resultOf, sandboxFor } from '../../helper.ts'

const fixture = JSON.parse(readFileSync(new URL('../../../fixtures/payloads/APP_INFO_RESPONSE.json', import.meta.url),
  'utf8')).response

/** Keys and the types of their values. */
const shape = (value: object) =>
  Object.fromEntries(Object.entries(value).map(([key, item]) => [key, item === null ? 'null' : typeof item]))

await t.test('REST application: app.info answers as documented', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.version = 4
  const { body } = await callRest(alpha, 'app.info')
  // Both answers hold objects under these keys.
  t.strictSame(shape(body.result as object), shape(fixture.result))
  t.match(shape(body.time as object), shape(fixture.time))
  t.match(body.result, { VERSION: 4, INSTALLED: false })
  alpha.installed = true
  t.match(await resultOf(alpha, 'app.info'), { INSTALLED: true })
})

await t.test('REST application: feature.get tells what the portal has', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.strictSame(await resultOf(alpha, 'feature.get', { CODE: 'rest_offline_extended' }), { value: 'Y' })
  t.strictSame(await resultOf(alpha, 'feature.get', { CODE: 'anything' }), { value: 'N' })
  for (const CODE of [undefined, '', '0', 0]) {
    t.strictSame(await failureOf(alpha, 'feature.get', { CODE }), [400, 'CODE_EMPTY'], String(CODE))
  }
})

await t.test('REST application: scope lists what is granted, or all that there is', async t => {
  const { portals: { alpha } } = await sandboxFor(t, { scope: ['user'] })
  for (const full of [undefined, false, '0']) t.strictSame(await resultOf(alpha, 'scope', { full }), ['user'])
  for (const full of [true, '1', 'false']) t.match(await resultOf(alpha, 'scope', { full }), ['user', 'crm'])
})

await t.test('REST application: the limits are those of the licence', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.match(await resultOf(alpha, 'app.info'), { LICENSE_FAMILY: 'pro' })
  const answers = await Promise.all(Array.from({ length: 60 }, () => callRest(alpha, 'scope')))
  t.match(answers.find(({ status }) => status !== 200), { status: 503, body: { error: 'QUERY_LIMIT_EXCEEDED' } })
  t.ok(answers.filter(({ status }) => status === 200).length >= 49)
})

await t.test('REST application: another licence has other limits', async t => {
  const { portals: { alpha }, trouble } = await sandboxFor(t)
  trouble.licence = 'basic'
  t.match(await callRest(alpha, 'app.info'), {
    status: 401,
    body: { error: 'ACCESS_DENIED', error_description: 'REST API is available only on commercial plans' }
  })
  trouble.licence = 'enterprise'
  const answers = await Promise.all(Array.from({ length: 60 }, () => callRest(alpha, 'scope')))
  t.strictSame([...new Set(answers.map(({ status }) => status))], [200])
  t.match(await resultOf(alpha, 'app.info'), { LICENSE: 'en_ent250', LICENSE_FAMILY: 'ent' })
})

await t.test('REST application: methods lists what can be called', async t => {
  const { portals: { alpha } } = await sandboxFor(t, {
    scope: ['user_brief'], methods: { 'my.method': () => true }
  })
  t.strictSame(await resultOf(alpha, 'methods', { scope: 'user_basic' }),
    ['user.current', 'user.fields', 'user.get', 'user.search'])
  const rows: Array<[params: object, shown: string[], hidden: string[]]> = [
    [{}, ['batch', 'profile', 'user.get', 'my.method'], ['crm.item.get', 'placement.bind']],
    [{ scope: '' }, ['batch', 'profile', 'app.info'], ['user.get', 'crm.item.get']],
    [{ full: true }, ['batch', 'user.get', 'crm.deal.get', 'placement.bind'],
      ['nothing.here', 'download', 'upload', 'crm.item.get', 'tasks.task.list']],
    // As a form sends it.
    [{ full: 'false' }, ['crm.deal.get'], []],
    [{ full: '0' }, ['user.get'], ['crm.deal.get']],
    [{ full: false }, ['user.get'], ['crm.deal.get']]
  ]
  for (const [params, shown, hidden] of rows) {
    const names = await resultOf(alpha, 'methods', { ...params }) as string[] // a list of names
    for (const name of shown) t.ok(names.includes(name), `${JSON.stringify(params)}: ${name}`)
    for (const name of hidden) t.notOk(names.includes(name), `${JSON.stringify(params)}: no ${name}`)
  }
})

await t.test('REST application: method.get tells whether a method can be called', async t => {
  const { portals: { alpha } } = await sandboxFor(t, { scope: ['user'] })
  const rows: Array<[name: string, isExisting: boolean, isAvailable: boolean]> = [
    ['user.get', true, true], ['USER.GET', false, false], ['batch', true, true], ['crm.item.list', true, false],
    ['crm.item.lst', true, false], ['CRM.Item.List', true, false], ['crm.deal.lst', false, false],
    ['nothing.here', false, false], ['', false, false]
  ]
  for (const [name, isExisting, isAvailable] of rows) {
    t.strictSame(await resultOf(alpha, 'method.get', { name }), { isExisting, isAvailable }, name)
  }
  t.strictSame(await resultOf(alpha, 'method.get', { NAME: 'user.get' }), { isExisting: false, isAvailable: false })
})
