import { join } from 'node:path'
import formbody from '@fastify/formbody'
import fastifyStatic from '@fastify/static'
import swagger from '@fastify/swagger'
import fastifyView from '@fastify/view'
import { Eta } from 'eta'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import type { Test } from 'tap'
import { sandbox, type Sandbox } from '../../sandbox/index.ts'
import app from '../../src/app.ts'
import type { AppOptions } from '../../src/app-options.ts'
import { loadConfig } from '../../src/config.ts'
import { logLines, type LogLine } from '../log-lines.ts'
import { freePort, postForm } from '../service.ts'

/** A Fastify application of somebody else, which has set everything that can be set, for itself. */
export async function createHost (t: Test): Promise<{ host: FastifyInstance, lines: LogLine[] }> {
  const { lines, stream } = logLines()
  const host = Fastify({
    logger: { level: 'info', stream },
    bodyLimit: 50_000,
    ajv: { customOptions: { coerceTypes: false, allErrors: true } }
  })
  t.after(() => host.close())
  // As @fastify/helmet does, as @fastify/rate-limit does, and as people do.
  host.addHook('onRequest', async (request, reply) => {
    reply.raw.setHeader('X-Frame-Options', 'SAMEORIGIN')
    reply.header('content-security-policy', "default-src 'self'; frame-ancestors 'none'")
    reply.header('x-ratelimit-limit', '100').header('cache-control', 'public, max-age=60')
    Object.assign(request, { startedAt: 1 })
  })
  host.addHook('onSend', async (request, reply, payload) => {
    reply.header('x-frame-options', 'DENY').header('x-host', 'yes')
    return payload
  })
  // Names of ours, in another sense, which the types know nothing of.
  const decorate: (name: string, value: unknown) => unknown = host.decorate.bind(host)
  decorate('config', { name: 'host' })
  decorate('database', 'of the host')
  decorate('tokens', null)
  host.decorateRequest('startedAt', 0).decorateRequest('user', null).decorateReply('theme', 'dark')
  await host.register(swagger, { openapi: { info: { title: 'The host', version: '1' } } })
  await host.register(formbody)
  await host.register(fastifyStatic, { root: join(import.meta.dirname, '../fixtures/host'), prefix: '/files/' })
  await host.register(fastifyView, {
    engine: { eta: new Eta() }, root: join(import.meta.dirname, '../fixtures/host'), viewExt: 'eta', layout: 'layout'
  })
  host.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => { done(null, body) })
  host.addContentTypeParser('*', (_request, _payload, done) => { done(null, 'anything') })
  host.setValidatorCompiler(() => () => ({ error: new Error('refused by the validator of the host') }))
  host.setSerializerCompiler(() => () => '"written by the serializer of the host"')
  host.setReplySerializer(payload => JSON.stringify({ host: payload }))
  host.setErrorHandler(async (error, request, reply) => await reply.code(418).send(`host: ${(error as Error).message}`))
  host.setNotFoundHandler(async (request, reply) => await reply.code(404).send('host: nothing here'))

  host.get('/', async (request: FastifyRequest, reply) =>
    await reply.view('page', { started: Reflect.get(request, 'startedAt') }))
  host.get('/config', async () => ({ ...host.config }))
  host.post('/echo', async ({ body }) => ({ body: Buffer.isBuffer(body) ? body.toString('hex') : body }))
  host.post('/strict', { schema: { body: { type: 'object' } } }, async () => 'never')
  host.get('/typed', { schema: { response: { 200: { type: 'object' } } } }, async () => ({ a: 1 }))
  host.get('/boom', async () => { throw new Error('boom') })
  host.get('/documentation', async () => host.swagger())
  return { host, lines }
}

/** A host, the app in it, and a portal that knows where. */
export async function startGuest (
  t: Test, { prefix, prepare, ...options }: {
    prefix?: string, prepare?: (host: FastifyInstance) => void, env?: Record<string, string>
  } & Partial<AppOptions> = {}
) {
  const url = `http://127.0.0.1:${await freePort()}${prefix ?? ''}`
  const bitrix24 = await sandbox({ appUrl: url })
  t.after(() => bitrix24.close())
  const { env, ...appOptions } = options
  const config = loadConfig({ ...bitrix24.env, ...env })
  const { host, lines } = await createHost(t)
  prepare?.(host)
  await host.register(app, { config, checksClient: false, ...appOptions, ...(prefix !== undefined && { prefix }) })
  await host.listen({ host: '127.0.0.1', port: config.port })
  return { url, origin: new URL(url).origin, sandbox: bitrix24, host, lines }
}

type Request = [method: string, path: string, contentType?: string, body?: string]

/** What people ask the host. */
const questions: Request[] = [
  ['GET', '/'], ['GET', '/config'], ['GET', '/health'], ['GET', '/nowhere'], ['GET', '/nowhere?x=1', 'text/html'],
  ['GET', '/files/host.txt'], ['GET', '/files/none.txt'], ['GET', '/boom'], ['GET', '/typed'], ['PUT', '/echo'],
  ['POST', '/echo', 'application/json', '{"a":1}'], ['POST', '/echo', 'application/x-www-form-urlencoded', 'a=1&a=2'],
  ['POST', '/echo', 'application/xml', '<a/>'], ['POST', '/echo', 'text/plain', 'a'], ['OPTIONS', '/echo'],
  ['POST', '/strict', 'application/x-www-form-urlencoded', 'a=1'], ['HEAD', '/'], ['GET', '/%zz'],
  ['GET', '/documentation'], ['GET', '/assets/nothing.js'], ['GET', '/public/nothing.js'],
  ['GET', '/unreadable-address']
]

/** All that the host answers: status, headers but for the date, and body. */
export async function answersOf (origin: string) {
  return await Promise.all(questions.map(async ([method, path, type, body = null]) => {
    const headers = type === undefined ? {} : { 'content-type': type }
    const answer = await fetch(origin + path, { method, headers, body })
    const kept = [...answer.headers].filter(([name]) => name !== 'date')
    return { question: `${method} ${path}`, status: answer.status, headers: kept, body: await answer.text() }
  }))
}

/** Posts a call of the portal to the address that the portal has for it. */
export async function callOf (bitrix24: Sandbox, code: string, options = {}) {
  const { url, payload } = bitrix24.portals.alpha.placementCall(code, options)
  return await postForm(url, payload)
}
