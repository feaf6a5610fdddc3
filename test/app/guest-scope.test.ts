import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import { loadConfig } from '../../src/config.ts'
import app from '../../src/app.ts'
import { sandbox } from '../../sandbox/index.ts'
import { startGuest } from './guest-host.ts'

const prefix = '/b24'

/** What a host cannot have beside the app: the error of its start. */
async function refusal (prepare: (host: FastifyInstance) => void, options = {}): Promise<string> {
  const { env, close } = await sandbox()
  const host = Fastify()
  prepare(host)
  host.register(app, { config: loadConfig(env), checksClient: false, ...options })
  const message = await host.ready().then(() => 'none', (error: Error) => error.message)
  await host.close()
  await close()
  return message
}

await t.test('guest: answers what is unknown below its prefix, nothing else', async t => {
  const { url, origin } = await startGuest(t, {
    prefix, prepare: host => { host.all('/*', async (_request, reply) => await reply.code(200).send('wildcard')) }
  })
  const json = { error: 'B24_ERR_NOT_FOUND', status: 404 }
  for (const path of ['', '/', '/nowhere', '/api/nowhere?x=1', '/assets/none.js', '/placement/no']) {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const answer = await fetch(url + path, { method })
      t.equal(answer.status, 404, `${method} ${path}`)
      t.match(await answer.json(), json)
    }
  }
  const page = await fetch(`${url}/nowhere`, { headers: { accept: 'text/html' } })
  t.equal(page.status, 404)
  t.match(await page.text(), 'B24_ERR_NOT_FOUND')
  const method = await fetch(`${url}/events`, { method: 'PUT', body: 'x', headers: { 'content-type': 'a/b' } })
  t.equal(method.status, 405)
  t.equal(method.headers.get('allow'), 'POST')
  t.match(await (await fetch(`${origin}/nowhere`)).text(), 'wildcard')
  t.match(await (await fetch(`${origin}/b24-not`)).text(), 'wildcard')
})

await t.test('guest: answers errors of hooks of its host with its own', async t => {
  const { url } = await startGuest(t, {
    prefix,
    prepare: host => {
      host.addHook('onRequest', async ({ headers }, reply) => {
        if (headers['x-many'] === undefined) return
        reply.header('retry-after', '7')
        throw Object.assign(new Error('of the host'), { statusCode: Number(headers['x-many']) })
      })
    }
  })
  const ask = async (status: string) => await fetch(`${url}/placement`, { headers: { 'x-many': status } })
  const limited = await ask('429')
  t.equal(limited.status, 429)
  t.equal(limited.headers.get('retry-after'), '7')
  const text = await limited.text()
  t.match(text, 'B24_ERR_RATE_LIMITED')
  t.notMatch(text, 'of the host')
  t.equal((await ask('403')).status, 403)
})

await t.test('guest: gives an application parsers and schemas of Fastify', async t => {
  const routes = t.testdir({
    routes: {
      'own.js': `export default async fastify => {
        fastify.addSchema({ $id: 'part', type: 'object', properties: { id: { type: 'integer' } } })
        fastify.post('/own', async ({ body }) => ({ body }))
        const schema = { body: { $ref: 'part#' }, response: { '2xx': { $ref: 'part#' } } }
        fastify.post('/part', { schema }, async ({ body }) => ({ ...body, secret: 1 }))
        fastify.get('/', async () => 'of the application')
        fastify.get('/*', async () => 'wildcard of the application')
      }`
    }
  })
  const { url } = await startGuest(t, { prefix, application: routes })
  const post = async (path: string, type: string, body: string) =>
    await (await fetch(url + path, { method: 'POST', headers: { 'content-type': type }, body })).json()
  t.strictSame(await post('/own', 'text/plain', 'a text'), { body: 'a text' })
  t.strictSame(await post('/own', 'application/json', '{"a":1}'), { body: { a: 1 } })
  t.strictSame(await post('/part', 'application/json', '{"id":"7"}'), { id: 7 })
  t.match(await post('/part', 'application/json', '{"id":"x"}'), { error: 'B24_ERR_CALL_MALFORMED' })
  t.equal(await (await fetch(`${url}/nowhere`)).text(), 'wildcard of the application')
  t.equal(await (await fetch(url)).text(), 'of the application')
})

