import Fastify from 'fastify'
import t from 'tap'
import { acceptBodies, map, pathOf, requestParams, text } from '../../sandbox/request-params.ts'

const app = Fastify()
acceptBodies(app)
app.post('/*', async request => ({ path: pathOf(request), params: requestParams(request) }))

await t.test('request params: query and body become one object, the body wins', async t => {
  const rows: Array<[type: string, body: string, params: unknown]> = [
    ['application/x-www-form-urlencoded', 'a[b]=2&c=3', { a: { b: '2' }, c: '3' }],
    ['application/json', '{"a":7}', { a: 7 }],
    ['application/json', '{"a":', { a: '1' }],
    ['application/json', '"text"', { a: '1' }]
  ]
  for (const [type, payload, params] of rows) {
    const answer = await app.inject({ method: 'POST', url: '/x/?a=1', payload, headers: { 'content-type': type } })
    t.strictSame(answer.json(), { path: '/x/', params }, `${type} ${payload}`)
  }
})

await t.test('request params: parameters are read as texts and maps', async t => {
  t.strictSame([text(' a '), text(7), text(undefined), text({})], ['a', '7', '', ''])
  t.strictSame([map({ a: 1 }), map(['x']), map('a'), map(null)], [{ a: 1 }, { 0: 'x' }, {}, {}])
})

await app.close()
