import { Type } from '@sinclair/typebox'
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
    [{ ...good, title: undefined }, 'needs a title: a text, or texts by their languages'],
    [{ ...good, title: 5 }, 'needs a title: a text, or texts by their languages'],
    [{ ...good, title: null }, 'needs a title: a text, or texts by their languages'],
    [{ ...good, description: 5 }, 'has a description that is no text'],
    [{ ...good, description: null }, 'has a description that is no text'],
    ...[false, ...['1 hour', '60', '1e3', [60], true, 0, -1, 0.5, 1e21, Infinity].map(expiresIn => ({ expiresIn }))]
      .map(signed => [{ ...good, signed }, 'must be signed: true, or { expiresIn: whole seconds }'] as const),
    [{ ...good, preHandler: 'hook' }, 'has a preHandler that is no function'],
    [{ ...good, sigend: true }, 'has no setting "sigend"']
  ] as const) {
    t.throws(() => check('part', settings, handler), { code: 'B24_ERR_SCREEN', message: `Screen part ${fault}` })
  }
  t.throws(() => check('part', good), { message: 'Screen part needs a handler, a function, as the last argument' })
})

await t.test('screen settings: what is right passes', async t => {
  for (const settings of [
    good, { ...good, title: { en: 'Part' }, description: 'One', signed: true }, { ...good, signed: { expiresIn: 60 } },
    { ...good, preHandler: [handler] }, { ...good, composer: false, isDefault: true }
  ]) t.equal(check('part', settings, handler), settings)
})
