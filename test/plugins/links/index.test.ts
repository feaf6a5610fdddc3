import { randomBytes } from 'node:crypto'
import { Type, type Static } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import placementDispatch from '../../../plugins/placement-dispatch/index.ts'
import screens, { type ScreenVisit } from '../../../plugins/links/index.ts'
import { parseSliderLink } from '../../../src/http/slider-link.ts'
import { createPortalConnections } from '../../../plugins/portal-rest/portal-connections.ts'
import { createPortalRest } from '../../../plugins/portal-rest/portal-rest.ts'

const Shelf = Type.Object({ shelfId: Type.Integer({ minimum: 1 }) })
declare module 'fastify' {
  interface ScreenParams { shelf: Static<typeof Shelf>, box: { boxId: string } }
}

const portal = { memberId: 'm1', domain: 'portal.example', endpoint: 'https://portal.example/rest/', scope: [], status: 'L' }
const rest = createPortalRest({ credentials: async () => { throw new Error('no handler calls the portal here') } }, { connections: createPortalConnections() })
const keys = [randomBytes(32)]

/** A bare Fastify whose only route opens the screen of what was posted. */
async function build (t: Test, declare: (fastify: FastifyInstance) => unknown, isCounted = true) {
  const log: string[] = []
  const app = Fastify({ logger: { level: 'warn', stream: { write: (line: string) => { log.push(line) } } } })
  t.after(() => app.close())
  const visits: ScreenVisit[] = []
  await app.register(placementDispatch)
  await app.register(screens, { appCode: 'local.1', keys, ...(isCounted && { opened: (visit: ScreenVisit) => { visits.push(visit) } }) })
  app.placement('REST_APP_URI', {}, async (request, reply) => {
    const screen = app.screenOf(request.placement.options as Record<string, unknown>)
    return screen ? await app.openScreen(screen, request, reply) : 'no screen'
  })
  app.post<{ Body: Record<string, unknown> }>('/', async (request, reply) =>
    await app.dispatchPlacement({ code: 'REST_APP_URI', options: request.body, uri: undefined, portal, user: { id: 7 }, rest, lang: 'en' }, request, reply))
  declare(app)
  await app.ready()
  const open = async (options: object) => await app.inject({ method: 'POST', url: '/', payload: options })
  return { app, open, visits, log }
}

await t.test('a link names its screen, whose handler gets typed parameters', async t => {
  const { app, open, visits } = await build(t, app => {
    app.screen('shelf', { params: Shelf, title: 'Shelf' }, async ({ screen, placement }) => ({ shelf: screen.params.shelfId, user: placement.user.id }))
    app.screen('box', { params: Type.Object({ boxId: Type.String() }), title: 'Box', signed: true }, async ({ screen }) => ({ box: screen.params.boxId }))
  })
  t.strictSame(app.screens().map(({ name }) => name), ['shelf', 'box'])
  const link = app.screenLink('shelf', { shelfId: 42 }, { portal })
  t.strictSame((await open(parseSliderLink(link.path).params as object)).json(), { shelf: 42, user: 7 })
  t.strictSame(visits, [{ screen: 'shelf', linkId: link.id, params: { shelfId: 42 }, memberId: 'm1', userId: 7 }])
  const signed = parseSliderLink(app.screenLink('box', { boxId: 'a' }, { portal }).path).params as object
  t.strictSame((await open(signed)).json(), { box: 'a' })
  const forged = await open({ ...signed, boxId: 'b' })
  t.match(forged.json(), { statusCode: 403, code: 'B24_ERR_LINK_SIGNATURE' })
  t.equal(visits.length, 2, 'what is refused was not opened')
})

await t.test('what the handler refuses was not opened, and what it does to its parameters is its own affair', async t => {
  const { open, visits } = await build(t, app => {
    app.screen('shelf', { params: Shelf, title: 'Shelf' }, async ({ screen }, reply) => {
      const { shelfId } = screen.params
      screen.params.shelfId = 0
      if (shelfId === 1) throw new Error('gone')
      return reply.code(shelfId === 2 ? 404 : 200).send('shelf')
    })
  })
  for (const shelfId of ['1', '2', '3']) await open({ screen: 'shelf', shelfId })
  t.match(visits, [{ params: { shelfId: 3 } }])
  t.equal(visits.length, 1)
})

await t.test('a link that names no screen opens the default one, if there is one', async t => {
  const none = await build(t, app => app.screen('shelf', { params: Shelf, title: 'Shelf' }, async () => 'shelf'))
  t.equal((await none.open({ shelfId: '42' })).body, 'no screen')
  const some = await build(t, app => app.screen('shelf', { params: Shelf, title: 'Shelf', isDefault: true }, async () => 'shelf'), false)
  t.equal((await some.open({ shelfId: '42' })).body, 'shelf')
})

await t.test('an unknown screen is refused, and so are parameters that do not fit', async t => {
  const { app, open, log } = await build(t, app => app.screen('shelf', { params: Shelf, title: 'Shelf' }, async () => 'shelf'))
  for (const screen of ['nothing', '', '__proto__', 'constructor', { a: '1' }, { toString: '1' }]) t.match((await open({ screen })).json(), { statusCode: 404, code: 'B24_ERR_SCREEN_UNKNOWN' })
  t.throws(() => app.writeScreenLink('nothing', {}, { portal }), { code: 'B24_ERR_SCREEN_UNKNOWN' })
  t.match((await open({ screen: 'shelf', shelfId: 'secret' })).json(), { statusCode: 400, code: 'B24_ERR_OPTIONS_MISMATCH' })
  t.match(JSON.parse(log.join()), { screen: 'shelf', parameter: 'shelfId', expected: 'Expected integer' })
  t.notMatch(log.join(), 'secret')
})

await t.test('screens that could not be told apart are refused at boot', async t => {
  const declare = (app: FastifyInstance, name: string, isDefault = false) => app.screen(name, { params: Shelf, title: 'Shelf', isDefault }, async () => '')
  const rows: Array<[names: Array<[string, boolean?]>, message: string]> = [
    [[['shelf'], ['shelf']], 'Screen shelf is declared twice'],
    [[['shelf', true], ['box', true]], 'Screen box is a second default one, beside shelf']
  ]
  for (const [names, message] of rows) {
    await t.rejects(build(t, app => { for (const [name, isDefault] of names) declare(app, name, isDefault) }), { code: 'B24_ERR_SCREEN', message })
  }
  const { app } = await build(t, () => {})
  t.throws(() => declare(app, 'late'), { message: 'Screen late is declared after the service has started' })
  await t.rejects(async () => { await Fastify().register(screens, { appCode: 'a', keys: [] }) }, { message: 'screens: options.keys must hold at least one key' })
})
