import { hash } from 'node:crypto'
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import authToken from '../../../plugins/auth-token/index.ts'
import installation from '../../../plugins/installation/index.ts'
import links, { type LinksOptions } from '../../../plugins/links/index.ts'
import page from '../../../plugins/page/index.ts'
import pageSession from '../../../plugins/page-session/index.ts'
import placementDispatch from '../../../plugins/placement-dispatch/index.ts'
import portalRest from '../../../plugins/portal-rest/index.ts'
import tokens from '../../../plugins/tokens/index.ts'
import { createKeyRing } from '../../../src/crypto/keys.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { installed, portal } from '../../store-contract/contract-values.ts'
import { verifiedCall } from '../../build.ts'
import { until } from '../../until.ts'

const keys = [Buffer.alloc(32)]
const clientId = 'app.1'
const { memberId, clientEndpoint: endpoint } = portal

/** A stranger's app with what the plugin depends on, and nothing else of ours. */
async function stranger (t: Test, prepare: (app: FastifyInstance) => void = () => {}) {
  const store = await openStore({ url: 'sqlite::memory:', keyRing: createKeyRing(keys[0]?.toString('base64') ?? '') })
  const app = Fastify()
  prepare(app)
  t.after(async () => {
    await app.close()
    await store.close()
  })
  await app.register(authToken, { clientId, clientSecret: 'secret' })
  await app.register(tokens, { store, clientId, servers: ['https://oauth.bitrix24.tech'] })
  await app.register(portalRest, { store })
  await app.register(placementDispatch)
  await app.register(page)
  await app.register(pageSession, { clientId, keys })
  await app.register(installation, {
    store,
    publicUrl: 'https://widget.example',
    handlerPath: '/placement',
    eventsPath: '/events',
    workerErrorsPath: '/events/worker',
    keys,
    servers: ['https://oauth.bitrix24.tech']
  })
  const register = async (options: Partial<LinksOptions> = {}) => {
    await app.register(links, { appCode: clientId, keys, apiKeys: [], store, retentionDays: 1, ...options })
  }
  return { app, store, register }
}

/** A route that hands over a call of user 7, which the stranger has verified. */
function addCalls (app: FastifyInstance) {
  app.placement('REST_APP_URI', async (request, reply) => await app.placements.features.answer(request, reply))
  app.get<{ Querystring: Record<string, unknown> }>('/call', async (request, reply) =>
    await app.placements.dispatch({
      code: 'REST_APP_URI',
      options: request.query,
      uri: undefined,
      portal: { ...portal, origin: 'https://example.bitrix24.com', endpoint },
      user: { id: 7 },
      rest: app.portalRest.open(verifiedCall()),
      lang: 'en'
    }, request, reply))
}

await t.test("links: works in a stranger's app that registers what it needs", async t => {
  const { app, store, register } = await stranger(t)
  const sha256 = hash('sha256', 'the key')
  await register({ apiKeys: [{ name: 'erp', sha256 }] })
  addCalls(app)
  const params = Type.Object({ partId: Type.Integer() })
  app.screen('part', { schema: { params }, title: 'Part' }, async ({ screen }) => ({ part: screen.params.partId }))
  const opened = await app.inject('/call?screen=part&partId=42')
  t.strictSame(opened.json(), { part: 42 })
  const { id } = app.links.write('part', { partId: 42 }, { portal: { memberId, endpoint } })
  const visits = async () => await app.links.visits.recent(memberId, 10, { userId: 7, isAdmin: false })
  t.match(await visits(), [{ id, total: 1 }])

  await store.install(installed, Date.now())
  const written = await app.inject({
    method: 'POST',
    url: '/api/links',
    headers: { authorization: 'Bearer the key' },
    body: { screen: 'part', params: { partId: 42 }, portal: memberId }
  })
  t.match(written.json(), { id })
})

await t.test('links: reads and writes JSON whatever the app around it has set for its own routes', async t => {
  const { app, store, register } = await stranger(t, app => {
    // As those of Zod do with what is no schema of theirs.
    app.setValidatorCompiler(() => { throw new Error('not a schema of mine') })
    app.setSerializerCompiler(() => { throw new Error('not a schema of mine') })
    app.setReplySerializer(() => '"of the host"')
    app.setErrorHandler(async (error, _request, reply) => await reply.code(401).send({ host: (error as Error).name }))
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => { done(null, body) })
  })
  await register({ apiKeys: [{ name: 'erp', sha256: hash('sha256', 'the key') }] })
  app.screen('part', { schema: { params: Type.Object({ partId: Type.Integer() }) }, title: 'Part' }, async () => 'ok')
  await store.install(installed, Date.now())
  const headers = { authorization: 'Bearer the key' }
  const write = async (body: object) => await app.inject({ method: 'POST', url: '/api/links', headers, body })
  t.match((await write({ screen: 'part', params: { partId: 42 }, portal: memberId })).json(), { path: /params/ })
  t.match((await write({ params: {} })).json(), { error: 'B24_ERR_CALL_MALFORMED', fields: [{ parameter: 'screen' }] })
  const visits = await app.inject(`/api/links/${'x'.repeat(16)}/visits`)
  t.strictSame([visits.statusCode, visits.json()], [401, { host: 'FastifyError' }])
})

await t.test('links: reads visits anew when the portal changes elsewhere', async t => {
  const { app, store, register } = await stranger(t)
  await register()
  await app.ready()
  const visits = async () => await app.links.visits.recent(memberId, 10, { userId: 7, isAdmin: true })
  app.links.visits.count({ screen: 'part', linkId: 'link-one-sixteen', params: {}, memberId, userId: 7 })
  t.equal((await visits()).length, 1)
  await store.database.deleteFrom('links' as 'installations').execute()
  t.equal((await visits()).length, 1, 'what was just read')
  await store.install(installed, Date.now())
  await until(async () => (await visits()).length === 0)
})

await t.test('links: stops the start when an option is wrong', async t => {
  const rows: Array<[options: object, message: string]> = [
    [{ appCode: 'quick' }, 'appCode must be the code of an application'],
    [{ keys: [] }, 'keys must be a list of keys of 32 bytes'],
    ...[undefined, [null]].map((apiKeys): typeof rows[number] => [{ apiKeys }, 'apiKeys must be a list of keys']),
    [{ store: undefined }, 'store must be a store'],
    ...[-1, 1.5, NaN].map((retentionDays): typeof rows[number] =>
      [{ retentionDays }, 'retentionDays must be a whole number of days'])
  ]
  for (const [options, message] of rows) {
    const { register } = await stranger(t)
    await t.rejects(register(options), { message: `links: options.${message}` })
  }
})
