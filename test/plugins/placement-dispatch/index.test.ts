import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import placementDispatch, { type PlacementContext } from '../../../plugins/placement-dispatch/index.ts'
import { createPortalConnections } from '../../../plugins/portal-rest/connections.ts'
import { createPortalRest } from '../../../plugins/portal-rest/portal-rest.ts'

const portal = { memberId: 'member', domain: 'portal.example', endpoint: 'https://portal.example/rest/', scope: ['crm'], status: 'L' }
const rest = createPortalRest({ credentials: async () => { throw new Error('no handler calls the portal here') } }, { connections: createPortalConnections() })
const context = { options: {}, uri: undefined, portal, user: { id: 1 }, rest, lang: 'en' }

/** A bare Fastify whose only route hands what was posted to the handler of the code in the address. */
async function build (t: Test, declare: (fastify: FastifyInstance) => Promise<unknown> | unknown) {
  const app = Fastify()
  t.after(() => app.close())
  await app.register(placementDispatch)
  app.post<{ Params: { code: string }, Body: PlacementContext<Record<string, unknown>>['options'] }>('/:code', async (request, reply) => {
    return await app.dispatchPlacement({ ...context, code: request.params.code, options: request.body }, request, reply)
  })
  await declare(app)
  await app.ready()
  const dispatch = async (code: string, options: object = {}): Promise<unknown> =>
    (await app.inject({ method: 'POST', url: `/${encodeURIComponent(code)}`, payload: options })).json()
  return { app, dispatch }
}

await t.test('a call is answered by the handler of its code, with the types of its schema', async t => {
  const { dispatch } = await build(t, app => {
    app.placement('CRM_DEAL_DETAIL_TAB', { schema: { options: Type.Object({ ID: Type.Integer() }) } }, async ({ placement }) => ({ deal: placement.options.ID }))
    app.placement(['CALL_CARD', 'LEFT_MENU'], {}, async ({ placement }) => ({ one: placement.code, options: placement.options }))
    app.placement('CRM_DYNAMIC_*_DETAIL_TAB', {}, async ({ placement }) => ({ family: placement.code }))
    app.placement('CRM_DYNAMIC_31_DETAIL_TAB', {}, async ({ placement }) => ({ exact: placement.code }))
  })
  const rows: Array<[code: string, options: object, answer: object]> = [
    ['CRM_DEAL_DETAIL_TAB', { ID: '8061' }, { deal: 8061 }],
    ['CALL_CARD', { PHONE_NUMBER: '1' }, { one: 'CALL_CARD', options: { PHONE_NUMBER: '1' } }],
    ['LEFT_MENU', {}, { one: 'LEFT_MENU', options: {} }],
    ['CRM_DYNAMIC_183_DETAIL_TAB', {}, { family: 'CRM_DYNAMIC_183_DETAIL_TAB' }],
    ['CRM_DYNAMIC_31_DETAIL_TAB', {}, { exact: 'CRM_DYNAMIC_31_DETAIL_TAB' }]
  ]
  for (const [code, options, answer] of rows) t.strictSame(await dispatch(code, options), answer, code)
})

await t.test('the handler sees the whole call, and nobody else\'s options', async t => {
  const { dispatch } = await build(t, app => app.placement('DEFAULT', {}, async ({ placement }) => placement))
  const options = { a: { b: '1' } }
  t.strictSame(await dispatch('DEFAULT', options), { code: 'DEFAULT', portal, user: { id: 1 }, rest: {}, lang: 'en', options })
})

await t.test('until a call is dispatched, no handler is known', async t => {
  const { app } = await build(t, app => app.get('/', async ({ placement }) => ({ placement })))
  t.strictSame((await app.inject('/')).json(), { placement: null })
})

await t.test('`this` in a handler is the scope that declared it', async t => {
  const { dispatch } = await build(t, async app => {
    for (const name of ['ONE', 'TWO']) {
      await app.register(async scope => {
        scope.decorate('colour', name)
        scope.placement(name, {}, async function () { return { colour: this.getDecorator<string>('colour') } })
      })
    }
    await app.register(async scope => {
      scope.decorate('colour', 'none')
      scope.setPlacementNotFoundHandler(async function () { return { colour: this.getDecorator<string>('colour') } })
    })
  })
  for (const [code, colour] of [['ONE', 'ONE'], ['TWO', 'TWO'], ['THREE', 'none']] as const) t.strictSame(await dispatch(code), { colour })
})

