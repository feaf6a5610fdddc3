import formbody from '@fastify/formbody'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import page from '../../../plugins/page/index.ts'
import errorPages from '../../../plugins/error-pages/index.ts'
import {
  ApplicationTokenError, AuthorizationServerUnavailableError, CallMalformedError, handlerError, InstallRefusedError,
  InternalError, OptionsMismatchError, PageSessionError, PortalRefusedError, PortalUnavailableError, RateLimitedError,
  TooManyProofsError
} from '../../../src/errors.ts'
import { loggerOptions } from '../../../src/log/logger.ts'
import { build, placementContext, type Scope } from '../../build.ts'
import { logLines } from '../../log-lines.ts'

/** A bare Fastify with the plugin, and whatever else the test wants. */
async function serviceFor (t: Scope, prepare: (app: FastifyInstance) => unknown, hasPages = false) {
  const { lines, stream } = logLines()
  const app = await build(t, async app => {
    if (hasPages) await app.register(page)
    await app.register(errorPages)
    await prepare(app)
  }, { logger: { ...loggerOptions('trace'), stream } })
  return { app, faults: () => lines.filter(({ level }) => level === 50) }
}

await t.test('error pages: answer each error with a stable code and status', async t => {
  const rows: Array<[error: unknown, status: number, code: string, retryAfter?: string]> = [
    [new TooManyProofsError(), 429, 'B24_ERR_TOO_MANY_PROOFS', '60'],
    [new AuthorizationServerUnavailableError(), 503, 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE', '30'],
    [new OptionsMismatchError(), 400, 'B24_ERR_OPTIONS_MISMATCH'],
    [new TypeError('x is not a function'), 500, 'B24_ERR_INTERNAL'],
    [Object.assign(new Error('gone'), { statusCode: 410 }), 410, 'B24_ERR_REQUEST_REFUSED'],
    ['a text', 500, 'B24_ERR_INTERNAL'],
    [{ statusCode: 400 }, 500, 'B24_ERR_INTERNAL']
  ]
  for (const [error, status, code, retryAfter] of rows) {
    const { app, faults } = await serviceFor(t, app => app.get('/', async () => { throw error }))
    const response = await app.inject('/')
    t.equal(response.statusCode, status, code)
    t.strictSame(Object.keys(response.json()), ['error', 'status', 'requestId'])
    t.match(response.json(), { error: code, status })
    t.equal(response.headers['retry-after'], retryAfter)
    t.equal(faults().length, status >= 500 ? 1 : 0, 'only our own faults are logged as such')
  }
})

await t.test('error pages: log why a handler has refused by a status alone', async t => {
  const { lines, stream } = logLines()
  const app = await build(t, async app => {
    await app.register(errorPages)
    app.get('/', async () => { throw Object.assign(new Error('sold out'), { statusCode: 409 }) })
  }, { logger: { ...loggerOptions('info'), stream } })
  await app.inject('/')
  t.match(lines.find(({ msg }) => msg === 'B24_ERR_REQUEST_REFUSED'), { level: 30, err: { message: 'sold out' } })
})

await t.test('error pages: say in JSON what the user may be told', async t => {
  const ShelfError = handlerError('SHELF_MISSING', 404, 'shelf', 'There is no shelf')
  const { app } = await serviceFor(t, app => {
    app.decorateRequest('pageSession', null)
    app.get('/expired', async () => { throw new PageSessionError() })
    app.get('/body', async () => { throw new CallMalformedError() })
    app.get('/shelf', async () => { throw new ShelfError() })
    app.get('/of-page', async request => {
      const page = { memberId: 'm1', userId: 7, domain: 'portal.example', placement: 'DEFAULT', isAdmin: false }
      request.pageSession = { ...page, lang: 'la' }
      throw new PageSessionError()
    })
  }, true)
  const { i18n } = app.pages
  const rows: Array<[url: string, acceptLanguage: string | undefined, message: string | undefined]> = [
    ['/expired', undefined, i18n.resolve('en').t('error.expired.text')],
    ['/expired', 'de-DE,de;q=0.9', i18n.resolve('de').t('error.expired.text')],
    ['/expired', 'xx, de', i18n.resolve('de').t('error.expired.text')],
    ['/expired', '*', i18n.resolve('en').t('error.expired.text')],
    ['/of-page', 'de', i18n.resolve('la').t('error.expired.text')],
    ['/body', 'de', i18n.resolve('de').t('error.internal.text')],
    ['/shelf', 'de', undefined]
  ]
  for (const [url, language, message] of rows) {
    const headers = language === undefined ? {} : { 'accept-language': language }
    t.equal((await app.inject({ url, headers })).json().message, message, `${url} ${language}`)
  }
})

await t.test('error pages: a browser gets a page from any route, in a language of ours', async t => {
  const { app } = await serviceFor(t, app => { app.get('/', async () => { throw new PageSessionError() }) }, true)
  const asked = { accept: 'text/html', 'accept-language': 'xx, de' }
  const { headers, body } = await app.inject({ url: '/', headers: asked })
  t.match(headers['content-type'], 'text/html')
  t.match(body, '<html lang="de"')
  t.match(body, 'B24_ERR_PAGE_SESSION')
})

await t.test('error pages: show the texts of a failure where an error has none of its own', async t => {
  const LostError = handlerError('SHELF_LOST', 409, 'lost', 'The shelf is lost')
  const { app } = await serviceFor(t, app => { app.get('/', async () => { throw new LostError() }) }, true)
  const headers = { accept: 'text/html', 'accept-language': 'de' }
  const { statusCode, body } = await app.inject({ url: '/', headers })
  t.equal(statusCode, 409)
  t.match(body, app.pages.i18n.resolve('de').t('error.internal.title'))
  t.match(body, 'SHELF_LOST')
  t.notMatch(body, 'error.lost')
})

await t.test('error pages: a browser gets JSON, too, where the plugin page came too late for the view', async t => {
  const { app } = await serviceFor(t, app => app.register(page))
  const { statusCode, body } = await app.inject({ url: '/nowhere', headers: { accept: 'text/html' } })
  t.match([statusCode, JSON.parse(body)], [404, { error: 'B24_ERR_NOT_FOUND' }])
})

await t.test('error pages: are JSON where the pages of the application fail', async t => {
  const { lines, stream } = logLines()
  const app = await build(t, async app => {
    await app.register(page, { meta: async () => { throw new Error('no meta') } })
    await app.register(errorPages)
    app.get('/', async (_request, reply) => await reply.page('outside'))
  }, { logger: { ...loggerOptions('error'), stream } })
  const { statusCode, headers, body } = await app.inject({ url: '/', headers: { accept: 'text/html' } })
  t.equal(statusCode, 500)
  t.match(headers['content-type'], 'application/json')
  t.match(JSON.parse(body), { error: 'B24_ERR_INTERNAL', status: 500, requestId: String })
  t.notMatch(body, 'no meta')
  t.match(lines.map(({ msg }) => msg), ['B24_ERR_INTERNAL', 'the error page cannot be shown'])
  t.match(lines, [{ err: { message: 'no meta' } }, { err: { message: 'no meta' } }])
})

await t.test('error pages: are JSON without the plugin page', async t => {
  const { app } = await serviceFor(t, app => {
    app.setErrorHandler(app.errorPages.page)
    app.get('/', async () => { throw new TooManyProofsError() })
  })
  t.match((await app.inject('/')).json(), { error: 'B24_ERR_TOO_MANY_PROOFS', status: 429 })
})

await t.test('error pages: are sent where a header of the handler cannot be', async t => {
  const { app } = await serviceFor(t, app => {
    app.get('/value', async (_, reply) => { reply.header('content-disposition', 'attachment; filename=Отчёт.pdf') })
    app.get('/name', async (_, reply) => { reply.header('x y', '1') })
  })
  // Without a server, no header is checked.
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  for (const path of ['/value', '/name']) {
    const answer = await fetch(origin + path)
    t.match(await answer.json(), { error: 'B24_ERR_INTERNAL', status: 500 }, path)
  }
})

await t.test("error pages: give the portal's code, and log the method", async t => {
  const { app, faults } = await serviceFor(t, app => {
    const refused = new PortalRefusedError('ACCESS_DENIED', 'Words that stay with the developer', 'crm.deal.get')
    app.get('/call', async () => { throw refused })
    app.get('/install', async () => { throw new InstallRefusedError('insufficient_scope') })
  })
  const [call, install] = [await app.inject('/call'), await app.inject('/install')]
  t.match(call.json(), { error: 'B24_ERR_PORTAL_REFUSED', portalCode: 'ACCESS_DENIED', status: 502 })
  t.match(install.json(), { error: 'B24_ERR_INSTALL_REFUSED', portalCode: 'insufficient_scope', status: 502 })
  t.match(faults(), [
    { msg: 'B24_ERR_PORTAL_REFUSED', portalCode: 'ACCESS_DENIED', method: 'crm.deal.get' },
    { msg: 'B24_ERR_INSTALL_REFUSED', portalCode: 'insufficient_scope' }
  ])
  t.notMatch(JSON.stringify(faults()), 'Words that stay')
})

await t.test('error pages: set the error code of the request', async t => {
  const seen: Array<string | null> = []
  const { app } = await serviceFor(t, app => {
    app.addHook('onResponse', async ({ errorCode }) => { seen.push(errorCode) })
    app.get('/', async () => 'ok')
    app.get('/refused', async () => { throw new TooManyProofsError() })
  })
  for (const url of ['/', '/refused', '/nowhere']) await app.inject(url)
  t.strictSame(seen, [null, 'B24_ERR_TOO_MANY_PROOFS', 'B24_ERR_NOT_FOUND'])
})

await t.test('error pages: log a fault with stack and cause, without secrets', async t => {
  type Row = [secret: string, url: string, headers: Record<string, string>, payload: Record<string, unknown>]
  const rows: Row[] = [
    ['access-token-1', '/', {}, { AUTH_ID: 'access-token-1' }],
    ['refresh-token-1', '/', {}, { REFRESH_ID: 'refresh-token-1' }],
    ['token-of-event', '/', {}, { 'auth[access_token]': 'token-of-event' }],
    ['token-inside', '/', {}, { auth: { application_token: 'token-inside' } }],
    ['token-in-list', '/', {}, { AUTH_ID: ['1', 'token-in-list'] }],
    ['sid-of-frame', '/?APP_SID=sid-of-frame', {}, {}],
    ['page-session-1', '/', { authorization: 'Bearer page-session-1' }, {}],
    ['{"a":"b"}', '/', {}, { PLACEMENT_OPTIONS: '{"a":"b"}' }]
  ]
  for (const [secret, url, headers, payload] of rows) {
    const { app, faults } = await serviceFor(t, app => app.post('/', async () => {
      const inner = new Error(`inner ${secret}`, { cause: new Error(`innermost ${secret}`) })
      throw new RangeError(`outer ${secret}`, { cause: Object.assign(inner, { name: 'Inner' }) })
    }))
    await app.inject({ method: 'POST', url, headers, payload })
    const [line] = faults()
    t.match(line, {
      msg: 'B24_ERR_INTERNAL',
      err: {
        type: 'RangeError',
        message: 'outer [redacted]',
        stack: /error-pages.index\.test\.ts/,
        cause: 'Inner: inner [redacted]'
      }
    }, secret)
    t.notMatch(JSON.stringify(faults()), secret)
  }
})

await t.test('error pages: log nothing that the call carried', async t => {
  const secret = 'Short-1'
  const rows: Array<[name: string, error: Error, logged: Record<string, unknown>]> = [
    ['its name', Object.assign(new Error('x'), { name: secret }), { type: '[redacted]' }],
    ['a name that is no text', Object.assign(new Error('x'), { name: 7 }), { type: '7' }],
    ['its code', Object.assign(new Error('x'), { code: secret }), { code: undefined }],
    ['a code that is one', Object.assign(new Error('x'), { code: 'ERR_ODD' }), { code: 'ERR_ODD' }],
    ['the code of a database', Object.assign(new Error('x'), { code: '57P01' }), { code: '57P01' }],
    ['its own properties', Object.assign(new Error('x'), { config: { authorization: secret } }), { config: undefined }],
    [
      'the name of its cause',
      new Error('x', { cause: Object.assign(new Error('y'), { name: secret }) }),
      { cause: '[redacted]: y' }
    ],
    [
      'the errors it holds',
      new AggregateError([new Error(secret), secret], 'x'),
      { errors: ['Error: [redacted]', 'TypeError: something other than an Error was thrown'] }
    ]
  ]
  for (const [name, error, logged] of rows) {
    const { app, faults } = await serviceFor(t, app => app.post('/', async () => { throw error }))
    await app.inject({ method: 'POST', url: '/', payload: { AUTH_ID: secret } })
    const fields = { ...faults()[0]?.['err'] as Record<string, unknown> } // an object is what stands there
    for (const [field, value] of Object.entries(logged)) t.strictSame(fields[field], value, name)
    t.notMatch(JSON.stringify(faults()), secret, name)
  }
})

await t.test('error pages: log an error that is its own cause', async t => {
  const { app, faults } = await serviceFor(t, app => app.get('/', async () => {
    const error = new Error('round')
    throw Object.assign(error, { cause: error })
  }))
  await app.inject('/')
  t.match(faults(), [{ err: { message: 'round', cause: 'Error: round' } }])
})

await t.test("error pages: log a handler's fault without its link and page", async t => {
  const { app, faults } = await serviceFor(t, app => {
    app.decorateRequest('placement', null)
    app.decorateRequest('screen', null)
    app.get('/', async request => {
      const options = { deal: { title: 'Secret deal' }, short: 'at', list: ['Secret list'], screen: 'stockroom' }
      const uri = 'https://portal.example/secret/'
      request.placement = placementContext({ options, uri })
      request.screen = { name: 'stockroom', params: {}, linkId: '', writtenBy: undefined }
      const message = `no Secret deal in Secret list at ${uri}, says stockroom.ts`
      throw Object.assign(new Error(message), { code: 'E_DEAL' })
    })
  })
  await app.inject('/')
  const message = 'no [redacted] in [redacted] at [redacted], says stockroom.ts'
  t.match(faults(), [{ err: { code: 'E_DEAL', message } }])
  t.notMatch(JSON.stringify(faults()), /Secret|secret/)
})

await t.test('error pages: log faults without a stack, and what is no Error', async t => {
  const stackless = Object.assign(new Error('odd'), { stack: undefined })
  const rows = [[stackless, 'odd'], ['secret text', 'something other than an Error was thrown']] as const
  for (const [error, message] of rows) {
    const { app, faults } = await serviceFor(t, app => app.get('/', async () => { throw error }))
    await app.inject('/')
    t.match(faults(), [{ err: { message } }])
    t.notMatch(JSON.stringify(faults()), 'secret')
  }
})

await t.test('error pages: log an unreadable error without its message', async t => {
  const unreadable = Object.defineProperty(new Error(), 'message', { get () { throw new Error('secret') } })
  const { app, faults } = await serviceFor(t, app => app.get('/', async () => { throw unreadable }))
  const response = await app.inject('/')
  t.match(response.json(), { error: 'B24_ERR_INTERNAL' })
  t.notMatch(response.body, 'secret')
  t.match(faults(), [{ msg: 'B24_ERR_INTERNAL', err: { type: 'TypeError' } }])
  t.notMatch(JSON.stringify(faults()), 'secret')
})

await t.test('error pages: answer a page with a page, and an event with JSON', async t => {
  const text: unknown = 'a text'
  const { app } = await serviceFor(t, async app => {
    await app.register(async scope => {
      scope.setErrorHandler(app.errorPages.page)
      scope.post<{ Body: { fail: string } | null }>('/', async ({ body }) => {
        if (body?.fail === 'options') throw Object.assign(new OptionsMismatchError(), { parameter: 'filter.status' })
        if (body?.fail === 'foreign') throw Object.assign(new Error('a fault'), { parameter: 'filter.status' })
        if (body?.fail === 'text') throw text
        throw new InternalError()
      })
    })
  }, true)
  const rows: Array<[payload: object | undefined, status: number, code: string, parameter: boolean]> = [
    [{ fail: 'options' }, 400, 'B24_ERR_OPTIONS_MISMATCH', true],
    [{ fail: 'foreign' }, 500, 'B24_ERR_INTERNAL', false],
    [{ fail: 'text' }, 500, 'B24_ERR_INTERNAL', false],
    [{ fail: 'any' }, 500, 'B24_ERR_INTERNAL', false],
    [undefined, 500, 'B24_ERR_INTERNAL', false]
  ]
  for (const [payload, status, code, parameter] of rows) {
    const response = await app.inject({ method: 'POST', url: '/', ...(payload && { payload }) })
    t.equal(response.statusCode, status)
    t.match(response.headers['content-type'], 'text/html')
    t.match(response.body, code)
    t.equal(response.body.includes('filter.status'), parameter, JSON.stringify(payload))
  }
  const event = await app.inject({ method: 'POST', url: '/', payload: { event: 'ONAPPINSTALL' } })
  t.match(event.json(), { error: 'B24_ERR_INTERNAL', status: 500 })
})

await t.test('error pages: offer the button and the advice that help', async t => {
  const MissingError = handlerError('LAMP_MISSING', 404, 'lamp', 'There is no lamp')
  const locales = t.testdir({ 'en.json': '{ "error.lamp.title": "No lamp", "error.lamp.admin": "Buy a lamp." }' })
  const mismatch = { parameter: 'lampId', label: 'Number of the lamp' }
  const errors = new Map<string, Error>([
    ['session', new PageSessionError()], ['token', new ApplicationTokenError()], ['lamp', new MissingError()],
    ['options', Object.assign(new OptionsMismatchError(), mismatch)], ['often', new RateLimitedError(1)],
    ['portal', new PortalUnavailableError()]
  ])
  const app = await build(t, async app => {
    await app.register(page, { locales: [locales] })
    await app.register(formbody)
    await app.register(errorPages)
    app.setErrorHandler(app.errorPages.page)
    app.post<{ Params: { name: string } }>('/:name', async ({ params }) => { throw errors.get(params.name) })
  })
  const rows: Array<[name: string, placement: string, buttons: string[], text: string | RegExp]> = [
    ['session', 'DEFAULT', ['reload'], /Error code: B24_ERR_PAGE_SESSION/],
    ['token', 'REST_APP_URI', ['reload', 'close'], 'For whoever manages this Bitrix24'],
    ['lamp', 'DEFAULT', [], 'Buy a lamp.'],
    ['often', 'DEFAULT', ['reload'], /Error code: B24_ERR_RATE_LIMITED/],
    ['portal', 'DEFAULT', ['reload'], 'fastify-bitrix24 doctor'],
    ['options', 'REST_APP_URI', ['close'], /<bdi>Number of the lamp<.*Parameter: lampId/s]
  ]
  for (const [name, PLACEMENT, buttons, text] of rows) {
    const payload = new URLSearchParams({ PLACEMENT, DOMAIN: 'portal.example', PROTOCOL: '1' }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const { body } = await app.inject({ method: 'POST', url: `/${name}`, headers, payload })
    t.strictSame([...body.matchAll(/data-portal="(\w+)"/g)].map(([, button]) => button), buttons, name)
    t.match(body, text, name)
    t.match(body, /Time: \d{4}-\d\d-\d\dT[\d:]{8}Z\nPortal: portal\.example/, name)
  }
})

await t.test('error pages: tell an unknown address from a wrong method', async t => {
  type Row = [method: 'GET' | 'PUT' | 'DELETE', url: string, status: number, code: string, allow: string | undefined]
  const rows: Row[] = [
    ['GET', '/secret', 404, 'B24_ERR_NOT_FOUND', undefined],
    ['GET', '/secret?APP_SID=secret', 404, 'B24_ERR_NOT_FOUND', undefined],
    ['GET', '//', 404, 'B24_ERR_NOT_FOUND', undefined],
    ['GET', '//call', 404, 'B24_ERR_NOT_FOUND', undefined],
    ['PUT', '/call?APP_SID=secret', 405, 'B24_ERR_METHOD', 'GET, HEAD, POST'],
    ['DELETE', '/call', 405, 'B24_ERR_METHOD', 'GET, HEAD, POST'],
    ['PUT', '/things/:id(((', 405, 'B24_ERR_METHOD', 'GET, HEAD'],
    ['GET', '/things/secret', 404, 'B24_ERR_NOT_FOUND', undefined],
    ['PUT', '/files/secret', 404, 'B24_ERR_NOT_FOUND', undefined]
  ]
  const addRoutes = (app: FastifyInstance) => {
    app.route({ method: ['GET', 'POST'], url: '/call', handler: async () => 'ok' })
    app.get('/things/:id', (request, reply) => reply.callNotFound())
    app.get('/files/*', async () => 'ok')
  }
  const bare = await serviceFor(t, addRoutes)
  const withPages = await serviceFor(t, addRoutes, true)
  for (const [method, url, status, code, allow] of rows) {
    for (const [{ app }, accept, type] of [
      [bare, '*/*', 'application/json'], [bare, 'text/html', 'application/json'],
      [withPages, '*/*', 'application/json'], [withPages, 'text/html,*/*;q=0.8', 'text/html']
    ] as const) {
      const response = await app.inject({ method, url, headers: { accept } })
      t.equal(response.statusCode, status, `${method} ${url}`)
      t.match(response.headers['content-type'], type)
      t.match(response.body, code)
      t.notMatch(response.body, 'secret')
      t.equal(response.headers.allow, allow)
    }
  }
})

await t.test('error pages: check their options at registration', async t => {
  const card = { handler: 'https://app.example/placement', install: '' }
  await t.rejects(build(t, app => app.register(errorPages, { card })), {
    message: 'error-pages: options.card must hold the addresses handler and install'
  })
})
