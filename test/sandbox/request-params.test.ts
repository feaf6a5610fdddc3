import Fastify from 'fastify'
import t from 'tap'
import { acceptBodies, map, pathOf, requestParams, text } from '../../sandbox/request-params.ts'

const app = Fastify()
acceptBodies(app)
app.post('/*', async request => ({ path: pathOf(request), params: requestParams(request) }))

/** A form as it is sent. */
async function encode (form: FormData) {
  const response = new Response(form)
  return {
    headers: { 'content-type': response.headers.get('content-type') ?? '' },
    body: Buffer.from(await response.arrayBuffer())
  }
}

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

await t.test('request params: a multipart body has fields and files', async t => {
  const form = new FormData()
  form.set('a[b]', '2')
  form.set('c', 'ä')
  form.set('file', new File(['Hello'], 'note.txt', { type: 'text/plain' }))
  const { headers, body } = await encode(form)
  const ask = (payload: Buffer) => app.inject({ method: 'POST', url: '/x/?d=4', payload, headers })
  t.strictSame((await ask(body)).json().params, {
    d: '4',
    a: { b: '2' },
    c: 'ä',
    file: { name: 'note.txt', type: 'text/plain', size: 5, content: 'SGVsbG8=' }
  })
  t.strictSame((await ask(Buffer.from('nonsense'))).json().params, { d: '4' })
})

await t.test('request params: parameters are read as texts and maps', async t => {
  t.strictSame([text(' a '), text(7), text(undefined), text({})], ['a', '7', '', ''])
  t.strictSame([map({ a: 1 }), map(['x']), map('a'), map(null)], [{ a: 1 }, { 0: 'x' }, {}, {}])
})

await app.close()
