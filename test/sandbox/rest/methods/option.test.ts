import t from 'tap'
import { failureOf, resultOf, sandboxFor } from '../../helper.ts'

await t.test('REST option: everybody reads what administrators have set', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { employee } = alpha.users
  t.strictSame(await resultOf(alpha, 'app.option.get', {}, employee), [])
  t.equal(await resultOf(alpha, 'app.option.set', { options: { unit: 'C', days: 3 } }), true)
  t.equal(await resultOf(alpha, 'app.option.set', { options: { days: 5 } }), true)
  t.strictSame(await resultOf(alpha, 'app.option.get', {}, employee), { unit: 'C', days: 5 })
  t.equal(await resultOf(alpha, 'app.option.get', { option: 'days' }, employee), 5)
  t.equal(await resultOf(alpha, 'app.option.get', { option: 'constructor' }), null)
  t.strictSame(await failureOf(alpha, 'app.option.set', { options: { unit: 'F' } }, employee), [403, 'ACCESS_DENIED'])
  t.strictSame(await failureOf(alpha, 'app.option.set'), [400, 'ERROR_ARGUMENT', 'options'])
})

await t.test('REST option: settings of a user are his own', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const { employee } = alpha.users
  t.strictSame(await resultOf(alpha, 'user.option.get', {}, employee), [])
  t.equal(await resultOf(alpha, 'user.option.set', { options: { city: 'Graz' } }, employee), true)
  t.equal(await resultOf(alpha, 'user.option.set', { options: { unit: 'C' } }, employee), true)
  t.strictSame(await resultOf(alpha, 'user.option.get', {}, employee), { city: 'Graz', unit: 'C' })
  t.equal(await resultOf(alpha, 'user.option.get', { option: 'city' }, employee), 'Graz')
  t.equal(await resultOf(alpha, 'user.option.get', { option: 'city' }), null)
  t.strictSame(await failureOf(alpha, 'user.option.set', {}, employee), [400, 'ERROR_ARGUMENT', 'options'])
})

await t.test('REST option: parameters are settings without options, tokens never', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  t.equal(await resultOf(alpha, 'app.option.set', { unit: 'C', Days: [1, 2] }), true)
  t.strictSame(await resultOf(alpha, 'app.option.get'), { unit: 'C', Days: [1, 2] })
  t.equal(await resultOf(alpha, 'batch', { cmd: { set: 'user.option.set?city=Graz' } }).then(result =>
    Object(result).result.set), true)
  t.strictSame(await resultOf(alpha, 'user.option.get'), { city: 'Graz' })
  for (const options of ['', [], {}, 'x']) {
    t.strictSame(await failureOf(alpha, 'app.option.set', { options, unit: 'F' }), [400, 'ERROR_ARGUMENT', 'options'],
      JSON.stringify(options))
  }
})
