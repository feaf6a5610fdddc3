import { setImmediate } from 'node:timers/promises'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import placementDispatch from '../../../plugins/placement-dispatch/index.ts'
import { PlacementUnknownError } from '../../../src/errors.ts'
import { build, placementContext, type Scope } from '../../build.ts'

/** A bare Fastify whose only route hands what was posted to the handler of the code in the address. */
async function serviceFor (t: Scope, declare: (fastify: FastifyInstance) => unknown) {
  const app = await build(t, app => app.register(placementDispatch))
  app.post<{ Params: { code: string }, Body: Record<string, unknown> }>('/:code', async (request, reply) => {
    const context = placementContext({ code: request.params.code, options: request.body })
    return await app.placements.dispatch(context, request, reply)
  })
  await declare(app)
  await app.ready()
  const dispatch = async (code: string, options: object = {}): Promise<unknown> =>
    (await app.inject({ method: 'POST', url: `/${encodeURIComponent(code)}`, payload: options })).json()
  return { app, dispatch }
}

await t.test('placement: answers with the handler of the code, typed by its schema', async t => {
  const { dispatch } = await serviceFor(t, app => {
    const options = Type.Object({ ID: Type.Integer() })
    app.placement('CRM_DEAL_DETAIL_TAB', { schema: { options } },
      async ({ placement }) => ({ deal: placement.options.ID }))
    app.placement(['CALL_CARD', 'LEFT_MENU'], {}, async ({ placement: { code, options } }) => ({ one: code, options }))
    app.placement('CRM_DYNAMIC_*_DETAIL_TAB', async ({ placement }) => ({ family: placement.code }))
    app.placement('CRM_DYNAMIC_31_DETAIL_TAB', async ({ placement }) => ({ exact: placement.code }))
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

await t.test('placements: know the title of a handler, a member of a family too', async t => {
  const { app } = await serviceFor(t, app => {
    const handler = async () => null
    app.placement('LEFT_MENU', handler)
    app.placement('CRM_DEAL_DETAIL_TAB', { name: 'notes', title: { en: 'Notes', de: 'Notizen' } }, handler)
    app.placement('CRM_DYNAMIC_*_DETAIL_TAB', { title: 'Supplies' }, handler)
  })
  const rows: Array<[key: string, lang: string, title: string]> = [
    ['CRM_DEAL_DETAIL_TAB:notes', 'de', 'Notizen'],
    ['CRM_DEAL_DETAIL_TAB:notes', 'ja', 'Notes'],
    ['CRM_DEAL_DETAIL_TAB', 'en', ''],
    ['CRM_DYNAMIC_183_DETAIL_TAB', 'de', 'Supplies'],
    ['LEFT_MENU', 'en', ''],
    ['ONAPPUPDATE', 'en', '']
  ]
  for (const [key, lang, title] of rows) t.equal(app.placements.titleOf(key, lang), title, `${key}, ${lang}`)
})

await t.test('placement: hands the whole call to the handler, options as decoded', async t => {
  const { dispatch } = await serviceFor(t, app => app.placement('DEFAULT', async ({ placement }) => placement))
  const options = { a: { b: '1' } }
  const whole = { ...placementContext({ code: 'DEFAULT', options }), rest: {} }
  t.strictSame(await dispatch('DEFAULT', options), JSON.parse(JSON.stringify(whole)))
})

await t.test('request.placement: is null before dispatch', async t => {
  const { app } = await serviceFor(t, app => app.get('/', async ({ placement }) => ({ placement })))
  t.strictSame((await app.inject('/')).json(), { placement: null })
})

await t.test('placement: binds `this` of a handler to the scope that declared it', async t => {
  const { dispatch } = await serviceFor(t, async app => {
    for (const name of ['ONE', 'TWO']) {
      await app.register(async scope => {
        scope.decorate('colour', name)
        scope.placement(name, async function () { return { colour: this.getDecorator<string>('colour') } })
      })
    }
  })
  for (const colour of ['ONE', 'TWO']) t.strictSame(await dispatch(colour), { colour })
})

await t.test('placement: runs preHandler after decoding and before the handler', async t => {
  const seen: unknown[] = []
  const { dispatch } = await serviceFor(t, app => {
    const schema = { options: Type.Object({ ID: Type.Integer() }) }
    const handler = async () => ({ seen })
    app.placement('ONE', {
      schema, preHandler: async ({ placement }) => { seen.push(placement.options.ID + 1) }
    }, handler)
    app.placement('REFUSES', { preHandler: [async () => { throw new PlacementUnknownError() }] }, handler)
    app.placement('REPLIES', {
      preHandler: [async (_request, reply) => reply.code(202).send({ early: true }), async () => { seen.push('late') }]
    }, handler)
  })
  t.strictSame(await dispatch('ONE', { ID: '1' }), { seen: [2] })
  t.match(await dispatch('ONE', { ID: 'x' }), { code: 'B24_ERR_OPTIONS_MISMATCH' })
  t.match(await dispatch('REFUSES'), { code: 'B24_ERR_PLACEMENT_UNKNOWN' })
  t.strictSame(await dispatch('REPLIES'), { early: true })
  t.strictSame(seen, [2])
})

await t.test('placement: refuses options that do not fit and names the parameter', async t => {
  const { dispatch, app } = await serviceFor(t, app => {
    app.setErrorHandler<Error>(async error => ({ ...error, message: error.message }))
    const options = Type.Object({ docId: Type.Integer() })
    app.placement('DEFAULT', { schema: { options } }, async () => { throw new Error('the handler was called') })
  })
  const mismatch = { parameter: 'docId', expected: 'Expected integer', reason: 'type' }
  t.strictSame(await dispatch('DEFAULT', { docId: 'secret' }), {
    name: 'FastifyError',
    code: 'B24_ERR_OPTIONS_MISMATCH',
    statusCode: 400,
    ...mismatch,
    mismatches: [mismatch],
    message: 'PLACEMENT_OPTIONS do not fit the schema of the placement'
  })
  t.equal(app.placements.all().length, 1)
})

await t.test('placements: answers undeclared ones with the not-found handler', async t => {
  const bare = await serviceFor(t, () => {})
  for (const code of ['DEFAULT', 'toString', '__proto__']) {
    t.match(await bare.dispatch(code), { statusCode: 404, code: 'B24_ERR_PLACEMENT_UNKNOWN' }, code)
  }
  const own = await serviceFor(t, app =>
    app.placements.setNotFoundHandler(async ({ placement: { code, options } }) => ({ unknown: code, options })))
  t.strictSame(await own.dispatch('DEFAULT', { a: '1' }), { unknown: 'DEFAULT', options: { a: '1' } })
})

await t.test('placements: lists all that an installation needs', async t => {
  const { app } = await serviceFor(t, app => app.register(async function supplies (scope) {
    scope
      .placement(['LEFT_MENU', 'CALL_CARD'], { title: { en: 'Stock' } }, async () => 'ok')
      .placement('TASK_VIEW_TAB', { name: 'stock', bindOptions: { groupId: 7 } }, async () => 'ok')
      .placement('USERFIELD_TYPE', { bind: false }, async () => 'ok')
  }))
  t.match(app.placements.all(), [
    { code: 'LEFT_MENU', title: { en: 'Stock' }, source: 'supplies' },
    { code: 'CALL_CARD', title: { en: 'Stock' }, source: 'supplies' },
    { code: 'TASK_VIEW_TAB', name: 'stock', bindOptions: { groupId: 7 }, source: 'supplies' },
    { code: 'USERFIELD_TYPE', bind: false, source: 'supplies' }
  ])
})

await t.test('placement: refuses a declaration after the start', async t => {
  const { app } = await serviceFor(t, () => {})
  t.throws(() => app.placement('DEFAULT', async () => 'ok'), {
    code: 'B24_ERR_PLACEMENT_LATE', message: 'Placement DEFAULT is declared after the service has started'
  })
})

await t.test('placement: says what is missing to plain JavaScript', async t => {
  const app = await build(t, app => app.register(placementDispatch))
  const declare: (...given: unknown[]) => unknown = app.placement.bind(app) as never
  const noHandler = 'it needs a handler, a function, as the last argument'
  for (const [given, fault] of [
    [['LEFT_MENU', {}], noHandler], [['LEFT_MENU', {}, 'handler'], noHandler],
    [['LEFT_MENU', null, async () => 'ok'], 'its settings must be an object'],
    [['LEFT_MENU'], 'its settings must be an object'],
    ...[Type.Object({}), { options: { type: 'object' } }, { querystring: Type.Object({}) }].map(schema =>
      [['LEFT_MENU', { schema }, async () => 'ok'], 'its schema must be { options: Type.Object({ … }) }'] as const),
    ...[5, [async () => {}, 'hook']].map(preHandler => [
      ['LEFT_MENU', { preHandler }, async () => 'ok'], 'its preHandler must be a function, or a list of functions'
    ] as const)
  ] as const) {
    t.throws(() => declare(...given), {
      code: 'B24_ERR_PLACEMENT_SETTING',
      message: new RegExp(`^Placement LEFT_MENU, declared in .*: ${fault.replace(/[{(.)}]/g, '\\$&')}$`)
    }, fault)
  }
  const schema = { options: Type.Object({ ID: Type.Ref('other') }) }
  t.throws(() => declare('LEFT_MENU', { schema }, async () => 'ok'), {
    code: 'B24_ERR_PLACEMENT_SETTING', message: /: it has a property "ID" in its schema that TypeBox cannot check \(/
  })
  t.throws(() => declare(undefined, async () => 'ok'), { code: 'B24_ERR_PLACEMENT_CODE' })
})

await t.test('placement: a handler that answers nothing, or throws what cannot be read, ends its call', async t => {
  const told = new Error('hidden')
  const trap = new Proxy(told, { get () { throw told } })
  const { app, dispatch } = await serviceFor(t, app => {
    app.placement('CRM_DEAL_LIST_MENU', async () => {})
    app.placement('CRM_LEAD_LIST_MENU', async (_, reply) => { reply.send({ sent: true }) })
    app.placement('CRM_CONTACT_LIST_MENU', async (_, reply) => { reply.code(204) })
    const unreadable = Object.defineProperty(new Error(), 'status', { get: () => trap.name })
    app.placement('LEFT_MENU', async () => { throw unreadable })
    app.placement('CALL_CARD', async () => { throw trap })
    const plain = Object.defineProperty({}, 'statusCode', { get: () => trap.name })
    app.placement('PAGE_BACKGROUND_WORKER', async () => { throw plain })
    const coded = Object.defineProperty(new Error(), 'code', { get: () => trap.name })
    app.placement('SETTING_CONNECTOR', async () => { throw coded })
  })
  const message = 'the handler of CRM_DEAL_LIST_MENU must return reply.page(…)'
  t.match(await dispatch('CRM_DEAL_LIST_MENU'), { message })
  t.strictSame(await dispatch('CRM_LEAD_LIST_MENU'), { sent: true })
  t.equal((await app.inject({ method: 'POST', url: '/CRM_CONTACT_LIST_MENU' })).statusCode, 204)
  for (const code of ['LEFT_MENU', 'CALL_CARD', 'PAGE_BACKGROUND_WORKER', 'SETTING_CONNECTOR']) {
    t.match(await dispatch(code), { statusCode: 500, message: 'an error that cannot be read was thrown' })
  }
})

await t.test('placement: an answer that is on its way is the answer', async t => {
  const { app } = await serviceFor(t, app => {
    app.addHook('onSend', async () => { await setImmediate() })
    app.placement('LEFT_MENU', async (_, reply) => { reply.send({ sent: true }) })
    app.placement('CALL_CARD', async (_, { raw }) => {
      raw.write('{"begun"')
      setTimeout(() => raw.end(': true}'))
    })
    app.placement('DEFAULT', async (_, reply) => { reply.hijack() })
    app.post('/hijacked', async (request, reply) => {
      const answer = await app.placements.dispatch(placementContext({ code: 'DEFAULT', options: {} }), request, reply)
      reply.raw.end(JSON.stringify({ answer: String(answer) }))
    })
  })
  const rows: Array<[url: string, answer: object]> = [
    ['/LEFT_MENU', { sent: true }], ['/CALL_CARD', { begun: true }], ['/hijacked', { answer: 'undefined' }]
  ]
  for (const [url, expected] of rows) {
    const answer = await app.inject({ method: 'POST', url })
    t.strictSame([answer.statusCode, answer.json()], [200, expected], url)
  }
})
