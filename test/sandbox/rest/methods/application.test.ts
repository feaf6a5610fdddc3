import { readFileSync } from 'node:fs'
import t from 'tap'
import { callRest, resultOf, sandboxFor } from '../../helper.ts'

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
