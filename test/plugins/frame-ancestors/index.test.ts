import type { FastifyReply, FastifyRequest } from 'fastify'
import t from 'tap'
import frameAncestors from '../../../plugins/frame-ancestors/index.ts'
import { build, verifiedCall, type Scope } from '../../build.ts'

/** The headers of an answer. */
async function headersOf (t: Scope, answer: (request: FastifyRequest, reply: FastifyReply) => unknown) {
  const app = await build(t, app => app.register(frameAncestors))
  app.get('/', async (request, reply) => await answer(request, reply))
  return (await app.inject('/')).headers
}

await t.test('frame ancestors: only the portal of the call may frame a page', async t => {
  const rows: Array<[origin: string | null, ancestors: string, connect: string]> = [
    [null, "'none'", "'self'"],
    ['https://portal.bitrix24.com', "'self' https://portal.bitrix24.com", "'self' https://portal.bitrix24.com"],
    ['http://192.168.1.5:8080', "'self' http://192.168.1.5:8080", "'self' http://192.168.1.5:8080"]
  ]
  for (const [origin, ancestors, connect] of rows) {
    const headers = await headersOf(t, (request, reply) => {
      request.frameAncestors = origin === null ? [] : [origin]
      return reply.type('text/html').send('<!doctype html>')
    })
    t.strictSame(String(headers['content-security-policy']).split('; '), [
      "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'",
      `connect-src ${connect}`, "frame-src 'self'", "form-action 'self'", "base-uri 'none'",
      `frame-ancestors ${ancestors}`
    ])
    t.notOk('x-frame-options' in headers)
  }
})

await t.test('frame ancestors: the portal may frame an error page', async t => {
  const headers = await headersOf(t, (request, reply) => {
    request.frameAncestors = ['https://portal.bitrix24.com']
    return reply.code(503).type('text/html; charset=utf-8').send('<!doctype html>')
  })
  t.match(headers['content-security-policy'], "frame-ancestors 'self' https://portal.bitrix24.com")
})

await t.test('frame ancestors: a page may frame itself and servers it names', async t => {
  const headers = await headersOf(t, (request, reply) => {
    request.frameSources = ['https://docs.example']
    return reply.type('text/html').send('<!doctype html>')
  })
  t.match(headers['content-security-policy'], "; frame-src 'self' https://docs.example;")
})

await t.test('frame ancestors: one answer may have sources of its own', async t => {
  const policies = ['worker-src', 'font-src'].map(async directive => {
    const headers = await headersOf(t, (request, reply) => {
      request.pageSources = { 'script-src': ["'nonce-1'"], [directive]: ['blob:'] }
      return reply.type('text/html').send('<!doctype html>')
    })
    return String(headers['content-security-policy'])
  })
  const [worker, font] = await Promise.all(policies)
  for (const policy of [worker, font]) t.match(policy, "; script-src 'self' 'nonce-1'; style-src 'self'; ")
  t.match(worker, "; worker-src 'self' blob:;")
  t.match(font, "; font-src 'self' blob:; connect-src")
})

await t.test('frame ancestors: nothing is cached, sniffed or sent as referrer', async t => {
  const rows: Array<[answer: (request: FastifyRequest, reply: FastifyReply) => unknown, cacheControl: string]> = [
    [() => ({ json: true }), 'no-store'],
    [(_, reply) => reply.code(204).send(), 'no-store'],
    [() => { throw new Error('a fault') }, 'no-store'],
    [(_, reply) => reply.header('cache-control', 'public, max-age=60').type('text/css').send(''), 'public, max-age=60']
  ]
  for (const [answer, cacheControl] of rows) {
    const headers = await headersOf(t, answer)
    t.match(headers, {
      'cache-control': cacheControl, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer'
    })
    t.notOk('content-security-policy' in headers, 'only pages have a policy')
  }
})

await t.test('frame ancestors: are the verified portal, or else the posted one', async t => {
  const verified = verifiedCall({ origin: 'https://verified.example' })
  const app = await build(t, async app => {
    app.decorateRequest('verifiedCall', null)
    await app.register(frameAncestors)
  })
  const page = '<!doctype html>'
  app.get('/other', (_request, reply) => reply.type('text/html').send(page))
  app.get('/opened', (request, reply) => {
    request.isOpenedByPortal = true
    return reply.type('text/html').send(page)
  })
  app.get('/verified', (request, reply) => {
    request.isOpenedByPortal = true
    request.verifiedCall = verified
    return reply.type('text/html').send(page)
  })
  app.get('/allowed', async (request, reply) => {
    // A portal has one host unless the options say otherwise.
    await app.frameAncestors.remember(request, verified)
    await app.frameAncestors.allow(request, verified)
    return reply.type('text/html').send(page)
  })
  const rows: Array<[url: string, ancestors: string]> = [
    ['/other?DOMAIN=posted.example', "'none'"],
    ['/opened', "'none'"],
    ['/opened?DOMAIN=posted.example', "'self' https://posted.example"],
    ['/opened?DOMAIN=a;b', "'none'"],
    ['/verified?DOMAIN=posted.example', "'self' https://verified.example"],
    ['/allowed?DOMAIN=posted.example', "'self' https://verified.example"]
  ]
  for (const [url, ancestors] of rows) {
    const { headers } = await app.inject(url)
    t.equal(String(headers['content-security-policy']).split('frame-ancestors ')[1], ancestors, url)
  }
})

await t.test('frame ancestors: wrong options are named at registration', async t => {
  for (const otherHosts of ['{}', JSON.stringify({ store: {}, isAdmin: true })]) {
    const options = { otherHosts: JSON.parse(otherHosts) } // as plain JavaScript may pass them
    await t.rejects(build(t, async app => { await app.register(frameAncestors, options) }), {
      message: 'frame-ancestors: options.otherHosts must hold a store and the function isAdmin'
    }, otherHosts)
  }
})
