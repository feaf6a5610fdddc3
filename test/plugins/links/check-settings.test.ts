import { Type, type TSchema } from '@sinclair/typebox'
import t from 'tap'
import { checked } from '../../../plugins/links/check-settings.ts'

const good = { schema: { params: Type.Object({}) }, title: 'Part' }
const handler = async () => 'ok'
const check: (...given: unknown[]) => unknown = checked as never

await t.test('screen settings: what plain JavaScript gets wrong is said in words', async t => {
  for (const [settings, fault] of [
    [undefined, 'needs the setting schema: { params: Type.Object({ … }) }'],
    [null, 'needs the setting schema: { params: Type.Object({ … }) }'],
    [{ title: 'Part' }, 'needs the setting schema: { params: Type.Object({ … }) }'],
    [{ ...good, schema: Type.Object({}) }, 'needs the setting schema: { params: Type.Object({ … }) }'],
    [{ ...good, schema: { params: { type: 'object' } } }, 'needs the setting schema: { params: Type.Object({ … }) }'],
    [{ ...good, title: undefined }, 'needs a title: a text, or texts by languages such as de'],
    [{ ...good, title: 5 }, 'needs a title: a text, or texts by languages such as de'],
    [{ ...good, title: null }, 'needs a title: a text, or texts by languages such as de'],
    [{ ...good, description: 5 }, 'has a description that is no text'],
    [{ ...good, description: null }, 'has a description that is no text'],
    ...[false, ...['1 hour', '60', '1e3', [60], true, 0, -1, 0.5, 1e21, Infinity].map(expiresIn => ({ expiresIn }))]
      .map(signed => [{ ...good, signed }, 'must be signed: true, or { expiresIn: whole seconds }'] as const),
    [{ ...good, preHandler: 'hook' }, 'has a preHandler that is no function'],
    ...['false', 0, null].map(composer => [{ ...good, composer }, 'must have composer: false, or none'] as const),
    ...['yes', 1, null].map(isDefault => [{ ...good, isDefault }, 'must have isDefault: true, or none'] as const),
    [{ ...good, sigend: true }, 'has no setting "sigend"']
  ] as const) {
    const message = `Screen part, declared in part.ts, ${fault}`
    t.throws(() => check('part', 'part.ts', settings, handler), { code: 'B24_ERR_SCREEN', message })
  }
  t.throws(() => check('part', 'part.ts', good), {
    message: 'Screen part, declared in part.ts, needs a handler, a function, as the last argument'
  })
})

await t.test('screen settings: what is right passes', async t => {
  for (const settings of [
    good, { ...good, title: { en: 'Part' }, description: 'One', signed: true }, { ...good, signed: { expiresIn: 60 } },
    { ...good, preHandler: [handler] }, { ...good, composer: false, isDefault: true }
  ]) t.equal(check('part', 'part.ts', settings, handler), settings)
})

await t.test('screen settings: what a schema says to the composer is not ignored in silence', async t => {
  const declare = (properties: Record<string, TSchema>) =>
    check('part', 'part.ts', { ...good, schema: { params: Type.Object(properties) } }, handler)
  const picked = 'has a "it" whose pick is not one of user, lead, deal, contact, company, quote, chat, task, ' +
    'for a number, a text or, but for chat and task, a list of those'
  const closed = 'has a "it" whose composer is not false'
  const texts = 'has a "it" with a title or description that is no text: locales/ has other languages'
  /** As plain JavaScript may pass it */
  const plain = (options: object) => options
  const rows: Array<[it: TSchema, fault: string]> = [
    [Type.Integer({ pick: 'deals' }), picked],
    [Type.Integer({ pick: null }), picked],
    [Type.Integer({ pick: ['deal'] }), picked],
    [Type.Boolean({ pick: 'user' }), picked],
    [Type.Array(Type.Integer(), { pick: 'chat' }), picked],
    [Type.Array(Type.Integer({ pick: 'deal' })), picked],
    [Type.Union([Type.Integer({ pick: 'deal' }), Type.Null()]), picked],
    [Type.Integer({ composer: 'false' }), closed],
    [Type.Array(Type.Object({ it: Type.Integer({ composer: 0 }) })), closed],
    [Type.Integer(plain({ title: { en: 'Part', de: 'Teil' } })), texts],
    [Type.Optional(Type.Integer(plain({ description: 5 }))), texts],
    [Type.Union([Type.Literal('a', plain({ title: ['A'] })), Type.Literal('b')]), texts]
  ]
  for (const [it, fault] of rows) {
    const message = `Screen part, declared in part.ts, ${fault}`
    for (const nested of [{ it }, { group: Type.Object({ it }) }]) t.throws(() => declare(nested), { message }, fault)
  }
  const deal = Type.Integer({ title: 'Deal', pick: 'deal' })
  const pick = Type.Object({ pick: Type.String(), composer: Type.String({ default: 'x' }) }, { default: { pick: 'y' } })
  const none = Type.Union([Type.Integer(), Type.Null()], { default: null })
  t.ok(declare({ deal, deals: Type.Array(Type.String(), { pick: 'deal' }), group: Type.Object({ deal }), pick, none }))
})
