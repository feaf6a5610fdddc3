import fastify from 'fastify'
import t from 'tap'
import { describeRequest, recordRequests } from '../../sandbox/record-requests.ts'
import { acceptBodies } from '../../sandbox/request-params.ts'
import { Wire } from '../../sandbox/wire.ts'

await t.test('record requests: only requests of the application are on the wire', async t => {
  const wire = new Wire()
  const app = fastify()
  t.after(() => app.close())
  acceptBodies(app)
  recordRequests(app, { wire }, 'portal', path => path.startsWith('/rest/'))
  app.route({
    method: ['GET', 'POST', 'OPTIONS'],
    url: '/*',
    async handler (request, reply) {
      describeRequest({ wire }, request, { name: 'profile', memberId: 'm', outcome: 'expired_token' })
      return reply.code(401).send({})
    }
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  await fetch(`${url}/rest/profile?a=1`, { method: 'POST', body: new URLSearchParams({ auth: 'a'.repeat(70) }) })
  await fetch(`${url}/rest/profile`, { method: 'OPTIONS' })
  await fetch(`${url}/stream/`)
  await app.close()

  const [entry] = wire.entries
  t.equal(wire.entries.length, 1)
  t.strictSame(entry, {
    id: 1,
    at: entry?.at,
    from: 'application',
    to: 'portal',
    method: 'POST',
    path: '/rest/profile',
    name: 'profile',
    memberId: 'm',
    outcome: 'expired_token',
    fields: { a: '1', auth: 'aaaa…' },
    status: 401,
    ms: entry?.ms
  })
  t.type(entry?.ms, 'number')
})

await t.test('record requests: answers before the body was read are recorded', async t => {
  const wire = new Wire()
  const app = fastify()
  t.after(() => app.close())
  acceptBodies(app)
  recordRequests(app, { wire }, 'portal', path => path.startsWith('/rest/'))
  app.addHook('onRequest', async (request, reply) => request.url.startsWith('/rest/moved')
    ? reply.redirect('/rest/here')
    : undefined)
  app.post('/*', async () => ({}))
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  await fetch(`${url}/rest/moved?a=1`, { redirect: 'manual' })
  const body = 'x'.repeat(2 ** 20 + 1)
  for (const path of ['/rest/profile', '/stream/']) await fetch(url + path, { method: 'POST', body })
  await app.close()
  t.match(wire.entries, [{ id: 1, path: '/rest/moved', fields: { a: '1' }, status: 302, ms: Number },
    { id: 2, path: '/rest/profile', status: 413 }])
  t.equal(wire.entries.length, 2)
})
