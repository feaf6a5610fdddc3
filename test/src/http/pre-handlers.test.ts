import Fastify, { type FastifyRequest } from 'fastify'
import t from 'tap'
import { withPreHandlers, type PreHandlers } from '../../../src/http/pre-handlers.ts'

await t.test('withPreHandlers: runs hooks as a route of Fastify does', async t => {
  const steps: string[] = []
  const step = (name: string) => { steps.push(name) }
  const handler = async () => { step('handler') }
  const rows: Array<[name: string, hooks: PreHandlers<FastifyRequest> | undefined, status: number, steps: string[]]> = [
    ['none', undefined, 200, ['handler']],
    ['async', async () => step('a'), 200, ['a', 'handler']],
    ['several', [async () => step('a'), (_request, _reply, done) => { step('b'); done() }], 200, ['a', 'b', 'handler']],
    ['throws', async () => { throw new Error() }, 500, []],
    ['throws at once', () => { throw new Error() }, 500, []],
    ['fails', (_request, _reply, done) => done(new Error()), 500, []],
    ['replies', [async (_request, reply) => reply.code(401).send('no'), async () => step('a')], 401, []],
    ['replies at once', (_request, reply) => reply.code(401).send('no'), 401, []],
    ['ends without done', (_request, reply, _done) => { reply.code(401).send('no') }, 401, []]
  ]
  for (const [name, hooks, status, expected] of rows) {
    const app = Fastify()
    t.after(() => app.close())
    app.addHook('onSend', async () => {})
    app.get('/ours', withPreHandlers(app, hooks, handler))
    app.get('/theirs', { preHandler: (hooks ?? []) as [] }, handler)
    for (const url of ['/ours', '/theirs']) {
      steps.length = 0
      t.equal((await app.inject(url)).statusCode, status, `${name} ${url}`)
      t.strictSame(steps, expected, `${name} ${url}`)
    }
  }
})

await t.test('withPreHandlers: binds `this` to the instance', async t => {
  const app = Fastify()
  t.after(() => app.close())
  const seen: unknown[] = []
  app.get('/', withPreHandlers(app, async function () { seen.push(this) }, async function () { seen.push(this) }))
  await app.inject('/')
  t.strictSame(seen.map(one => one === app), [true, true])
})
