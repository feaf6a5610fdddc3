import t from 'tap'
import { bearerOf } from '../../../src/http/bearer.ts'

await t.test('a bearer is read in whatever case its scheme is written', async t => {
  for (const [authorization, bearer] of [
    ['Bearer a.b.c', 'a.b.c'], ['bearer a', 'a'], ['BEARER  a b', 'a b'],
    [undefined, ''], ['', ''], ['Bearer', ''], ['Bearer ', ''], ['Basic a', ''], ['xBearer a', ''], ['Bearera', '']
  ] as const) t.equal(bearerOf({ headers: authorization === undefined ? {} : { authorization } }), bearer, String(authorization))
})
