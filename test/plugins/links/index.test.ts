import { Type, type Static } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { parseSliderLink } from '../../../src/http/slider-link.ts'
import { codeOf, startService } from '../../service.ts'

const Shelf = Type.Object({ shelfId: Type.Integer({ minimum: 1 }) })
declare module 'fastify' {
  interface ScreenParams { shelf: Static<typeof Shelf>, box: { boxId: string } }
}
const settings = { schema: { params: Shelf }, title: 'Shelf' }

/** A service with some screens, and a way to open the link that carries these options. */
async function start (t: Test, declare: (fastify: FastifyInstance) => unknown) {
  const service = await startService(t, { prepare: async fastify => { await declare(fastify) } })
  await service.install()
  const { alpha } = service.sandbox.portals
  return {
    ...service,
    alpha,
    portal: { memberId: alpha.memberId, endpoint: `${alpha.url}/rest/` },
    open: async (params: unknown) =>
      await service.call(alpha.placementCall('REST_APP_URI', { params: params as Record<string, unknown> })),
    visits: async () => await service.fastify.links.visits.recent(alpha.memberId, 10, { userId: 1, isAdmin: true })
  }
}

await t.test('links: opens a screen whose handler gets typed parameters', async t => {
  const { fastify, open, portal, visits } = await start(t, fastify => {
    fastify.screen('shelf', settings, async ({ screen, placement }) =>
      ({ shelf: screen.params.shelfId, user: placement.user.id }))
    const params = Type.Object({ boxId: Type.String() })
    fastify.screen('box', { schema: { params }, title: 'Box', signed: true }, async ({ screen }) =>
      ({ box: screen.params.boxId }))
  })
  const link = fastify.links.to('shelf', { shelfId: 42 }, { portal })
  t.strictSame(JSON.parse((await open(parseSliderLink(link.path).params)).text), { shelf: 42, user: 1 })
  t.match(await visits(), [{ id: link.id, screen: 'shelf', params: { shelfId: 42 }, total: 1 }])
  const signed = parseSliderLink(fastify.links.to('box', { boxId: 'a' }, { portal }).path).params as object
  t.strictSame(JSON.parse((await open(signed)).text), { box: 'a' })
  const forged = await open({ ...signed, boxId: 'b' })
  t.strictSame([forged.status, codeOf(forged)], [403, 'B24_ERR_LINK_SIGNATURE'])
  t.equal((await visits()).length, 2, 'a refused link is not counted')
})

await t.test('links: counts what was opened, not what the handler refused', async t => {
  const { open, visits } = await start(t, fastify => {
    fastify.screen('shelf', settings, async ({ screen }, reply) => {
      const { shelfId } = screen.params
      screen.params.shelfId = 0
      if (shelfId === 1) throw new Error('gone')
      return reply.code(shelfId === 2 ? 404 : 200).send('shelf')
    })
  })
  for (const shelfId of ['1', '2', '3']) await open({ screen: 'shelf', shelfId })
  t.strictSame((await visits()).map(({ params }) => params), [{ shelfId: 3 }])
})

await t.test('links: lets a preHandler answer in place of the handler', async t => {
  const { open } = await start(t, fastify => {
    fastify.screen('shelf', {
      ...settings,
      preHandler: async ({ screen: { params: { shelfId } } }, reply) => {
        if (shelfId === 1) await reply.code(403).send('locked')
      }
    }, async ({ screen }) => `shelf ${screen.params.shelfId}`)
  })
  const answers = await Promise.all(['1', '2'].map(async shelfId => await open({ screen: 'shelf', shelfId })))
  t.strictSame(answers.map(({ status, text }) => [status, text]), [[403, 'locked'], [200, 'shelf 2']])
})

await t.test('links: opens the default screen when a link names none', async t => {
  const none = await start(t, fastify => fastify.screen('shelf', settings, async () => 'the shelf'))
  t.match((await none.open({ shelfId: '42' })).text, 'The link passed these values.')
  const some = await start(t, fastify => {
    fastify.screen('shelf', { ...settings, isDefault: true }, async () => 'the shelf')
  })
  t.equal((await some.open({ shelfId: '42' })).text, 'the shelf')
  const home = await some.call(some.alpha.placementCall('DEFAULT'))
  t.match(home.text, '<title>Create a link<', 'the home is not a link')
})

await t.test('links: refuses an unknown screen and parameters that do not fit', async t => {
  const { fastify, open, portal, log } = await start(t, fastify => {
    fastify.screen('shelf', settings, async () => 'the shelf')
  })
  for (const screen of ['nothing', '', 'constructor', { a: '1' }, { toString: '1' }]) {
    const answer = await open({ screen })
    t.strictSame([answer.status, codeOf(answer)], [404, 'B24_ERR_SCREEN_UNKNOWN'], JSON.stringify(screen))
  }
  t.throws(() => fastify.links.write('nothing', {}, { portal }), { code: 'B24_ERR_SCREEN_UNKNOWN' })
  const answer = await open({ screen: 'shelf', shelfId: 'secret' })
  t.strictSame([answer.status, codeOf(answer)], [400, 'B24_ERR_OPTIONS_MISMATCH'])
  const lines = log.map(line => JSON.parse(line)).filter(({ parameter }) => parameter !== undefined)
  t.match(lines, [{ screen: 'shelf', parameter: 'shelfId', expected: 'Expected integer' }])
  t.notMatch(log.join(), 'secret')
})

await t.test('links: refuses screens that could not be told apart at boot', async t => {
  const rows: Array<[names: Array<[string, boolean?]>, message: RegExp]> = [
    [[['shelf'], ['shelf']], /^Screen shelf, declared in (\S.*), is declared in \1, too$/],
    [[['crate', true], ['box', true]], /^Screen box, declared in \S.*, is a second default one, beside crate$/]
  ]
  const { fastify } = await start(t, fastify => {
    const declare = (name: string, isDefault = false) =>
      fastify.screen(name, { ...settings, isDefault }, async () => '')
    for (const [names, message] of rows) {
      t.throws(() => {
        for (const [name, isDefault] of names) declare(name, isDefault)
      }, { code: 'B24_ERR_SCREEN', message })
    }
  })
  t.throws(() => fastify.screen('late', settings, async () => ''), {
    message: /^Screen late, declared in \S.*, comes after the service has started$/
  })
})