await t.test('options that do not fit are refused before the handler, with the name of the parameter and what is expected there', async t => {
  const { dispatch, app } = await build(t, app => {
    app.setErrorHandler(async (error) => ({ ...error as Error, message: (error as Error).message })) // only errors are thrown here
    app.placement('DEFAULT', { schema: { options: Type.Object({ docId: Type.Integer() }) } }, async () => { throw new Error('the handler was called') })
  })
  const mismatch = { parameter: 'docId', expected: 'Expected integer', reason: 'type' }
  t.strictSame(await dispatch('DEFAULT', { docId: 'secret' }), {
    name: 'FastifyError', code: 'B24_ERR_OPTIONS_MISMATCH', statusCode: 400, ...mismatch, mismatches: [mismatch], message: 'PLACEMENT_OPTIONS do not fit the schema of the placement'
  })
  t.equal(app.placements().length, 1)
})

await t.test('calls of placements that nobody declared go to the not-found handler', async t => {
  const bare = await build(t, () => {})
  for (const code of ['DEFAULT', 'toString', '__proto__']) t.match(await bare.dispatch(code), { statusCode: 404, code: 'B24_ERR_PLACEMENT_UNKNOWN' }, code)

  const own = await build(t, app => app.setPlacementNotFoundHandler(async ({ placement }) => ({ unknown: placement.code, options: placement.options })))
  t.strictSame(await own.dispatch('DEFAULT', { a: '1' }), { unknown: 'DEFAULT', options: { a: '1' } })
})

await t.test('what is declared can be listed, with all that the installation needs', async t => {
  const { app } = await build(t, app => app
    .placement(['LEFT_MENU', 'CALL_CARD'], { title: { en: 'Stock' }, bindOptions: { height: 100 } }, async () => 'ok')
    .placement('USERFIELD_TYPE', { bind: false }, async () => 'ok'))
  t.match(app.placements(), [
    { code: 'LEFT_MENU', title: { en: 'Stock' }, bindOptions: { height: 100 } },
    { code: 'CALL_CARD', title: { en: 'Stock' } },
    { code: 'USERFIELD_TYPE', bind: false }
  ])
  for (const { source } of app.placements()) t.match(source, 'placement-dispatch.test.ts')
})

await t.test('declarations that can only be mistakes stop the start, naming both files', async t => {
  const folder = t.testdir({
    'package.json': '{"type":"module"}',
    'one.js': 'export default async function plugin (app) { app.placement("CRM_*_TAB", {}, async () => 1) }',
    'same.js': 'export default async function plugin (app) { app.placement("CRM_*_TAB", {}, async () => 1) }',
    'overlapping.js': 'export default async function plugin (app) { app.placement(["X", "CRM_DEAL_*"], {}, async () => 1) }',
    'wrong.js': 'export default async function plugin (app) { app.placement("crm deal", {}, async () => 1) }'
  })
  const rows: Array<[files: string[], error: { code: string, message: RegExp }]> = [
    [['one.js', 'same.js'], { code: 'B24_ERR_PLACEMENT_DUPLICATED', message: /^Placement CRM_\*_TAB is declared twice: in \S+\/one\.js and in \S+\/same\.js$/ }],
    [['one.js', 'overlapping.js'], { code: 'B24_ERR_PLACEMENT_AMBIGUOUS', message: /CRM_\*_TAB and CRM_DEAL_\* match one code: declared in \S+\/one\.js and in \S+\/overlapping\.js$/ }],
    [['wrong.js'], { code: 'B24_ERR_PLACEMENT_CODE', message: /^crm deal is not a placement code or pattern$/ }]
  ]
  for (const [files, error] of rows) {
    await t.rejects(build(t, async app => {
      for (const file of files) await app.register(import(join(folder, file)))
    }), error, files.join())
  }
})

await t.test('a declaration after the start is refused: nobody would bind it', async t => {
  const { app } = await build(t, () => {})
  t.throws(() => app.placement('DEFAULT', {}, async () => 'ok'), { code: 'B24_ERR_PLACEMENT_LATE', message: 'Placement DEFAULT is declared after the service has started' })
})
