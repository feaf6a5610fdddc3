import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import { trace } from '@opentelemetry/api'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import type { PlacementCall } from '../../sandbox/index.ts'
import { parseSliderLink } from '../../src/http/slider-link.ts'
import { startCollector } from '../collector.ts'
import { sessionIn, startService, type Answer } from '../service.ts'
import { until } from '../until.ts'

// Every secret is marked. No mark may show up anywhere but in the store and at Bitrix24.
const mark = (name: string) => `canary${name}`.padEnd(64, '0123456789abcdef')

await t.test('app: lets no secret into a log line, page, header, error or span', async t => {
  const collector = await startCollector(t)
  const handled: string[] = []
  let echoed = ''
  const service = await startService(t, {
    methods: {
      'app.echo': () => { throw Object.assign(new Error(`No ${echoed}`), { code: echoed, status: 403 }) }
    },
    env: {
      ...collector.env,
      B24_CLIENT_SECRET: mark('clientsecret'),
      METRICS_TOKEN: mark('metrics'),
      LINKS_API_KEYS: `erp:${createHash('sha256').update(mark('apikey')).digest('hex')}`
    },
    prepare: fastify => {
      const params = Type.Object({ id: Type.Integer() })
      fastify.screen('shelf', { schema: { params }, signed: true, title: 'Shelf' }, async () => 'opened')
      fastify.placement('CRM_DYNAMIC_*_DETAIL_TAB', {}, async () => ({}))
      fastify.placement('PAGE_BACKGROUND_WORKER', {}, async () => ({}))
      const options = Type.Object({ dialogId: Type.Integer() })
      fastify.placement('IM_TEXTAREA', { schema: { options }, bindOptions: { iconName: 'fa-x' } }, async () => ({}))
      fastify.placement('CALL_CARD', {}, async request => {
        const { AUTH_ID, REFRESH_ID } = request.body as Record<string, string> // what a careless handler has at hand
        throw new Error(`careless: ${AUTH_ID} ${REFRESH_ID} ${request.url}`, { cause: new Error(AUTH_ID) })
      })
      fastify.post('/api/act', async request => {
        const { rest } = await fastify.verifyPageUser(request)
        const { headers, body } = request
        const authId = headers['x-b24-auth-id']
        const deep = [{ headers: { ...headers } }]
        request.log.info({ headers, deep, raw: request.raw.headers, list: [authId] }, `${authId}`)
        request.log.child({ headers }).warn(`${inspect(headers)} ${JSON.stringify(headers)}`)
        request.log.warn(`x-b24-auth-id: '${authId}' %j`, { body, rest, call: request.verifiedCall })
        const cause = new Error(`${authId}`)
        throw Object.assign(new Error(`careless: ${authId} ${JSON.stringify(body)}`), { headers, cause })
      })
      fastify.onInstalled(async ({ portal: { memberId }, rest }) => {
        const { tokens } = await fastify.tokens.holder(memberId)
        handled.push(tokens.accessToken, tokens.refreshToken)
        fastify.log.info({ tokens, rest }, `${inspect(tokens)}`)
        throw Object.assign(new Error(`careless: ${JSON.stringify(tokens)}`), { tokens, cause: tokens.refreshToken })
      })
      fastify.post('/api/list', async request => {
        const { rest } = await fastify.verifyPageUser(request)
        return await rest.list('app.echo')
      })
      fastify.placement('TASK_VIEW_TAB', {}, async request =>
        ({ grant: await fastify.pageTokens.sealGrant(request, { deal: mark('granted') }) }))
      fastify.placement('LEFT_MENU', {}, async (request, reply) => {
        const body = request.body as Record<string, string> // what a careless handler has at hand
        const { log, headers, url } = request
        const { AUTH_ID, REFRESH_ID } = body
        const parts = { request, reply, req: request.raw, res: reply.raw, body, headers, url }
        const span = trace.getTracer('careless').startSpan(`open ${AUTH_ID}`)
        span.setAttributes({ ...headers, ...body, url, note: `${AUTH_ID} ${REFRESH_ID}` }).addEvent(`${AUTH_ID}`, body)
        span.recordException(new Error(AUTH_ID))
        span.setStatus({ code: 2, message: `${AUTH_ID}` }).end()
        const children = [log.child({ part: 'careless' }), log.child(parts), fastify.log.child({ deep: parts })]
        for (const logger of [log, fastify.log, ...children]) {
          logger.info(parts, 'all of it')
          const form = new URLSearchParams(body)
          logger.warn({ deep: [{ parts }], tokens: [AUTH_ID], form, text: JSON.stringify(body) })
          logger.info(request)
          logger.info(reply)
          logger.info(request.raw)
          logger.info(`${inspect(body)} ${url} Bearer ${AUTH_ID}`)
          logger.error('%j %o %s', request, body, REFRESH_ID)
          logger.error(Object.assign(new Error(AUTH_ID), { request, name: REFRESH_ID, code: AUTH_ID }))
        }
        throw Object.assign(new AggregateError([new Error(AUTH_ID), AUTH_ID], REFRESH_ID), {
          name: AUTH_ID,
          code: REFRESH_ID,
          config: { headers: { authorization: AUTH_ID } },
          cause: Object.assign(new Error(), { name: AUTH_ID })
        })
      })
    }
  })
  const { alpha, beta } = service.sandbox.portals
  const { sandbox } = service
  const out: string[] = []
  const applicationTokens = [alpha.applicationToken, beta.applicationToken]
  const secrets = new Set([mark('clientsecret'), service.config.appSecret, ...applicationTokens])

  const keep = (call: PlacementCall) => {
    for (const name of ['AUTH_ID', 'REFRESH_ID', 'APPLICATION_TOKEN']) secrets.add(call.body[name] ?? mark(name))
    secrets.add(call.query['APP_SID'] ?? mark('sid'))
    return call
  }
  const record = async (answering: Promise<Answer>, status: number, name: string) => {
    const { status: got, headers, text } = await answering
    t.equal(got, status, name)
    out.push(`${name}: ${JSON.stringify([...headers])} ${text}`)
  }
  const ask = async (path: string, bearer: string, init: RequestInit = {}): Promise<Answer> => {
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
    const answer = await fetch(service.url + path, { headers, ...init })
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }
  const open = (code: string, options = {}) =>
    keep(alpha.placementCall(code, { handler: `${service.url}/placement`, ...options }))
  const install = (options = {}) => open('DEFAULT', { handler: `${service.url}/install`, ...options })
  type Fields = Record<string, string | undefined>
  const send = (status: number, name: string, call: PlacementCall, body: Fields = {}, query = {}) => {
    for (const value of Object.values(body)) if (value?.startsWith('canary')) secrets.add(value)
    return record(service.call(call, { body, query }), status, name)
  }
  const encode = (call: PlacementCall) => new URLSearchParams(call.body).toString()

  // Counting begins with the first reading.
  await record(ask('/metrics', mark('metrics')), 200, 'metrics')
  await send(403, 'not installed', open('REST_APP_URI'))
  await send(200, 'install', install())
  await send(403, 'install by an employee', install({ user: alpha.users.employee }))
  alpha.installed = true
  await send(200, 'accepted', open('REST_APP_URI', { params: { a: 'b' }, uri: '/crm/?sessid=' + mark('sessid') }))
  secrets.add(mark('sessid'))
  await send(200, 'home', open('DEFAULT'))
  await send(500, 'the handler throws', open('CALL_CARD'))
  await send(500, 'the handler logs all it has', open('LEFT_MENU'))
  await send(404, 'unknown placement', open('IM_SIDEBAR'))
  await send(404, 'a token in the wrong field', open('IM_SIDEBAR'), { PLACEMENT: mark('placement') })
  const family = { PLACEMENT: `CRM_DYNAMIC_${mark('family')}_DETAIL_TAB` }
  await send(200, 'a token in the code of a family', open('IM_SIDEBAR'), family)
  secrets.add(mark('family'))
  await send(400, 'options that do not fit', open('IM_TEXTAREA', { params: { dialogId: mark('dialog') } }))
  secrets.add(mark('dialog'))
  await send(400, 'options that are none', open('REST_APP_URI'), { PLACEMENT_OPTIONS: mark('options') })
  const prototype = { PLACEMENT_OPTIONS: `{"__proto__":{"a":"${mark('proto')}"}}` }
  await send(400, 'prototype in the options', open('REST_APP_URI'), prototype)
  await send(401, 'no AUTH_ID', open('REST_APP_URI'), { AUTH_ID: '' })
  for (let n = 0; n < 11; n++) {
    await send(401, 'unknown AUTH_ID', open('REST_APP_URI'), { AUTH_ID: mark(`unknown${n}`) })
  }
  const granted = (options: object) => ({ AUTH_ID: alpha.grant(alpha.users.admin, options).accessToken })
  await send(401, 'expired AUTH_ID', open('REST_APP_URI'), granted({ expiresIn: -1 }))
  const employees = open('REST_APP_URI', { user: alpha.users.employee })
  await send(403, 'wrong application token', employees, { APPLICATION_TOKEN: mark('apptoken') })
  await send(200, 'a new application token', open('REST_APP_URI'), { APPLICATION_TOKEN: mark('changedtoken') })
  await send(200, 'the old application token again', open('REST_APP_URI'))
  await send(403, 'foreign application', open('REST_APP_URI'), granted({ clientId: 'local.other' }))
  const betas = { AUTH_ID: beta.grant(beta.users.admin).accessToken, APPLICATION_TOKEN: undefined }
  await send(403, 'foreign portal', open('REST_APP_URI'), betas)
  await send(400, 'foreign server', open('REST_APP_URI'), { SERVER_ENDPOINT: 'https://evil.example/' })
  await send(200, 'an unreadable lifetime', open('REST_APP_URI'), { AUTH_EXPIRES: mark('expires') })
  await send(400, 'malformed', open('REST_APP_URI'), { member_id: mark('member') + '!' })
  await send(400, 'DOMAIN', open('REST_APP_URI'), {}, { DOMAIN: `${mark('domain')}#` })
  const call = open('REST_APP_URI')
  const { pathname, search } = new URL(call.url)
  await record(service.post(pathname + search, encode(call) + '&AUTH_ID=1'), 400, 'repeated')
  const plain = { 'content-type': 'text/plain' }
  await record(service.post(`/placement?APP_SID=${mark('sid')}`, encode(call), plain), 415, '415')
  await record(service.post('/placement', `${encode(call)}&x=${'x'.repeat(140_000)}`), 413, '413')
  await record(service.post(`/nowhere/${mark('path')}?AUTH_ID=${mark('query')}`, encode(call)), 404, '404')
  await record(service.post(`/${mark('bad')}%zz`, encode(call)), 400, 'bad address')
  await record(service.post('/health', encode(call)), 405, '405')
  const addresses: Array<[name: string, path: string, status: number]> = [
    ['a wrong address in the card', `/${mark('card')}?DOMAIN=${alpha.domain}&APP_SID=${mark('cardsid')}`, 404],
    ['a malformed one', `/${mark('badcard')}%zz?DOMAIN=${alpha.domain}&APP_SID=${mark('badcardsid')}`, 400],
    ['a pattern', `/api/links/${mark('long').repeat(3)}/:a(((${mark('pattern')}`, 405],
    ['a call at the address of events', `/events?APP_SID=${mark('eventsid')}`, 404]
  ]
  for (const [name, path, status] of addresses) {
    await record(service.post(path, encode(call), { accept: 'text/html' }), status, name)
  }
  await record(ask('/api/me', mark('session')), 401, 'api')

  // A page that acts as its user.
  const session = sessionIn(await service.call(open('REST_APP_URI')))
  const { grant } = JSON.parse((await service.call(open('TASK_VIEW_TAB'))).text)
  for (const secret of [grant, mark('session'), mark('granted')]) secrets.add(secret)
  const act = (bearer: string, authId: string) => {
    secrets.add(authId)
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', 'x-b24-auth-id': authId }
    return ask('/api/act', bearer, { method: 'POST', headers, body: JSON.stringify({ grant }) })
  }
  await record(act(session, alpha.grant(alpha.users.admin).accessToken), 500, 'a careless route')
  await record(act(session, alpha.grant(alpha.users.employee).accessToken), 401, "another user's token")
  await record(act(session, mark('pagetoken')), 401, 'an unknown token of a page')
  await record(act(mark('session'), mark('pagetoken')), 401, 'a token without a session')
  const exchange = (bearer: string, authId: string) => {
    secrets.add(authId)
    return ask('/api/session', bearer, { method: 'POST', body: JSON.stringify({ authId }) })
  }
  const exchanged = await exchange(session, alpha.grant(alpha.users.admin).accessToken)
  t.equal(exchanged.status, 200)
  secrets.add(JSON.parse(exchanged.text).session)
  await record(exchange(session, alpha.grant(alpha.users.employee).accessToken), 401, "another user's token, exchanged")
  await record(exchange(session, mark('exchangetoken')), 401, 'an unknown token, exchanged')
  await record(exchange(session, mark('longtoken').repeat(20)), 400, 'a token that is too long, exchanged')
  await record(exchange(mark('endedsession'), mark('exchangedtoken')), 401, 'a token without a session, exchanged')
  secrets.add(mark('endedsession'))
  echoed = alpha.grant(alpha.users.admin).accessToken
  secrets.add(echoed)
  const asUser = { 'x-b24-auth-id': echoed, authorization: `Bearer ${session}` }
  await record(ask('/api/list', session, { method: 'POST', headers: asUser }), 502, 'a list of a portal that echoes')

  // What else comes in: the doctor's question, and the name of a handler.
  const question = { 'b24-doctor': mark('question') }
  secrets.add(mark('question')).add(mark('handler'))
  await record(ask('/health/doctor', '', { headers: question }), 404, 'a question that is not ours')
  const named = await service.post(`/placement?handler=${mark('handler')}`, encode(open('TASK_VIEW_TAB')))
  await record(Promise.resolve(named), 400, 'a name that is none')

  // Screens: what a link carries, what a page may answer with, and who may write links.
  const linkTo = (screen: string, params: Record<string, unknown>): Record<string, unknown> => {
    const portal = { memberId: alpha.memberId, endpoint: `${alpha.url}/rest/` }
    const { path } = service.fastify.links.write(screen, params, { portal })
    const options = parseSliderLink(path).params as Record<string, unknown> // a link to a screen carries its name
    return options
  }
  const request = linkTo('shelf', { id: 7 })
  await send(200, 'a screen', open('REST_APP_URI', { params: request }))
  secrets.add(String(request['sig']))
  await send(403, 'a changed link', open('REST_APP_URI', { params: { ...request, id: 8 } }))
  await send(404, 'an unknown screen', open('REST_APP_URI', { params: { screen: mark('screen') } }))
  secrets.add(mark('screen'))
  for (const [key, status] of [[mark('apikey'), 400], [mark('otherkey'), 401]] as const) {
    secrets.add(key)
    const body = JSON.stringify({ screen: 'shelf', params: { id: mark('param') }, portal: alpha.memberId })
    await record(ask('/api/links', key, { method: 'POST', body }), status, 'a link by key')
  }
  const written = JSON.stringify({ screen: 'shelf', params: { id: 7 }, portal: alpha.memberId })
  t.equal((await ask('/api/links', mark('apikey'), { method: 'POST', body: written })).status, 200)
  secrets.add(mark('param'))
  for (const [token, status] of [[mark('metrics'), 200], [mark('guess'), 401]] as const) {
    secrets.add(token)
    await record(ask('/metrics', token), status, 'metrics')
  }

  for (const trouble of ['down', 'nonsense', 'error'] as const) {
    sandbox.trouble.authorizationServer = trouble
    await send(503, `authorization server ${trouble}`, open('REST_APP_URI'))
  }
  sandbox.trouble.authorizationServer = 'none'
  for (const trouble of ['down', 'nonsense'] as const) {
    sandbox.trouble.rest = trouble
    await send(503, `REST ${trouble}`, install())
  }
  sandbox.trouble.rest = 'none'

  type EventName = 'ONAPPINSTALL' | 'ONAPPUPDATE' | 'ONAPPUNINSTALL' | 'ONAPPUSERREADY'
  const event = async (name: EventName, status: number, overrides = {}, path = '/events') => {
    const { body } = alpha.event(name, overrides)
    for (const field of ['access_token', 'refresh_token', 'application_token']) {
      secrets.add(body[`auth[${field}]`] ?? mark(field)).add(body[`data[${field}]`] ?? mark(field))
    }
    await record(service.post(path, body), status, `${name} at ${path}`)
  }
  const worker = alpha.placements.find(({ placement }) => placement === 'PAGE_BACKGROUND_WORKER')
  const errors = new URL(String(worker?.options['errorHandlerUrl']))
  secrets.add(String(errors.searchParams.get('key')))
  const workerError = { error: mark('workererror') }
  await record(service.post(errors.pathname + errors.search, workerError), 200, 'a removed worker')
  secrets.add(mark('workererror'))
  await event('ONAPPINSTALL', 200)
  const evil = { 'auth[access_token]': mark('eventtoken'), 'auth[server_endpoint]': 'https://evil.example/rest/' }
  await event('ONAPPINSTALL', 400, evil, '/install')
  await event('ONAPPINSTALL', 401, { 'auth[access_token]': mark('eventtoken') })
  sandbox.trouble.authorizationServer = 'down'
  await event('ONAPPINSTALL', 200, { 'auth[access_token]': mark('kepttoken') })
  sandbox.trouble.authorizationServer = 'none'
  await event('ONAPPUSERREADY', 200, { 'data[refresh_token]': mark('refresh'), 'data[user_id]': mark('user') })
  secrets.add(mark('user'))
  await event('ONAPPUSERREADY', 400, { 'data[refresh_token]': mark('refresh').repeat(9) })
  await event('ONAPPUSERREADY', 200, {}, '/install')
  // No refresh succeeds with this client secret.
  const { accessToken, refreshToken } = alpha.grant(alpha.systemUser)
  const ofSystemUser = { accessToken, refreshToken, expiresAt: Date.now() + 3_600_000 }
  await service.store.systemUsers.put(alpha.memberId, alpha.systemUser.id, ofSystemUser, Date.now())
  secrets.add(accessToken).add(refreshToken)
  for (const trouble of ['down', 'none'] as const) {
    sandbox.trouble.rest = trouble
    const asking = service.fastify.portal(alpha.memberId).rest.call('no.such.method')
    service.fastify.log.error(await asking.then(() => ({}), err => ({ err })))
  }
  t.match(await service.fastify.tokens.preferred(alpha.memberId), { tokens: ofSystemUser })
  service.fastify.log.info({ ofSystemUser }, inspect(ofSystemUser))
  await event('ONAPPUPDATE', 200)
  const { database } = service.store
  const journal = async () => await database.selectFrom('journal' as 'installations').selectAll().execute()
  await until(async () => (await journal()).length > 5)
  out.push(...(await journal()).map(row => JSON.stringify(row)))
  await event('ONAPPUNINSTALL', 403, { 'auth[application_token]': mark('eventapptoken') })
  await event('ONAPPUNINSTALL', 200)
  const metrics = await ask('/metrics', mark('metrics'))
  t.match(metrics.text, 'B24_ERR_AUTH_ID_UNKNOWN')
  for (const portal of [alpha, beta]) t.notMatch(metrics.text, new RegExp(`${portal.memberId}|${portal.domain}`))
  await record(Promise.resolve(metrics), 200, 'metrics after all')
  await service.fastify.close()
  t.ok(handled.length > 0)
  for (const token of handled) secrets.add(token)

  out.push(...service.log, ...collector.bodies)
  t.ok(collector.spans().length > 400)
  const spanNames = new Set(collector.spans().map(({ name }) => name))
  for (const name of ['ONAPPINSTALL', 'ONAPPUPDATE', 'running lifecycle handlers', 'writing entries of the journal']) {
    t.ok(spanNames.has(name), name)
  }
  t.ok(service.log.length > 40)
  t.notOk(service.log.join('').includes(session), 'a page session is in its page only')
  for (const secret of secrets) {
    const leaks = out.filter(line => line.includes(secret) || line.includes(encodeURIComponent(secret)))
    t.strictSame(leaks.map(line => line.slice(0, 40)), [], `one of ${secrets.size} secrets`)
  }
  const events = new Set(service.lines().map(({ event }) => event))
  for (const event of [
    'app.installed', 'application-token.replaced', 'link.written', 'link.opened', 'calls.refused', 'system-user.refused'
  ]) {
    t.ok(events.has(event), event)
  }
  const calls = service.lines().filter(({ msg }) => msg === 'call')
  const answered = calls.find(({ placement, outcome }) => placement === 'REST_APP_URI' && outcome === 'answered')
  t.match(answered, { member: /^.{12}$/, ms: Number, reqId: /^.{36}$/ })
  t.ok(Number(answered?.['ms']) > 0)
  t.ok(calls.some(({ placement }) => placement === 'CRM_DYNAMIC_*_DETAIL_TAB'))
  t.ok(calls.some(({ outcome, stage }) => outcome === 'B24_ERR_APPLICATION_TOKEN' && stage === 'application-token'))
})
