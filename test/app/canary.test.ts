import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { parseSliderLink } from '../../src/http/slider-link.ts'
import { startService } from '../service.ts'

// Every secret is marked; whatever happens to a call, none of the marks may come out anywhere but in the store and at Bitrix24.
const mark = (name: string) => `canary${name}`.padEnd(64, '0123456789abcdef')

await t.test('app: lets no secret into a log line, page, header or error', async t => {
  const service = await startService(t, {
    env: {
      B24_CLIENT_SECRET: mark('clientsecret'),
      METRICS_TOKEN: mark('metrics'),
      LINKS_API_KEYS: `erp:${createHash('sha256').update(mark('apikey')).digest('hex')}`
    },
    prepare: fastify => {
      const params = Type.Object({ id: Type.Integer() })
      fastify.screen('shelf', { schema: { params }, signed: true, title: 'Shelf' }, async () => 'opened')
      fastify.placement('CRM_DYNAMIC_*_DETAIL_TAB', {}, async () => ({}))
      fastify.placement('PAGE_BACKGROUND_WORKER', {}, async () => ({}))
      fastify.placement('IM_TEXTAREA', { schema: { options: Type.Object({ dialogId: Type.Integer() }) } }, async () => ({}))
      fastify.placement('CALL_CARD', {}, async request => {
        const { AUTH_ID, REFRESH_ID } = request.body as Record<string, string> // what a careless handler has at hand
        throw new Error(`careless: ${AUTH_ID} ${REFRESH_ID} ${request.url}`, { cause: new Error(AUTH_ID) })
      })
      fastify.placement('LEFT_MENU', {}, async (request, reply) => {
        const body = request.body as Record<string, string> // what a careless handler has at hand
        const { log } = request
        const parts = { request, reply, req: request.raw, res: reply.raw, body, headers: request.headers, url: request.url }
        for (const logger of [log, fastify.log, log.child({ part: 'careless' }), log.child(parts), fastify.log.child({ deep: parts })]) {
          logger.info(parts, 'all of it')
          logger.warn({ deep: [{ parts }], tokens: [body['AUTH_ID']], form: new URLSearchParams(body), text: JSON.stringify(body) })
          logger.info(request)
          logger.info(reply)
          logger.info(request.raw)
          logger.info(`${inspect(body)} ${request.url} Bearer ${body['AUTH_ID']}`)
          logger.error('%j %o %s', request, body, body['REFRESH_ID'])
          logger.error(Object.assign(new Error(body['AUTH_ID']), { request, name: body['REFRESH_ID'], code: body['AUTH_ID'] }))
        }
        throw Object.assign(new AggregateError([new Error(body['AUTH_ID']), body['AUTH_ID']], body['REFRESH_ID']), {
          name: body['AUTH_ID'], code: body['REFRESH_ID'], config: { headers: { authorization: body['AUTH_ID'] } }, cause: Object.assign(new Error(), { name: body['AUTH_ID'] })
        })
      })
    }
  })
  const { alpha, beta } = service.sandbox.portals
  const { sandbox } = service
  const out: string[] = []
  const secrets = new Set([mark('clientsecret'), service.config.appSecret, alpha.applicationToken, beta.applicationToken])

  type Call = ReturnType<typeof alpha.placementCall>
  const keep = (call: Call) => {
    for (const name of ['AUTH_ID', 'REFRESH_ID', 'APPLICATION_TOKEN']) secrets.add(call.body[name] ?? mark(name))
    secrets.add(call.query['APP_SID'] ?? mark('sid'))
    return call
  }
  const record = async (answering: Promise<{ status: number, headers: Headers, text: string }>, status: number, name: string) => {
    const { status: got, headers, text } = await answering
    t.equal(got, status, name)
    out.push(`${name}: ${JSON.stringify([...headers])} ${text}`)
  }
  const open = (code: string, options = {}) => keep(alpha.placementCall(code, { handler: `${service.url}/placement`, ...options }))
  const send = (status: number, name: string, call: Call, body: Record<string, string | undefined> = {}, query: Record<string, string> = {}) => {
    for (const value of Object.values(body)) if (value?.startsWith('canary')) secrets.add(value)
    return record(service.call(call, { body, query }), status, name)
  }
  const encode = (call: Call) => new URLSearchParams(call.body).toString()

  await send(403, 'not installed', open('REST_APP_URI'))
  await record(service.call(keep(alpha.placementCall('DEFAULT', { handler: `${service.url}/install` }))), 200, 'install')
  await send(403, 'install by an employee', keep(alpha.placementCall('DEFAULT', { handler: `${service.url}/install`, user: alpha.users.employee })))
  alpha.installed = true
  await send(200, 'accepted', open('REST_APP_URI', { params: { a: 'b' }, uri: '/crm/?sessid=' + mark('sessid') }))
  secrets.add(mark('sessid'))
  await send(200, 'home', open('DEFAULT'))
  await send(500, 'the handler throws', open('CALL_CARD'))
  await send(500, 'the handler logs all it has', open('LEFT_MENU'))
  await send(404, 'unknown placement', open('IM_SIDEBAR'))
  await send(404, 'a token in the wrong field', open('IM_SIDEBAR'), { PLACEMENT: mark('placement') })
  await send(200, 'a token in the code of a family', open('IM_SIDEBAR'), { PLACEMENT: `CRM_DYNAMIC_${mark('family')}_DETAIL_TAB` })
  secrets.add(mark('family'))
  await send(400, 'options that do not fit', open('IM_TEXTAREA', { params: { dialogId: mark('dialog') } }))
  secrets.add(mark('dialog'))
  await send(400, 'options that are none', open('REST_APP_URI'), { PLACEMENT_OPTIONS: mark('options') })
  await send(400, 'prototype in the options', open('REST_APP_URI'), { PLACEMENT_OPTIONS: `{"__proto__":{"a":"${mark('proto')}"}}` })
  await send(401, 'no AUTH_ID', open('REST_APP_URI'), { AUTH_ID: '' })
  await send(401, 'unknown AUTH_ID', open('REST_APP_URI'), { AUTH_ID: mark('unknown') })
  await send(401, 'expired AUTH_ID', open('REST_APP_URI'), { AUTH_ID: alpha.grant(alpha.users.admin, { expiresIn: -1 }).accessToken })
  await send(403, 'wrong application token', open('REST_APP_URI', { user: alpha.users.employee }), { APPLICATION_TOKEN: mark('apptoken') })
  await send(200, 'an application token that has changed', open('REST_APP_URI'), { APPLICATION_TOKEN: mark('changedtoken') })
  await send(200, 'and changed back', open('REST_APP_URI'))
  await send(403, 'foreign application', open('REST_APP_URI'), { AUTH_ID: alpha.grant(alpha.users.admin, { clientId: 'local.other' }).accessToken })
  await send(403, 'foreign portal', open('REST_APP_URI'), { AUTH_ID: beta.grant(beta.users.admin).accessToken, APPLICATION_TOKEN: undefined })
  await send(400, 'foreign server', open('REST_APP_URI'), { SERVER_ENDPOINT: 'https://evil.example/' })
  await send(200, 'a lifetime that is none', open('REST_APP_URI'), { AUTH_EXPIRES: mark('expires') })
  await send(400, 'malformed', open('REST_APP_URI'), { member_id: mark('member') + '!' })
  await send(400, 'DOMAIN', open('REST_APP_URI'), {}, { DOMAIN: `${mark('domain')}#` })
  const call = open('REST_APP_URI')
  await record(service.post(new URL(call.url).pathname + new URL(call.url).search, encode(call) + '&AUTH_ID=1'), 400, 'repeated')
  await record(service.post(`/placement?APP_SID=${mark('sid')}`, encode(call), { 'content-type': 'text/plain' }), 415, '415')
  await record(service.post('/placement', `${encode(call)}&x=${'x'.repeat(140_000)}`), 413, '413')
  await record(service.post(`/nowhere/${mark('path')}?AUTH_ID=${mark('query')}`, encode(call)), 404, '404')
  await record(service.post(`/${mark('bad')}%zz`, encode(call)), 400, 'bad address')
  await record(service.post('/health', encode(call)), 405, '405')
  const card = { accept: 'text/html' }
  await record(service.post(`/${mark('card')}?DOMAIN=${alpha.domain}&APP_SID=${mark('cardsid')}`, encode(call), card), 404, 'a wrong address in the card')
  await record(service.post(`/${mark('badcard')}%zz?DOMAIN=${alpha.domain}&APP_SID=${mark('badcardsid')}`, encode(call), card), 400, 'a bad one')
  await record(service.post(`/api/links/${mark('long').repeat(3)}/:a(((${mark('pattern')}`, encode(call), card), 405, 'a pattern')
  await record(service.post(`/events?APP_SID=${mark('eventsid')}`, encode(call), card), 404, 'a call where events are taken')
  const asked = await fetch(`${service.url}/api/me`, { headers: { authorization: `Bearer ${mark('session')}` } })
  await record(Promise.resolve({ status: asked.status, headers: asked.headers, text: await asked.text() }), 401, 'api')

  // Screens: what a link carries, what a page may answer with, and who may write links.
  const linkTo = (screen: string, params: Record<string, unknown>): Record<string, unknown> => {
    const { path } = service.fastify.links.write(screen, params, { portal: { memberId: alpha.memberId, endpoint: `${alpha.url}/rest/` } })
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
    const answer = await fetch(`${service.url}/api/links`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ screen: 'shelf', params: { id: mark('param') }, portal: alpha.memberId })
    })
    await record(Promise.resolve({ status: answer.status, headers: answer.headers, text: await answer.text() }), status, 'a link by key')
  }
  secrets.add(mark('param'))
  for (const [token, status] of [[mark('metrics'), 200], [mark('guess'), 401]] as const) {
    secrets.add(token)
    const answer = await fetch(`${service.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })
    await record(Promise.resolve({ status: answer.status, headers: answer.headers, text: await answer.text() }), status, 'metrics')
  }

  for (const trouble of ['down', 'nonsense', 'error'] as const) {
    sandbox.trouble.authorizationServer = trouble
    await send(503, `authorization server ${trouble}`, open('REST_APP_URI'))
  }
  sandbox.trouble.authorizationServer = 'none'
  for (const trouble of ['down', 'nonsense'] as const) {
    sandbox.trouble.rest = trouble
    await send(503, `REST ${trouble}`, keep(alpha.placementCall('DEFAULT', { handler: `${service.url}/install` })))
  }
  sandbox.trouble.rest = 'none'

  const event = async (name: 'ONAPPINSTALL' | 'ONAPPUPDATE' | 'ONAPPUNINSTALL', status: number, overrides: Record<string, string> = {}, path = '/events') => {
    const { body } = alpha.event(name, overrides)
    for (const field of ['access_token', 'refresh_token', 'application_token']) secrets.add(body[`auth[${field}]`] ?? mark(field))
    await record(service.post(path, body), status, `${name} at ${path}`)
  }
  const errorAddress = new URL(String(alpha.placements.find(({ placement }) => placement === 'PAGE_BACKGROUND_WORKER')?.options['errorHandlerUrl']))
  secrets.add(String(errorAddress.searchParams.get('key')))
  await record(service.post(errorAddress.pathname + errorAddress.search, { error: mark('workererror') }), 200, 'a removed worker')
  secrets.add(mark('workererror'))
  await event('ONAPPINSTALL', 200)
  await event('ONAPPINSTALL', 400, { 'auth[access_token]': mark('eventtoken'), 'auth[server_endpoint]': 'https://evil.example/rest/' }, '/install')
  await event('ONAPPINSTALL', 401, { 'auth[access_token]': mark('eventtoken') })
  sandbox.trouble.authorizationServer = 'down'
  await event('ONAPPINSTALL', 200, { 'auth[access_token]': mark('kepttoken') })
  sandbox.trouble.authorizationServer = 'none'
  secrets.add(mark('systemuser'))
  await event('ONAPPINSTALL', 200, { event: 'ONAPPUSERREADY', 'data[access_token]': mark('systemuser') }, '/install')
  await event('ONAPPUPDATE', 200)
  await event('ONAPPUNINSTALL', 403, { 'auth[application_token]': mark('eventapptoken') })
  await event('ONAPPUNINSTALL', 200)
  await service.fastify.close()

  out.push(...service.log)
  t.ok(service.log.length > 40)
  for (const secret of secrets) {
    const leaks = out.filter(line => line.includes(secret) || line.includes(encodeURIComponent(secret)))
    t.strictSame(leaks.map(line => line.slice(0, 40)), [], `one of ${secrets.size} secrets`)
  }
  const calls = service.log.map(line => JSON.parse(line)).filter(({ msg }) => msg === 'call')
  t.ok(calls.some(({ placement, outcome, member, ms, reqId }) => placement === 'REST_APP_URI' && outcome === 'answered' && member.length === 12 && ms > 0 && reqId.length === 36))
  t.ok(calls.some(({ placement }) => placement === 'CRM_DYNAMIC_*_DETAIL_TAB'))
  t.ok(calls.some(({ outcome, stage }) => outcome === 'B24_ERR_APPLICATION_TOKEN' && stage === 'application-token'))
})
