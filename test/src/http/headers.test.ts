import t from 'tap'
import { acceptsPage, bearerOf } from '../../../src/http/headers.ts'

await t.test('bearerOf: reads the scheme in upper and lower case', async t => {
  for (const [authorization, bearer] of [
    ['Bearer a.b.c', 'a.b.c'], ['bearer a', 'a'], ['BEARER  a b', 'a b'],
    [undefined, ''], ['', ''], ['Bearer', ''], ['Bearer ', ''], ['Basic a', ''], ['xBearer a', ''], ['Bearera', '']
  ] as const) {
    const headers = authorization === undefined ? {} : { authorization }
    t.equal(bearerOf({ headers }), bearer, String(authorization))
  }
})

await t.test('acceptsPage: is true for browsers only', async t => {
  for (const [accept, expected] of [
    ['text/html,*/*;q=0.8', true], ['*/*', false], ['application/json', false]
  ] as const) {
    t.equal(acceptsPage({ headers: { accept } }), expected, accept)
  }
  t.equal(acceptsPage({ headers: {} }), false)
})