await t.test('guest: has its own health where the host has none', async t => {
  const { url } = await startGuest(t)
  t.strictSame(await (await fetch(`${url}/health`)).json(), { status: 'ok' })
})

await t.test('guest: shares a host with another application', async t => {
  const other = await sandbox()
  t.after(() => other.close())
  const config = loadConfig({ ...other.env, PUBLIC_URL: `${other.env.PUBLIC_URL}/other` })
  const { origin } = await startGuest(t, {
    prefix, prepare: host => { host.register(app, { config, checksClient: false, prefix: '/other' }) }
  })
  for (const path of ['/b24', '/other']) t.equal((await fetch(`${origin}${path}/ready`)).status, 200, path)
})

await t.test('guest: names a decorator that the host has taken', async t => {
  for (const name of ['placement', 'verifiedCall', 'screen', 'toJSON']) {
    const message = await refusal(host => { host.decorateRequest(name, null) }, { prefix })
    t.match(message, `app: the host has decorated request.${name}, which the app needs: rename yours`)
  }
  for (const name of ['page', 'toJSON']) {
    t.match(await refusal(host => { host.decorateReply(name, null) }), `app: the host has decorated reply.${name},`)
  }
})

await t.test('guest: names a route that the host has taken', async t => {
  const taken = (host: FastifyInstance) => { host.post('/placement', async () => '') }
  const message = 'app: the host has a route POST /placement, which the app needs: register the app with a prefix'
  t.match(await refusal(taken), message)
  t.equal(await refusal(taken, { prefix }), 'none')
})

await t.test('guest: says which of its options is wrong', async t => {
  const rows: Array<[options: Record<string, unknown>, message: string]> = [
    [{ config: process.env }, 'app: options.config must be what loadConfig returns'],
    [{ store: {} }, 'app: options.store must be a store of installations'],
    [{ application: 'my-app' }, 'app: options.application must be an absolute path'],
    [{ shutdown: true }, 'app: options.shutdown must be an AbortSignal'],
    [{ standAlone: true }, 'app has no option "standAlone"; it has config, store, application, standalone, prefix']
  ]
  for (const [options, message] of rows) t.match(await refusal(() => {}, options), message)
  for (const prefix of ['', 'b24']) t.equal(await refusal(() => {}, { prefix }), 'none')
})

await t.test('guest: refuses a Fastify that is too old in one sentence', async t => {
  const message = await refusal(host => { Object.defineProperty(host, 'version', { value: '5.9.0' }) })
  t.equal(message, "fastify-plugin: fastify-bitrix24 - expected '>=5.10.0 <6' fastify version, '5.9.0' is installed")
})

await t.test('guest: warns when PUBLIC_URL does not lead to it', async t => {
  const { lines } = await startGuest(t, { prefix, env: { PUBLIC_URL: 'http://127.0.0.1/elsewhere' } })
  t.match(lines.filter(({ level }) => level === 40).map(({ msg }) => msg).join(), 'PUBLIC_URL does not end with /b24')
})

await t.test('guest: hooks in a scope beside it leave its bodies alone', async t => {
  const { url, origin } = await startGuest(t, {
    prefix,
    prepare: host => {
      host.register(async own => {
        own.addHook('preSerialization', async (_request, _reply, payload) => ({ data: payload }))
        own.addHook('onSend', async (_request, _reply, payload) => `${String(payload)}\n`)
        own.get('/orders', async () => [])
      })
    }
  })
  // The host of these tests has a serializer of its own.
  t.equal(await (await fetch(`${origin}/orders`)).text(), '{"host":{"data":[]}}\n')
  t.equal(await (await fetch(`${url}/health`)).text(), '{"status":"ok"}')
})
